namespace CowansDashboard.Web.Components.Kit;

/// <summary>The few colours a state may have. Each comes with its own icon, so that it reads without colour.</summary>
public enum Tone { Neutral, Ok, Run, Pending, Wait, Bad, Conflict, Theirs }

public static class ToneLook
{
    public static string Css(this Tone tone) => tone switch
    {
        Tone.Ok => "ok",
        Tone.Run => "run",
        Tone.Pending => "pending",
        Tone.Wait => "wait",
        Tone.Bad => "bad",
        Tone.Conflict => "conflict",
        Tone.Theirs => "theirs",
        _ => "",
    };

    public static string Icon(this Tone tone) => tone switch
    {
        Tone.Ok => "check",
        Tone.Run => "ring",
        Tone.Pending => "pencil",
        Tone.Wait => "clock",
        Tone.Bad => "cross-circle",
        Tone.Conflict => "fork",
        Tone.Theirs => "shop",
        _ => "minus",
    };
}
