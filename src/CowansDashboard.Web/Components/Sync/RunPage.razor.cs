using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Web.Components.Kit;
using Microsoft.AspNetCore.Components;

namespace CowansDashboard.Web.Components.Sync;

/// <summary>One run: how far it is, why, what it found, what it cost, and its log.</summary>
public sealed partial class RunPage(RunFeed feed, FindRun find, ReadRunLog readLog, ReadRunSamples readSamples) : LiveComponent
{
    const int MostSamples = 300;
    const int LinesAtOnce = 2_000;

    readonly List<RunLogLine> lines = [];
    IReadOnlyList<RunSample> samples = [];
    RunSnapshot? run;
    bool missing;
    long shown;
    RunStatus? readAt;

    [Parameter] public long Id { get; set; }

    long LastLine => lines.Count == 0 ? 0 : lines[^1].Id;

    string Heading => run is null ? $"Run {Figure.Count(Id)}" : RunWords.Title(run.Kind);

    protected override async Task OnParametersSetAsync()
    {
        if (shown == Id)
        {
            return;
        }
        (shown, run, missing, readAt) = (Id, null, false, null);
        lines.Clear();
        run = (await find.Find(Id, Gone))?.Now;
        missing = run is null;
        if (run is not null)
        {
            await ReadMore();
            var id = Id;
            Follow(feed.Watch(id, Gone), snapshot =>
            {
                if (id == Id)
                {
                    run = snapshot;
                }
            });
        }
    }

    protected override Task BeforeRefreshAsync() => ReadMore();

    // The feed carries no log and no samples; they are read behind it, at most ten times a second, and only what is new.
    async Task ReadMore()
    {
        if (run is null || (run.Status.IsFinished() && readAt == run.Status))
        {
            return;
        }
        var (id, status) = (Id, run.Status);
        IReadOnlyList<RunLogLine> next;
        do
        {
            var after = LastLine;
            next = await readLog.Read(id, after, LinesAtOnce, Gone);
            // Another run is shown now, or somebody else read these lines meanwhile.
            if (id != Id || after != LastLine)
            {
                return;
            }
            lines.AddRange(next);
        }
        while (next.Count == LinesAtOnce);
        samples = await readSamples.Read(id, MostSamples, Gone);
        readAt = status;
    }
}
