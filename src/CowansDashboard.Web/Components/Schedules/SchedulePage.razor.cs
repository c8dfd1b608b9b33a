using System.Data.Common;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.Collections.Conditions;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Schedules;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace CowansDashboard.Web.Components.Schedules;

/// <summary>One scheduled change: when, what it sets, what it did, and what can still be changed of it.</summary>
public sealed partial class SchedulePage(
    ReadSchedules read, ChangeSchedule change, CancelSchedule cancel, EndScheduleNow end, WakeSchedules wake, NameReferences name, ReadBulkPreview readPreview, ApproveBulkEdit approve, RunFeed feed, Toasts toasts, TimeProvider clock) : LiveComponent
{
    private const int RowsAtOnce = 100;

    private Schedule? schedule;
    private IReadOnlyList<ScheduleOverlap> overlaps = [];
    private List<ScheduledValue>? values;
    private ReferenceNames names = ReferenceNames.None;
    private ScheduleProblem? problem;
    private AskedBy? person;
    private DateTimeOffset now;
    private int revision;
    private string? failure;
    private bool missing, changing, more, stale;
    private (long Store, long Id, string? Show) shown;

    [Parameter] public long Id { get; set; }

    /// <summary>Which values are listed.</summary>
    [SupplyParameterFromQuery] public string? Show { get; set; }

    [CascadingParameter] public ShellStore? Store { get; set; }

    [CascadingParameter] public Task<AuthenticationState> SignedIn { get; set; } = default!;

    private bool IsOwn => person?.Id == schedule?.MadeById;

    private IReadOnlyList<Tabs.Tab> Choices =>
    [
        new("Everything", SchedulesState.Url(Id), Show is null, schedule!.Waiting + schedule.Active + schedule.Ended + schedule.Lifted + schedule.Skipped),
        new("Changed by others", $"{SchedulesState.Url(Id)}?show=others", Show == "others", schedule.Lifted),
        new("Left as they were", $"{SchedulesState.Url(Id)}?show=left", Show == "left", schedule.Skipped),
    ];

    private string[]? Only => Show switch { "others" => ["lifted"], "left" => ["skipped"], _ => null };

    protected override async Task OnParametersSetAsync()
    {
        if (Store is null || shown == (Store.Id, Id, Show))
            return;
        var follows = shown.Store != Store.Id;
        shown = (Store.Id, Id, Show);
        person = (await SignedIn).User.AsAskedBy();
        await Load();
        var store = Store.Id;
        if (follows)
            Follow(feed.WatchStore(store, Gone), snapshot => stale |= snapshot.StoreId == shown.Store && snapshot.Kind == PerformSchedules.Kind.Name);
    }

    protected override async Task BeforeRefreshAsync()
    {
        if (!stale)
            return;
        stale = false;
        await Load();
    }

    private async Task Load()
    {
        try
        {
            now = clock.GetUtcNow();
            schedule = await read.Find(Store!.Id, Id, Gone);
            if (schedule is { WaitsForApproval: true } or { EndWaitsForApproval: true })
            {
                // What is approved is what is shown: the revision is never newer than that.
                revision = (await readPreview.Find(Store.Id, schedule.PreviewId, Gone))?.Revision ?? 0;
                schedule = await read.Find(Store.Id, Id, Gone);
            }
            missing = schedule is null;
            overlaps = schedule is { IsOpen: true } ? await read.Overlaps(Store.Id, Gone) : [];
            var next = schedule is null ? [] : await read.Values(Store.Id, Id, Only, 0, RowsAtOnce + 1, Gone);
            names = await name.Name(Store.Id, [.. ScheduleWords.Sources(next)], Gone);
            (values, more, failure) = ([.. next.Take(RowsAtOnce)], next.Count > RowsAtOnce, null);
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            failure = away.Message;
        }
    }

    private Task ShowMore() => Guarded(async () =>
    {
        var next = await read.Values(Store!.Id, Id, Only, values![^1].Id, RowsAtOnce + 1, Gone);
        values.AddRange(next.Take(RowsAtOnce));
        names = await name.Name(Store.Id, [.. ScheduleWords.Sources(values)], Gone);
        more = next.Count > RowsAtOnce;
    });

    private Task Change(ScheduleTimes times) => Guarded(async () =>
    {
        problem = null;
        switch (await change.Change(Store!.Id, Id, times, person!, Gone))
        {
            case ScheduleOutcome.Wrong bad:
                problem = bad.Problem;
                return;
            case ScheduleOutcome.Refused refused:
                Trouble = refused.Sentence;
                break;
            default:
                changing = false;
                toasts.Say("Times changed");
                break;
        }
        await Load();
    });

    private Task CallOff() => Guarded(async () =>
    {
        if (!await cancel.Cancel(Store!.Id, Id, Gone))
            Trouble = "It has begun meanwhile: end it instead.";
        await Load();
    });

    private Task EndNow() => Guarded(async () =>
    {
        if (!await end.End(Store!.Id, Id, Gone))
            Trouble = "It does not run any more.";
        await Load();
    });

    private Task Approve() => Guarded(async () =>
    {
        Trouble = await approve.Approve(Store!.Id, schedule!.PreviewId, revision, person!, Gone) switch
        {
            ApproveBulkOutcome.OwnEdit own => own.Sentence,
            ApproveBulkOutcome.Altered => "It was altered after you looked at it. Look at it again.",
            _ => null,
        };
        await wake.Wake(Gone);
        await Load();
    });
}
