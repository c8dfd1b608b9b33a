using System.Data.Common;
using System.Globalization;
using CowansDashboard.Collections;
using CowansDashboard.Search;
using CowansDashboard.Stores;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Products;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Routing;
using Npgsql;

namespace CowansDashboard.Web.Components.Collections;

/// <summary>The collections of the copy: how products come into each, how many, where it is published.</summary>
public sealed partial class CollectionsPage(NavigationManager navigation, ShellFeed feed, TimeProvider clock, FindCollections find, ListStores stores, AuthenticationStateProvider authentication, IAuthorizationService authorization)
{
    private CollectionsState state = new();
    private FoundCollections? page;
    private CancellationTokenSource? current;
    private string? failure;
    private string typed = "";
    private bool loading, neverPulled, mayChange;
    private DateTimeOffset now;
    private long? loadedStore;
    private CopyState shownCopy;

    [CascadingParameter] public ShellStore? Store { get; set; }

    private string Chosen => CollectionsState.Kinds.FirstOrDefault(each => each.Kind == state.Kind).Name ?? "";

    private string Range
    {
        get
        {
            var first = ((state.Page - 1L) * CollectionsState.PageSize) + 1;
            return $"{Figure.Count(first)} – {Figure.Count(first + page!.Rows.Count - 1)}";
        }
    }

    protected override async Task OnInitializedAsync()
    {
        navigation.LocationChanged += Moved;
        Watch(feed.Subscribe);
        state = CollectionsState.Read(navigation.Uri);
        typed = state.Search;
        mayChange = (await authorization.AuthorizeAsync((await authentication.GetAuthenticationStateAsync()).User, Policies.Merchandiser)).Succeeded;
    }

    protected override async Task OnParametersSetAsync()
    {
        if (Store is null || Store.Id == loadedStore)
            return;
        (loadedStore, page, shownCopy) = (Store.Id, null, feed.State.Copy);
        await Load();
    }

    // A pull that ended brings other rows; they replace the old ones without a word.
    protected override async Task BeforeRefreshAsync()
    {
        if (feed.State.Copy == shownCopy || Store is null)
            return;
        shownCopy = feed.State.Copy;
        await Load();
    }

    private void Moved(object? sender, LocationChangedEventArgs moved)
    {
        if (new Uri(moved.Location).AbsolutePath == CollectionsState.Path)
            _ = InvokeAsync(async () =>
            {
                state = CollectionsState.Read(moved.Location);
                typed = state.Search;
                await Load();
                StateHasChanged();
            });
    }

    private void Go(CollectionsState next) => navigation.NavigateTo(next.ToUrl());

    private async Task Load()
    {
        current?.Cancel();
        current?.Dispose();
        current = CancellationTokenSource.CreateLinkedTokenSource(Gone);
        var cancel = current.Token;
        loading = true;
        StateHasChanged();
        try
        {
            page = await find.Find(new(Store!.Id, state.Search, state.Kind, state.Order, CollectionsState.PageSize, state.Place), cancel);
            neverPulled = page.Total == 0 && (await stores.List(cancel)).FirstOrDefault(each => each.Id == Store.Id) is { LastFullPullAt: null };
            (failure, loading, now) = (null, false, clock.GetUtcNow());
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Another filter came, or the page was left.
        }
        catch (PostgresException unfit) when (unfit.SqlState.StartsWith("22", StringComparison.Ordinal) && state.Place != PagePlace.First)
        {
            // A place of another order, typed into the address.
            navigation.NavigateTo(state.First().ToUrl(), replace: true);
        }
        catch (Exception wrong) when (wrong is DbException or TimeoutException)
        {
            (failure, loading) = (wrong.Message, false);
        }
    }

    private string Sorted(CollectionSortKey key) => state.Order.Key != key ? "none" : state.Order.Descending ? "descending" : "ascending";

    private static string Products(CollectionRow row) =>
        new GridState().With(ProductFilter.Everything.With(FilterField.Collection, FilterField.Any, row.Id.ToString(CultureInfo.InvariantCulture))).ToUrl();

    private static string Href(CollectionRow row) => CollectionPagePath.Of(row.Id);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            navigation.LocationChanged -= Moved;
            current?.Cancel();
            current?.Dispose();
            current = null;
        }
        base.Dispose(disposing);
    }
}
