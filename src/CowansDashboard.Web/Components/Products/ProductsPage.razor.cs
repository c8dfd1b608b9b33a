using System.Globalization;
using CowansDashboard.Accounts;
using CowansDashboard.Catalog;
using CowansDashboard.Catalog.Sheets;
using CowansDashboard.Search;
using CowansDashboard.Search.Views;
using CowansDashboard.Stores;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.JSInterop;

namespace CowansDashboard.Web.Components.Products;

/// <summary>The whole copy as a grid: views, filters, rows, a selection, and a product beside it.</summary>
public sealed partial class ProductsPage(
    NavigationManager navigation, IJSRuntime js, ShellFeed feed, Toasts toasts, TimeProvider clock, AuthenticationStateProvider authentication, IAuthorizationService authorization,
    FindProducts find, CountProducts count, RelaxFilter relax, NameFilterValues name, ListViews listViews, ListStores stores, PullAgain pullAgain,
    KeptSelection kept, NotMatching notMatching, OpenSheet openSheet, ReadRemovals readRemovals, ReadSelectedProducts readSelected, RollBackProducts rollBack, PushStatus pushStatus) : IAsyncDisposable
{
    private GridState state = new();
    private FoundProducts? page;
    private IReadOnlyList<SavedView> views = [];
    private IReadOnlyList<Relaxation>? relaxed;
    private IReadOnlyDictionary<(FilterField, string), string> names = new Dictionary<(FilterField, string), string>();
    private readonly Dictionary<long, long> viewCounts = [];
    private ProductSelection selection = ProductSelection.Nothing;
    private IReadOnlySet<long> outside = new HashSet<long>();
    private (ProductFilter Filter, long Count)? countedSelection;
    private (ProductFilter Filter, long Count)? counted;
    private long? everything;
    private TimeSpan took;
    private bool loading, canPull, neverPulled, asking, editing, earlier;
    private string? failure, corrected, pullProblem;
    private StoreRow? shop;
    private long? loadedStore, account, lastPicked;
    private (long Product, string Words)? panelProblem;
    private int openAtEdge;
    private CopyState shownCopy;
    private CancellationTokenSource? current;
    private IJSObjectReference? keys;

    [CascadingParameter] public ShellStore? Store { get; set; }

    private long? total => page?.Total ?? (counted is { } known && known.Filter == state.Filter ? known.Count : null);

    // Of the products of this page; "outside" are those that a selection of another filter does not reach.
    private IReadOnlySet<long> Selected => page!.Rows.Select(row => row.Id).Where(id => selection.Contains(id, outside.Contains(id))).ToHashSet();

    private long? inSelection => selection.AllMatching is not { } filter ? null
        : filter == state.Filter && total is { } all ? all
        : countedSelection is { } known && known.Filter == filter ? known.Count : null;

    private ProductRow? OpenRow => page?.Rows.FirstOrDefault(row => row.Id == state.Open);

    protected override void OnInitialized()
    {
        navigation.LocationChanged += Moved;
        Watch(feed.Subscribe);
        state = GridState.Read(navigation.Uri);
    }

    protected override async Task OnParametersSetAsync()
    {
        if (Store is null || Store.Id == loadedStore)
            return;
        if (loadedStore is not null)
            (page, views, everything, counted, countedSelection) = (null, [], null, null, null);
        loadedStore = Store.Id;
        selection = kept.In(Store.Id, InRemoved) ?? ProductSelection.Nothing;
        earlier = !selection.IsEmpty;
        shownCopy = feed.State.Copy;
        var user = (await authentication.GetAuthenticationStateAsync()).User;
        account = user.AccountId;
        canPull = (await authorization.AuthorizeAsync(user, Policies.Merchandiser)).Succeeded;
        if (keys is not null)
            await TakeUp(keys);
        await Load(quietly: false);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            // A module is run once; its listeners are put up each time the page opens.
            keys = await js.InvokeAsync<IJSObjectReference>("import", "./Components/Products/ProductsPage.razor.js");
            await keys.InvokeVoidAsync("start", self = DotNetObjectReference.Create(this));
            await TakeUp(keys);
        }
    }

    // A pull that ended brings other rows; they replace the old ones without a word.
    protected override async Task BeforeRefreshAsync()
    {
        if (feed.State.Copy == shownCopy || Store is null)
            return;
        shownCopy = feed.State.Copy;
        (everything, counted, countedSelection) = (null, null, null);
        await Load(quietly: true);
    }

    private void Moved(object? sender, LocationChangedEventArgs moved)
    {
        if (new Uri(moved.Location).AbsolutePath == GridState.Path)
            _ = InvokeAsync(async () =>
            {
                var (before, wasRemoved) = (state, InRemoved);
                state = GridState.Read(moved.Location);
                if (InRemoved != wasRemoved)
                    await CrossOver();
                if (state.ShowsOtherRows(before))
                    await Load(quietly: false);
                StateHasChanged();
            });
    }

    private async Task Load(bool quietly)
    {
        current?.Cancel();
        current?.Dispose();
        current = CancellationTokenSource.CreateLinkedTokenSource(Gone);
        var cancel = current.Token;
        var (asked, store) = (state, Store!.Id);
        loading = !quietly;
        StateHasChanged();
        try
        {
            var began = clock.GetTimestamp();
            page = await find.Find(new(store, asked.Filter, asked.Order, GridState.PageSize, asked.Place), cancel);
            await SeeSelection(cancel);
            await SeeRemovals(store, cancel);
            (took, failure, loading, relaxed) = (clock.GetElapsedTime(began), null, false, null);
            corrected = page.Search?.Corrected.Select(term => $"Nothing contains “{term.Typed}”. Shown: {string.Join(", ", term.Words.Select(word => $"“{word}”"))}.").FirstOrDefault();
            if (openAtEdge != 0 && page.Rows.Count > 0)
                Replace(asked with { Open = (openAtEdge > 0 ? page.Rows[0] : page.Rows[^1]).Id });
            openAtEdge = 0;
            StateHasChanged();
            await LoadRest(asked, store, cancel);
            StateHasChanged();
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Another filter came, or the page was left.
        }
        catch (Exception wrong) when (wrong is System.Data.Common.DbException or TimeoutException)
        {
            (failure, loading) = (wrong.Message, false);
            StateHasChanged();
        }
    }

    // What may come a moment after the rows.
    private async Task LoadRest(GridState asked, long store, CancellationToken cancel)
    {
        names = await name.Name(store, asked.Filter, cancel);
        if (total is null)
            counted = (asked.Filter, await count.Count(store, asked.Filter, cancel));
        if (page!.Rows.Count == 0 && !asked.Filter.IsEverything)
            relaxed = await relax.Relax(store, asked.Filter, cancel);
        if (everything is not null)
            return;
        StateHasChanged();
        removedCount = await readRemovals.Count(store, cancel);
        everything = asked.Filter.IsEverything ? total : await count.Count(store, ProductFilter.Everything, cancel);
        shop = (await stores.List(cancel)).FirstOrDefault(each => each.Id == store);
        neverPulled = shop is { LastFullPullAt: null };
        if (account is { } owner)
            views = await listViews.List(store, owner, cancel);
        StateHasChanged();
        viewCounts.Clear();
        foreach (var view in views)
            viewCounts[view.Id] = await count.Count(store, view.Filter, cancel);
    }

    private async Task ViewsChanged(GridState? next)
    {
        everything = null;
        if (next is not null && next.ToUrl() != state.ToUrl())
            Go(next);
        if (Store is not null)
            await Load(quietly: true);
    }

    private void Go(GridState next) => navigation.NavigateTo(next.ToUrl());

    private void Replace(GridState next) => navigation.NavigateTo(next.ToUrl(), replace: true);

    private void Open(ProductRow row)
    {
        (editing, dragged, exporting) = (false, null, null);
        // Walking along the rows is one step of the history, not fifty.
        if (state.Open is null)
            Go(state with { Open = row.Id });
        else
            Replace(state with { Open = row.Id });
    }

    private void Close()
    {
        // The collections lie over the panel of an edit, and that over the one of a product.
        if (dragged is not null)
            dragged = null;
        else if (editing || exporting is not null)
            (editing, exporting) = (false, null);
        else
            Replace(state with { Open = null });
    }

    private string EditedWords => (selection.AllMatching is null ? selection.Ids.Count : inSelection is { } all ? selection.Count(all) : null as long?) is { } count
        ? Figure.Count(count, "product") : "the selected products";

    private string Href(ProductRow row) => ProductPagePath.Of(row.Id, state with { Open = null });

    private int OpenIndex => page?.Rows.ToList().FindIndex(row => row.Id == state.Open) ?? -1;

    private string PlaceOfOpen
    {
        get
        {
            var place = ((state.Page - 1L) * GridState.PageSize) + OpenIndex + 1;
            return total is { } all ? $"{Figure.Count(place)} of {Figure.Count(all)}" : Figure.Count(place);
        }
    }

    private bool CanStep(int step) =>
        OpenIndex + step is var next && page is not null && (next >= 0 || page.Start is not null) && (next < page.Rows.Count || page.End is not null);

    private void Step(int step)
    {
        var next = OpenIndex + step;
        if (next >= 0 && next < page!.Rows.Count)
        {
            Replace(state with { Open = page.Rows[next].Id });
            return;
        }
        openAtEdge = step;
        Go(step > 0 ? state.NextPage(page!.End!) : state.PreviousPage(page!.Start!));
    }

    private async Task Select((ProductRow Row, bool Range) picked)
    {
        var rows = page!.Rows.ToList();
        var (from, to) = (rows.FindIndex(row => row.Id == lastPicked), rows.IndexOf(picked.Row));
        var isOutside = outside.Contains(picked.Row.Id);
        var next = picked.Range && from >= 0
            ? selection.Set([.. rows.GetRange(Math.Min(from, to), Math.Abs(from - to) + 1).Select(row => row.Id)], !selection.Contains(picked.Row.Id, isOutside), outside)
            : selection.Toggle(picked.Row.Id, isOutside);
        (lastPicked, pullProblem) = (picked.Row.Id, null);
        await Choose(next);
    }

    private Task SelectPage(bool chosen) => Choose(selection.Set([.. page!.Rows.Select(row => row.Id)], chosen, outside));

    private Task SelectAll()
    {
        outside = new HashSet<long>();
        return Choose(ProductSelection.All(state.Filter));
    }

    private Task OnlyPage()
    {
        outside = new HashSet<long>();
        return Choose(ProductSelection.Nothing.Set(page!.Rows.Select(row => row.Id), true));
    }

    private Task ClearSelection()
    {
        (pullProblem, outside, editing, dragged) = (null, new HashSet<long>(), false, null);
        return Choose(ProductSelection.Nothing);
    }

    private async Task PullSelection()
    {
        asking = true;
        pullProblem = await Ask(selection);
        asking = false;
        if (pullProblem is null)
            await ClearSelection();
    }

    private async Task OpenAsSheet()
    {
        if (account is not { } person)
            return;
        asking = true;
        switch (await openSheet.Open(person, Store!.Id, selection, state.Order, Gone))
        {
            case OpenSheetOutcome.Opened opened:
                navigation.NavigateTo($"/products/sheet/{opened.Sheet.Id}");
                break;
            case OpenSheetOutcome.Refused refused:
                pullProblem = refused.Sentence;
                break;
        }
        asking = false;
    }

    private async Task PullAgain(ProductRow row)
    {
        panelProblem = null;
        if (await Ask(ProductSelection.Nothing.Toggle(row.Id)) is { } problem)
            panelProblem = (row.Id, problem);
    }

    private async Task<string?> Ask(ProductSelection chosen)
    {
        var person = (await authentication.GetAuthenticationStateAsync()).User;
        switch (await pullAgain.Ask(Store!.Id, chosen, person, Gone))
        {
            case PullAgainOutcome.Started started:
                toasts.Say($"Pull of {Figure.Count(started.Products, "product")} started", "Watch", () =>
                {
                    navigation.NavigateTo(string.Create(CultureInfo.InvariantCulture, $"/sync/runs/{started.Run}"));
                    return Task.CompletedTask;
                });
                return null;
            case PullAgainOutcome.Refused refused:
                return refused.Reason;
            default:
                return "Nothing to pull.";
        }
    }

    public async ValueTask DisposeAsync()
    {
        navigation.LocationChanged -= Moved;
        current?.Cancel();
        current?.Dispose();
        self?.Dispose();
        Dispose();
        if (keys is null)
            return;
        try
        {
            await keys.InvokeVoidAsync("stop");
            await keys.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The tab is gone, and its listeners with it.
        }
    }
}
