using System.Data.Common;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Search;
using CowansDashboard.Web.Components.History;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace CowansDashboard.Web.Components.Products;

/// <summary>Edits all selected products at once: choose what, see before and after, leave rows out, apply, watch, take back.</summary>
public sealed partial class BulkEditPanel(
    PreviewBulkEdit previewEdit, ReadBulkPreview read, ExcludeBulkRows exclude, StartBulkEdit start, ListLocations listLocations, ListFacet facet,
    FindRun find, RunFeed feed, Toasts toasts, NavigationManager navigation, AuthenticationStateProvider authentication) : LiveComponent
{
    private const int RowsAtOnce = 100;

    private readonly BulkDraft draft = new();
    private readonly List<BulkRow> rows = [];
    private IReadOnlyList<StockPlace> locations = [];
    private IReadOnlyList<FacetValue> known = [];
    private BulkPreview? preview;
    private RunSnapshot? run;
    private ActionProblem? wrong;
    private BulkRows which;
    private string? problem;
    private bool busy, agreed, more, closed;
    private long watched;

    [Parameter, EditorRequired] public ShellStore Store { get; set; } = default!;

    [Parameter, EditorRequired] public ProductSelection Selection { get; set; } = ProductSelection.Nothing;

    /// <summary>The products are others now.</summary>
    [Parameter] public EventCallback OnChanged { get; set; }

    private string Counts
    {
        get
        {
            var parts = new List<string>
            {
                preview!.Changing == 0 ? $"Nothing changes in {Figure.Count(preview.Selected, "product")}"
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
        RunStatus.Succeeded => $"{Figure.Count(preview!.Done, "row")} changed{(preview.Skipped > 0 ? $", {Figure.Count(preview.Skipped)} left as others made them" : "")}. They wait for Shopify.",
        RunStatus.Running when run.Total is { } total => $"{Figure.Count(run.Done)} of {Figure.Count(total, "row")}",
        var status => RunWords.State(status),
    };

    protected override Task OnInitializedAsync() => Guarded(async () => locations = await listLocations.List(Store.Id, Gone));

    private Task KindChanged() => Guarded(async () =>
    {
        (wrong, draft.Value, known) = (null, "", []);
        if (draft.Location == 0 && locations.Count > 0)
            draft.Location = locations[0].Id;
        if (draft.Kind switch { BulkKind.Vendor => FilterField.Vendor, BulkKind.Type => FilterField.Type, BulkKind.Category => FilterField.Category, BulkKind.Tags => FilterField.Tag, _ => null } is { } field)
            known = await facet.List(Store.Id, ProductFilter.Everything, field, "", Gone);
    });

    private Task Prepare() => Guarded(async () =>
    {
        (var action, wrong) = draft.Read();
        if (action is null)
            return;
        var person = (await authentication.GetAuthenticationStateAsync()).User.AsAskedBy();
        switch (await previewEdit.Preview(new(Store.Id, Selection, action, person), Gone))
        {
            case PreviewOutcome.Wrong bad:
                wrong = bad.Problem;
                break;
            case PreviewOutcome.Nothing nothing:
                problem = nothing.Sentence;
                break;
            case PreviewOutcome.Prepared prepared:
                agreed = false;
                await Reread(prepared.PreviewId);
                which = preview is { Changing: 0, Refused: > 0 } ? BulkRows.Refused : BulkRows.Changing;
                await LoadRows(anew: true);
                break;
        }
    });

    private async Task Reread(long previewId) => preview = await read.Find(Store.Id, previewId, Gone);

    private async Task LoadRows(bool anew)
    {
        if (anew)
            rows.Clear();
        var next = await read.Rows(Store.Id, preview!.Id, which, rows.Count == 0 ? 0 : rows[^1].Id, RowsAtOnce + 1, Gone);
        more = next.Count > RowsAtOnce;
        rows.AddRange(next.Take(RowsAtOnce));
    }

    private Task Show(BulkRows wanted) => Guarded(async () =>
    {
        which = wanted;
        await LoadRows(anew: true);
    });

    private Task ShowMore() => Guarded(() => LoadRows(anew: false));

    private Task Toggle(BulkRow row) => Guarded(async () =>
    {
        await exclude.Exclude(Store.Id, preview!.Id, [row.Id], !row.Excluded, Gone);
        rows[rows.IndexOf(row)] = row with { Excluded = !row.Excluded };
        await Reread(preview.Id);
    });

    private void Back() => (preview, problem) = (null, null);

    private void Again() => (preview, run, problem, watched) = (null, null, null, 0);

    private Task Apply() => Guarded(async () =>
    {
        var person = (await authentication.GetAuthenticationStateAsync()).User.AsAskedBy();
        switch (await start.Start(Store.Id, preview!.Id, agreed, person, Gone))
        {
            case StartBulkOutcome.Started started:
                watched = started.RunId;
                run = (await find.Find(watched, Gone))?.Now;
                Follow(feed.Watch(started.RunId, Gone), snapshot =>
                {
                    if (watched == started.RunId)
                        run = snapshot;
                });
                break;
            case StartBulkOutcome.Asks:
                await Reread(preview.Id);
                break;
            case StartBulkOutcome.Refused refused:
                problem = refused.Sentence;
                break;
        }
    });

    protected override async Task BeforeRefreshAsync()
    {
        var finished = run is { } now && now.Status.IsFinished();
        if (finished == closed)
            return;
        // A failed run that is tried again ends once more.
        closed = finished;
        if (!finished)
            return;
        await Guarded(async () =>
        {
            await Reread(preview!.Id);
            which = BulkRows.Skipped;
            await LoadRows(anew: true);
        });
        if (run is { Status: RunStatus.Succeeded } && preview is not null)
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

    private async Task Guarded(Func<Task> work)
    {
        (busy, problem) = (true, null);
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested)
        {
            // The page was left.
        }
        catch (Exception failure) when (failure is DbException or TimeoutException)
        {
            problem = "The database does not answer. Try again in a moment.";
        }
        busy = false;
    }
}
