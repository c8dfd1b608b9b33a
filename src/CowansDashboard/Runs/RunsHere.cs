using System.Collections.Concurrent;
using CowansDashboard.Runs.Progress;

namespace CowansDashboard.Runs;

/// <summary>The runs that this node performs right now.</summary>
internal sealed class RunsHere
{
    private readonly ConcurrentDictionary<long, RunInHand> _runs = new();

    public int Count => _runs.Count;

    public bool IsClosing { get; private set; }

    public long[] Ids => [.. _runs.Keys];

    public bool Holds(long id) => _runs.ContainsKey(id);

    /// <summary>A place for a run, before it is claimed; null when this node has it already, is full, or closes.</summary>
    public RunInHand? Take(long id, int atOnce)
    {
        if (IsClosing || _runs.Count >= atOnce)
            return null;
        var run = new RunInHand(id);
        return _runs.TryAdd(id, run) ? run : null;
    }

    public void Remove(RunInHand run)
    {
        _runs.TryRemove(KeyValuePair.Create(run.Id, run));
        run.Dispose();
    }

    public void Heard(RunSnapshot row)
    {
        if (_runs.TryGetValue(row.Id, out var run))
            run.Heard(row);
    }

    public void Close()
    {
        IsClosing = true;
        foreach (var run in _runs.Values)
            run.Stop(StopCause.Shutdown);
    }
}
