using CowansDashboard.Catalog;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Schedules;
using CowansDashboard.Sync.Push;
using CowansDashboard.Web.Components.History;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Schedules;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace CowansDashboard.Web.Components.Products;

/// <summary>A prepared bulk edit: before and after, rows left out, the guard rails, applying, the live run, the way back.</summary>
public sealed partial class BulkPreviewView(
    ReadBulkPreview read, ExcludeBulkRows exclude, StartBulkEdit start, ScheduleBulkEdit schedule, AskForApproval ask, ApproveBulkEdit approve, ReadWhatGoes whatGoes, ReadChangedProducts changed, PreparePush preparePush,
    FindRun find, RunFeed feed, Toasts toasts, NavigationManager navigation, AuthenticationStateProvider authentication) : LiveComponent
{
    private const int RowsAtOnce = 100;
    private const int ManyProducts = 1_000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly List<BulkRow> rows = [];
    private BulkPreview? preview;
    private RunSnapshot? run;
    private AskedBy? person;
    private ScheduleProblem? wrong;
    private long leftOut;
    private BulkRows which;
    private string zeros = "", removed = "", canary = "10", containing = "";
    private int looked;
    private ElementReference head;
    private WhatGoes? goes;
    private bool agreed, more, closed, missing, tryFirst, scheduling, toHead;

    [Parameter, EditorRequired] public ShellStore Store { get; set; } = default!;

    [Parameter, EditorRequired] public long PreviewId { get; set; }

    /// <summary>The products are others now.</summary>
    [Parameter] public EventCallback OnChanged { get; set; }

    /// <summary>Back to choosing what to change; nothing where the preview stands alone.</summary>
    [Parameter] public EventCallback OnBack { get; set; }

    private bool IsOwn => person?.Id == preview?.MadeById;

    private int? First => BulkWords.Whole(canary) is > 0 and var count ? count : null;

    private bool HasAgreed => (preview!.Warnings.Count == 0 || agreed) && (preview.Zeros == 0 || BulkWords.Whole(zeros) == preview.Zeros);

    private bool MayApply => HasAgreed && (!preview!.Deletes || BulkWords.Whole(removed) == preview.Products) && (!tryFirst || First is not null);

    private string Counts
    {
        get
        {
            var parts = new List<string>
            {
                preview!.Changing == 0 ? $"Nothing changes in {Figure.Count(preview.Selected, "product")}"
                    : preview.IsOfCollection ? $"{Figure.Count(preview.Changing, "value")} of a collection {(preview.Changing == 1 ? "changes" : "change")}"
                    : preview.IsFromSheet ? $"{Figure.Count(preview.Changing, "cell")} of {Figure.Count(preview.Products, "product")} {(preview.Changing == 1 ? "changes" : "change")}"
                    : preview.Variants > 0 ? $"{Figure.Count(preview.Variants, "variant")} of {Figure.Count(preview.Products, "product")} change"
                    : $"{Figure.Count(preview.Products, "product")} change{(preview.Products == 1 ? "s" : "")}",
            };
            if (preview.Unchanged > 0)
                parts.Add($"{Figure.Count(preview.Unchanged)} {(preview.Unchanged == 1 ? "stays" : "stay")} as {(preview.Unchanged == 1 ? "it is" : "they are")}");
            if (preview.Excluded > 0)
                parts.Add($"{Figure.Count(preview.Excluded)} left out");
            if (preview.Refused > 0)
                parts.Add($"{Figure.Count(preview.Refused)} cannot take it");
            return string.Join(", ", parts) + ".";
        }
    }

    private string RunLine => run!.Status switch
    {
        RunStatus.Succeeded => $"{Figure.Count(preview!.Done, "row")} changed{(preview.Skipped > 0 ? $", {Figure.Count(preview.Skipped)} left as they were" : "")}. {(preview.IsOfCategories ? "Those that were given a category of Shopify’s with it wait for Shopify." : "They wait for Shopify.")}",
        RunStatus.Running when run.Total is { } total => $"{Figure.Count(run.Done)} of {Figure.Count(total, "row")}",
        RunStatus.Paused when run.Total is { } total => $"Stopped after {Figure.Count(run.Done)} of {Figure.Count(total, "row")}",
        var status => RunWords.State(status),
    };

    protected override Task OnInitializedAsync() => Guarded(async () =>
    {
        person = (await authentication.GetAuthenticationStateAsync()).User.AsAskedBy();
        await Reread();
        if (preview is null)
        {
            missing = true;
            return;
        }
        tryFirst = preview.Products > ManyProducts;
        which = preview is { Changing: 0, Refused: > 0 } ? BulkRows.Refused : BulkRows.Changing;
        await LoadRows(anew: true);
        toHead = OnBack.HasDelegate;
        if (preview.RunId is { } running)
            await FollowRun(running);
    });

    // What was pressed is gone from the page: the keyboard goes on from the head of what took its place.
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!toHead || preview is null)
            return;
        toHead = false;
        await head.FocusAsync(preventScroll: true);
    }

    /// <summary>Of the products of this edit alone; what others have edited elsewhere stays.</summary>
    private Task PlanPush() => Guarded(async () =>
    {
        var products = await changed.Read(Store.Id, PreviewId, Gone);
        switch (await preparePush.Prepare(new PushRequest(Store.Id, preview!.Title, person!) { ProductIds = products }, Gone))
        {
            case PreparePushOutcome.Prepared prepared:
                navigation.NavigateTo(FormattableString.Invariant($"/sync/push/{prepared.PlanId}"));
                break;
            case PreparePushOutcome.NothingWaits nothing:
                Trouble = nothing.Sentence;
                break;
        }
    });

    private async Task Reread()
    {
        preview = await read.Find(Store.Id, PreviewId, Gone);
        goes = preview is { Deletes: true, Status: BulkStatus.Ready, Changing: > 0 } ? await whatGoes.OfPreview(Store.Id, PreviewId, Gone) : null;
    }

    // What is typed into the search meanwhile asks again; only the last answer counts.
    private async Task LoadRows(bool anew)
    {
        var asked = ++looked;
        var next = await read.Rows(Store.Id, PreviewId, which, containing, anew || rows.Count == 0 ? 0 : rows[^1].Id, RowsAtOnce + 1, Gone);
        if (asked != looked)
            return;
        if (anew)
            rows.Clear();
        more = next.Count > RowsAtOnce;
        rows.AddRange(next.Take(RowsAtOnce));
    }

    private Task Show(BulkRows wanted) => Guarded(async () =>
    {
        which = wanted;
        await LoadRows(anew: true);
    });

    // A word is typed faster than a million rows are looked through.
    private Task Find() => Guarded(async () =>
    {
        var asked = ++looked;
        await Task.Delay(Pause, Gone);
        if (asked == looked)
            await LoadRows(anew: true);
    });

    private Task ShowMore() => Guarded(() => LoadRows(anew: false));

    private Task Toggle(BulkRow row) => Guarded(async () =>
    {
        // At once, so that the next key finds it as it is; where it is being applied already it stays as it was.
        Put(!row.Excluded);
        if (await exclude.Exclude(Store.Id, PreviewId, [row.Id], !row.Excluded, Gone) == 0)
            Put(row.Excluded);
        await Reread();

        void Put(bool excluded)
        {
            if (rows.FindIndex(each => each.Id == row.Id) is >= 0 and var place)
                rows[place] = rows[place] with { Excluded = excluded };
        }
    });

    private Task AskOthers() => Guarded(async () =>
    {
        await ask.Ask(Store.Id, PreviewId, Gone);
        await Reread();
    });

    private Task Approve() => Guarded(async () =>
    {
        var outcome = await approve.Approve(Store.Id, PreviewId, preview!.Revision, person!, Gone);
        await Reread();
        await LoadRows(anew: true);
        Trouble = outcome switch
        {
            ApproveBulkOutcome.OwnEdit own => own.Sentence,
            ApproveBulkOutcome.Altered => "The edit was altered after you looked at it. Look at it again.",
            _ => null,
        };
    });

    private Task Apply() => Guarded(async () =>
    {
        var consent = new BulkConsent { ToWarnings = agreed, Zeros = BulkWords.Whole(zeros), Removed = BulkWords.Whole(removed), Canary = tryFirst ? First : null };
        switch (await start.Start(Store.Id, PreviewId, consent, person!, Gone))
        {
            case StartBulkOutcome.Started started:
                containing = "";
                await Reread();
                await FollowRun(started.RunId);
                toHead = true;
                break;
            case StartBulkOutcome.Refused refused:
                Trouble = refused.Sentence;
                break;
            default:
                await Reread();
                break;
        }
    });

    private Task Schedule(ScheduleTimes times) => Guarded(async () =>
    {
        wrong = null;
        switch (await schedule.Schedule(Store.Id, PreviewId, times, new BulkConsent { ToWarnings = agreed, Zeros = BulkWords.Whole(zeros) }, person!, Gone))
        {
            case ScheduleOutcome.Scheduled scheduled:
                (scheduling, leftOut) = (false, scheduled.LeftOut);
                await Reread();
                toasts.Say("Scheduled", "Show", () =>
                {
                    navigation.NavigateTo(SchedulesState.Url(scheduled.ScheduleId));
                    return Task.CompletedTask;
                });
                break;
            case ScheduleOutcome.Wrong bad:
                wrong = bad.Problem;
                break;
            case ScheduleOutcome.Refused refused:
                Trouble = refused.Sentence;
                break;
            default:
                await Reread();
                break;
        }
    });

    private async Task FollowRun(long running)
    {
        run = (await find.Find(running, Gone))?.Now;
        Follow(feed.Watch(running, Gone), snapshot => run = snapshot);
    }

    protected override async Task BeforeRefreshAsync()
    {
        if (run is not { } now || preview is null)
            return;
        if (now.Status is RunStatus.Paused && preview.ChangeSetId is null)
            await Guarded(Reread);
        var finished = now.Status.IsFinished();
        if (finished == closed)
            return;
        // A failed run that is tried again ends once more.
        closed = finished;
        if (!finished)
            return;
        await Guarded(async () =>
        {
            await Reread();
            which = BulkRows.Skipped;
            await LoadRows(anew: true);
        });
        if (now.Status is RunStatus.Succeeded && OnBack.HasDelegate)
            Say(preview);
        await OnChanged.InvokeAsync();
    }

    private void Say(BulkPreview applied)
    {
        var words = $"{applied.Title}: {Figure.Count(applied.Done, "row")} changed";
        if (applied.ChangeSetId is not { } set)
        {
            toasts.Say(words);
            return;
        }
        toasts.Say(words, "Show", () =>
        {
            navigation.NavigateTo(new HistoryState { Set = set }.ToUrl());
            return Task.CompletedTask;
        });
    }

}
