namespace CowansDashboard.Runs.Progress;

/// <summary>How many a second over the last seconds: recent enough to fall when work stalls, long enough not to jump.</summary>
internal sealed class RunRate(TimeProvider clock)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(250);

    private readonly Queue<(long At, long Done)> _points = new();
    private (long At, long Done) _newest;

    public double At(long done)
    {
        var now = clock.GetTimestamp();
        if (_points.Count == 0 || done < _newest.Done)
        {
            _points.Clear();
            Add(now, done);
            return 0;
        }
        if (clock.GetElapsedTime(_newest.At, now) >= Spacing)
            Add(now, done);
        while (_points.Count > 2 && clock.GetElapsedTime(_points.Peek().At, now) > Window)
            _points.Dequeue();
        var oldest = _points.Peek();
        var seconds = clock.GetElapsedTime(oldest.At, now).TotalSeconds;
        return seconds <= 0 ? 0 : (done - oldest.Done) / seconds;
    }

    private void Add(long at, long done)
    {
        _newest = (at, done);
        _points.Enqueue(_newest);
    }
}
