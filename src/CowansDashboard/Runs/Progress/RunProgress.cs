namespace CowansDashboard.Runs.Progress;

/// <summary>
/// Where a run says how far it is. Cheap and safe to call from any thread, as often as the work likes: a ticker
/// publishes and writes it at its own pace and loses nothing.
/// </summary>
public sealed class RunProgress
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private readonly RunRate _rate;
    private readonly List<RunStream> _streams = [];
    private readonly long[] _counts = new long[Enum.GetValues<RunCounter>().Length];
    private readonly long[] _unwritten = new long[Enum.GetValues<RunCounter>().Length];
    private readonly List<RunLogLine> _lines = [];
    private readonly SampleSpacing _samples;
    private RunSnapshot _last;
    private long _written;
    private bool _changed;

    internal RunProgress(RunSnapshot claimed, TimeProvider clock)
    {
        (_last, _clock, _rate, _samples) = (claimed, clock, new RunRate(clock), new SampleSpacing(clock));
        for (var i = 0; i < _counts.Length; i++)
            _counts[i] = claimed.Counters[(RunCounter)i];
        foreach (var saved in claimed.Streams)
        {
            var stream = new RunStream(this, saved.Name, saved.How, _streams.Count, clock);
            stream.Resume(saved);
            _streams.Add(stream);
        }
        _rate.At(claimed.Done);
    }

    /// <summary>Raised outside any lock after each change.</summary>
    internal event Action? Changed;

    /// <summary>The stream of that name; a resumed run finds it as far as it had come.</summary>
    public RunStream Stream(string name, string how)
    {
        (name, how) = (RunText.Clean(name), RunText.Clean(how));
        RunStream? stream;
        lock (_gate)
        {
            stream = _streams.Find(one => one.Name == name);
            if (stream is null)
                _streams.Add(stream = new RunStream(this, name, how, _streams.Count, _clock));
            (stream.How, stream.IsUnwritten, _changed) = (how, true, true);
        }
        Changed?.Invoke();
        return stream;
    }

    /// <summary>Counts at once; see <see cref="FencedTransaction.Count"/> for what must count exactly once.</summary>
    public void Count(RunCounter counter, long n) => Change(() =>
    {
        _counts[(int)counter] += n;
        _unwritten[(int)counter] += n;
    });

    public void Log(RunLogLevel level, string text) => Change(() => _lines.Add(new(_clock.GetUtcNow(), level, RunText.Clean(text))));

    /// <summary>Names the person or the limit that the work waits for; null when it no longer waits.</summary>
    public void WaitFor(string? reason) => Change(() => _last = _last with { WaitingFor = reason is null ? null : RunText.Clean(reason) });

    /// <summary>What Shopify's throttle last said, for the gauge and the burn-down.</summary>
    public void Budget(RunBudget budget) => Change(() => _last = _last with { Budget = budget });

    internal void Change(RunStream stream, Action change) => Change(() =>
    {
        change();
        stream.IsUnwritten = true;
    });

    /// <summary>What a fenced transaction has written and committed itself.</summary>
    internal void Committed(IReadOnlyDictionary<RunStream, long> advanced, IReadOnlyDictionary<RunCounter, long> counted) => Change(() =>
    {
        foreach (var (stream, n) in advanced)
            stream.SoFar += n;
        foreach (var (counter, n) in counted)
            _counts[(int)counter] += n;
    });

    internal void AskedToStop(RunStatus status)
    {
        if (_last.Status == status)
            return;
        Change(() =>
            _last = _last with { Status = status, AskedToStopAt = _clock.GetUtcNow() });
    }

    /// <summary>What all streams have done, in this life and before.</summary>
    public long SoFar
    {
        get
        {
            lock (_gate)
                return _streams.Sum(stream => stream.SoFar);
        }
    }

    internal RunSnapshot Snapshot()
    {
        lock (_gate)
        {
            var done = _streams.Sum(stream => stream.SoFar);
            var total = Total();
            var rate = _rate.At(done);
            var now = _clock.GetUtcNow();
            return _last = _last with
            {
                Status = ShownStatus(_last),
                Done = done,
                Total = total,
                RatePerSecond = Math.Round(rate, 2),
                EtaSeconds = RunEta.Seconds(done, total, rate),
                Counters = RunCounters.Of(_counts),
                Streams = [.. _streams.Select(stream => stream.Snapshot())],
                Heartbeat = now,
                ProgressedAt = done != _last.Done ? now : _last.ProgressedAt,
                PublishedAt = now,
                Sequence = _last.Sequence + 1,
            };
        }
    }

    /// <summary>Everything not yet written, taken out to be written once; null when there is nothing.</summary>
    internal ProgressBatch? TakeUnwritten(bool last = false)
    {
        lock (_gate)
        {
            var sample = _samples.IsDue(last);
            if (!_changed && !sample)
                return null;
            _changed = false;
            var done = _streams.Sum(stream => stream.SoFar);
            var rate = _rate.At(done);
            var batch = new ProgressBatch(
                ++_written, Total(), rate, _last.WaitingFor,
                [.. _streams.Where(stream => stream.IsUnwritten).Select(StreamDelta.Of)],
                Enum.GetValues<RunCounter>().Where(counter => _unwritten[(int)counter] != 0).ToDictionary(counter => counter, counter => _unwritten[(int)counter]),
                [.. _lines],
                sample ? new RunSample(_clock.GetUtcNow(), done, rate, _last.Budget, _counts[(int)RunCounter.Calls]) : null);
            Array.Clear(_unwritten);
            _lines.Clear();
            foreach (var stream in _streams)
                (stream.Unwritten, stream.IsUnwritten) = (0, false);
            return batch;
        }
    }

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
            _changed = true;
        }
        Changed?.Invoke();
    }

    private long? Total() =>
        _streams.Count == 0 || _streams.Exists(stream => stream is { Total: null, IsDone: false })
            ? null
            : _streams.Sum(stream => Math.Max(stream.Total ?? 0, stream.SoFar));

    private static RunStatus ShownStatus(RunSnapshot last) => last.Status switch
    {
        RunStatus.Running or RunStatus.Waiting => last.WaitingFor is null ? RunStatus.Running : RunStatus.Waiting,
        var asked => asked,
    };
}
