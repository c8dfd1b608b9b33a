using CowansDashboard.Catalog;
using CowansDashboard.Search;
using CowansDashboard.Stores;
using CowansDashboard.Sync.Push;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Products.Editing;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace CowansDashboard.Web.Components.Products;

/// <summary>One product with everything that the copy holds of it. Its tab is in the address.</summary>
public sealed partial class ProductPage(
    ReadProduct read, ListStores stores, PullAgain pullAgain, Toasts toasts, NavigationManager navigation,
    AuthenticationStateProvider authentication, IAuthorizationService authorization, ShellFeed feed, PreparePush preparePush, ReadRefused readRefused) : IDisposable
{
    private readonly CancellationTokenSource gone = new();
    private ProductDetails? product;
    private StoreRow? shop;
    private RefusedRows? refused;
    private string? failure, problem;
    private bool loaded, canPull, asking, asked;
    private DeleteProductButton? deleting;
    private (long Store, long Id)? shown;
    private CopyState shownCopy;
    private IDisposable? watching;

    [Parameter] public long Id { get; set; }
    [SupplyParameterFromQuery] public string? Tab { get; set; }
    [SupplyParameterFromQuery] public string? From { get; set; }

    /// <summary>The box that asks how to delete it stands open.</summary>
    [SupplyParameterFromQuery] public bool Delete { get; set; }

    [CascadingParameter] public ShellStore? Store { get; set; }

    private string Part => Tab is "variants" or "media" or "metafields" or "search" or "published" ? Tab : "details";

    private string Back => ProductPagePath.Back(From);

    private string ListName => GridState.Read("http://here" + Back).Filter.Search is { Length: > 0 } search ? $"“{search}”" : "Filtered list";

    private ProductMedia? Featured => product!.Media.FirstOrDefault(media => media.ShopifyId == product.FeaturedMediaId && media.ShopifyId is not null) ?? (product.Media is [var first, ..] ? first : null);

    private (Tone Tone, string? Icon, string Word) Sync => ProductWords.Sync((SyncState)product!.SyncState);

    // Of the product and of what hangs on it.
    private int PendingCount => product!.Pending.Count + product.Variants.Sum(each => each.Pending.Count) + product.Media.Sum(each => each.Pending.Count) + product.Metafields.Sum(each => each.Pending.Count);

    private string SyncLine => (SyncState)product!.SyncState switch
    {
        SyncState.Pending when PendingCount > 0 => Figure.Count(PendingCount, "field") + " pending",
        SyncState.Conflict when product.Conflicts is [var only] => $"Conflict in {ProductFields.Name(only.Field).ToLowerInvariant()}",
        SyncState.Conflict when product.Conflicts.Count > 1 => Figure.Count(product.Conflicts.Count, "conflict"),
        _ => Sync.Word,
    };

    private bool MayPull => canPull && product is { ShopifyId: not null, DeletedAt: null };

    private IReadOnlyList<Tabs.Tab> TabItems =>
    [
        Item("details", "Details", null),
        Item("variants", "Variants", product!.Variants.Count),
        Item("media", "Media", product.Media.Count),
        Item("metafields", "Metafields", product.Metafields.Count(each => each.OwnerKind == "product")),
        Item("search", "Search listing", null),
        Item("published", "Published on", product.Publications.Count(place => place.Published)),
    ];

    protected override async Task OnInitializedAsync()
    {
        explain = EventCallback.Factory.Create<FieldKey>(this, Explain);
        shownCopy = feed.State.Copy;
        watching = feed.Subscribe(() => _ = InvokeAsync(Refresh));
        var user = (await authentication.GetAuthenticationStateAsync()).User;
        canPull = (await authorization.AuthorizeAsync(user, Policies.Merchandiser)).Succeeded;
    }

    protected override async Task OnParametersSetAsync()
    {
        if (Store is null || shown == (Store.Id, Id))
            return;
        shown = (Store.Id, Id);
        (loaded, problem, asked) = (false, null, false);
        await Load();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!Delete || asked || deleting is not { } box || product?.Id != Id)
            return;
        asked = true;
        await box.Ask();
    }

    private async Task Refresh()
    {
        if (feed.State.Copy == shownCopy || Store is null)
            return;
        shownCopy = feed.State.Copy;
        await Load();
        StateHasChanged();
    }

    private async Task Load()
    {
        try
        {
            product = await read.Read(Store!.Id, Id, gone.Token);
            refused = product is { SyncState: not (int)SyncState.InSync } ? await readRefused.Read(Store.Id, Id, gone.Token) : null;
            shop = (await stores.List(gone.Token)).FirstOrDefault(each => each.Id == Store.Id);
            (failure, loaded) = (null, true);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // The page was left.
        }
        catch (Exception wrong) when (wrong is System.Data.Common.DbException or TimeoutException)
        {
            failure = wrong.Message;
        }
    }

    private async Task PullIt()
    {
        asking = true;
        var person = (await authentication.GetAuthenticationStateAsync()).User;
        var outcome = await pullAgain.Ask(Store!.Id, ProductSelection.Nothing.Toggle(Id), person, gone.Token);
        asking = false;
        problem = (outcome as PullAgainOutcome.Refused)?.Reason;
        if (outcome is PullAgainOutcome.Started started)
            toasts.Say("Pull of this product started", "Watch", () =>
            {
                navigation.NavigateTo(FormattableString.Invariant($"/sync/runs/{started.Run}"));
                return Task.CompletedTask;
            });
    }

    private Tabs.Tab Item(string name, string title, long? count)
    {
        var address = ProductPagePath.Of(Id);
        string[] query = [.. name == "details" ? [] : new[] { $"tab={name}" }, .. From is null ? [] : new[] { $"from={Uri.EscapeDataString(From)}" }];
        return new(title, query.Length == 0 ? address : $"{address}?{string.Join('&', query)}", Part == name, count);
    }

    public void Dispose()
    {
        gone.Cancel();
        gone.Dispose();
        watching?.Dispose();
    }
}
