using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;

namespace CowansDashboard.Web.Components.Sync;

/// <summary>The runs of one store as a page holds them: each by its newest snapshot.</summary>
public sealed class LiveRuns
{
    readonly Lock gate = new();
    readonly Dictionary<long, RunSnapshot> newest = [];

    public void Take(RunSnapshot snapshot)
    {
        lock (gate)
        {
            if (!newest.TryGetValue(snapshot.Id, out var held) || snapshot.IsNewerThan(held))
            {
                newest[snapshot.Id] = snapshot;
            }
        }
    }

    /// <summary>The snapshot that a list was read with, or the newer one heard since.</summary>
    public RunSnapshot Newest(RunSnapshot read)
    {
        lock (gate)
        {
            return newest.TryGetValue(read.Id, out var held) && held.IsNewerThan(read) ? held : read;
        }
    }

    public IReadOnlyList<RunSnapshot> All
    {
        get
        {
            lock (gate)
            {
                return [.. newest.Values.OrderByDescending(run => run.Id)];
            }
        }
    }

    public IReadOnlyList<RunSnapshot> Unfinished => [.. All.Where(run => !run.Status.IsFinished())];

    public void Clear()
    {
        lock (gate)
        {
            newest.Clear();
        }
    }
}
