namespace CowansDashboard.Tests.Support;

/// <summary>The machine's own clock, set ahead by hand: windows of hours are over at once, while waits take what they take.</summary>
public sealed class LaterClock : TimeProvider
{
    public TimeSpan By { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + By;
}
