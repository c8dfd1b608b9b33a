namespace CowansDashboard.Runs.Progress;

/// <summary>When the next sample of speed and budget is due: often at first, rarer in a long run.</summary>
internal sealed class SampleSpacing(TimeProvider clock)
{
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Rarely = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Begin = TimeSpan.FromMinutes(10);

    private readonly long _started = clock.GetTimestamp();
    private long? _last;

    public bool IsDue(bool last)
    {
        var now = clock.GetTimestamp();
        var spacing = clock.GetElapsedTime(_started, now) < Begin ? Often : Rarely;
        if (!last && _last is { } before && clock.GetElapsedTime(before, now) < spacing)
            return false;
        _last = now;
        return true;
    }
}
