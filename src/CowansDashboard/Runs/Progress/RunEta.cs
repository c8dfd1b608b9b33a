namespace CowansDashboard.Runs.Progress;

internal static class RunEta
{
    /// <summary>Null when the total is unknown or nothing moves: better no answer than an endless one.</summary>
    public static double? Seconds(long done, long? total, double rate) => total switch
    {
        null => null,
        _ when total <= done => 0,
        _ when rate < 0.01 => null,
        _ => Math.Round((total.Value - done) / rate, 1),
    };
}
