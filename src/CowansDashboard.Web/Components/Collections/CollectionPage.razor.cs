using System.Data.Common;
using System.Globalization;
using CowansDashboard.Collections;
using CowansDashboard.Collections.Conditions;
using CowansDashboard.History;
using CowansDashboard.Search;
using CowansDashboard.Stores;
using CowansDashboard.Sync.Push;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Collections.Editing;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Products;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Web.Virtualization;

namespace CowansDashboard.Web.Components.Collections;

/// <summary>One collection: who belongs and why, whom its sources hold by the copy, its products in their order.</summary>
public sealed partial class CollectionPage(ShellFeed feed, TimeProvider clock, ReadCollection read, ReadMembers readMembers, ForeseeMembers foresee, NameReferences name, ListStores stores,
    RollBackCollections rollBack, DeleteCollectionAnyway deleteAnyway, PreparePush preparePush, ReadRefused readRefused, NavigationManager navigation, Toasts toasts, AuthenticationStateProvider authentication, IAuthorizationService authorization)
{
    private const string Shopifys = ".myshopify.com";

    private CollectionDetails? collection;
    private IReadOnlyList<CollectionSource> sources = [];
    private ReferenceNames names = ReferenceNames.None;
    private ForeseenMembers? foreseen;
    private Virtualize<CollectionMember>? list;
    private TimeSpan? took;
    private string? failure, problem, shop;
    private int skip;
    private bool loaded, slow, history, mayChange;
    private string? noPlan;
    private RefusedRows? refused;
    private int pulled;
    private CollectionEditor? editor;
    private DateTimeOffset now;
    private (long Store, long Id)? shown;
    private CopyState shownCopy;

    [Parameter] public long Id { get; set; }

    [CascadingParameter] public ShellStore? Store { get; set; }

    private bool MayChange => mayChange && collection is { DeletedAt: null };

    private bool MayEdit => MayChange && collection is { Removal: null };

    private CollectionRemoval? Far => collection?.Row.Removal;

    private string WhatNow => Far switch
    {
        { IsGoing: true } => "",
        { Changed.Count: > 0, EndsAt: null } => "Restore it, and delete it again where it still shall go.",
        { Changed.Count: > 0 } => "It stays in Shopify until it is restored here, or deleted all the same.",
        _ => "Until then it can be restored as it was, with its places.",
    };

    private SyncState Sync => collection!.Row.Sync;

    private string InProducts => new GridState().With(ProductFilter.Everything.With(FilterField.Collection, FilterField.Any, Id.ToString(CultureInfo.InvariantCulture))).ToUrl();

    private string? InAdmin => collection?.Row.ShopifyId is { } id && shop?.EndsWith(Shopifys, StringComparison.Ordinal) == true
        ? FormattableString.Invariant($"https://admin.shopify.com/store/{shop[..^Shopifys.Length]}/collections/{id}")
        : null;

    private IReadOnlyList<(string, string?)> About =>
    [
        ("Handle", collection!.Row.Handle),
        ("Order", CollectionWords.Order(collection.Row.SortOrder)),
        ("Published on", string.Join(", ", collection.Row.Publications)),
        ("Theme template", collection.TemplateSuffix),
        ("Search title", collection.SeoTitle),
        ("Search description", collection.SeoDescription),
        ("Picture’s description", collection.ImageAlt),
        ("Changed in Shopify", collection.RemoteUpdatedAt is { } at ? When.Exact(at, Store!.TimeZone) : null),
    ];

    protected override async Task OnInitializedAsync()
    {
        Watch(feed.Subscribe);
        var user = (await authentication.GetAuthenticationStateAsync()).User;
        mayChange = (await authorization.AuthorizeAsync(user, Policies.Merchandiser)).Succeeded;
    }

    protected override async Task OnParametersSetAsync()
    {
        if (Store is null || shown == (Store.Id, Id))
            return;
        (shown, loaded, skip, collection, foreseen, shownCopy) = ((Store.Id, Id), false, 0, null, null, feed.State.Copy);
        await Load();
        if (!MayEdit)
            await Guarded(Foresee);
    }

    // What a pull, a webhook or somebody else changed stands here without a word.
    protected override async Task BeforeRefreshAsync()
    {
        if (feed.State.Copy == shownCopy || Store is null)
            return;
        // A webhook tells of a single row; whom the sources hold is asked of all products, so only after a pull, of other sources, or when somebody wants it.
        var (isPulled, before) = (feed.State.Copy.DataAsOf != shownCopy.DataAsOf, Said(collection));
        shownCopy = feed.State.Copy;
        pulled += isPulled ? 1 : 0;
        await Load();
        if (!MayEdit && (isPulled || Said(collection) != before))
            await Guarded(Foresee);
        if (list is not null)
            await list.RefreshDataAsync();
    }

    private static string Said(CollectionDetails? collection) => string.Join('\n', collection?.Sources.Select(source => $"{source.Id} {source.Definition.GetRawText()}") ?? []);

    private async Task Load()
    {
        try
        {
            collection = await read.Read(Store!.Id, Id, Gone);
            sources = [.. collection?.Sources.Select(source => SourceReading.Read(source.Type, source.Definition)) ?? []];
            names = await name.Name(Store.Id, sources, Gone);
            refused = collection?.Row.Sync is SyncState.InSync or null ? null : await readRefused.OfCollection(Store.Id, Id, Gone);
            shop = (await stores.List(Gone)).FirstOrDefault(each => each.Id == Store.Id)?.Shop;
            (failure, loaded, now) = (null, true, clock.GetUtcNow());
            StateHasChanged();
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested)
        {
            // The page was left.
        }
        catch (Exception wrong) when (wrong is DbException or TimeoutException)
        {
            // What was read before stays, and is read again with the next word.
            (failure, loaded) = (collection is null ? wrong.Message : null, true);
            shownCopy = default;
        }
    }

    private async Task Retry()
    {
        await Load();
        if (!MayEdit)
            await Guarded(Foresee);
    }

    /// <summary>What waits on this collection, as a plan: nothing is sent by the press alone.</summary>
    private async Task Plan()
    {
        noPlan = null;
        if (MayEdit && editor is { Unsaved: > 0 })
        {
            noPlan = "Save or discard what is typed first: only what is saved can be sent.";
            return;
        }
        var person = (await authentication.GetAuthenticationStateAsync()).User;
        switch (await preparePush.Prepare(new PushRequest(Store!.Id, collection!.Row.Title, person.AsAskedBy()) { CollectionIds = [Id] }, Gone))
        {
            case PreparePushOutcome.Prepared prepared:
                navigation.NavigateTo(FormattableString.Invariant($"/sync/push/{prepared.PlanId}"));
                break;
            case PreparePushOutcome.NothingWaits nothing:
                noPlan = nothing.Sentence;
                break;
        }
    }

    private async Task Restore()
    {
        noPlan = null;
        var person = (await authentication.GetAuthenticationStateAsync()).User.AsAskedBy();
        switch (await rollBack.RollBack(Store!.Id, Id, null, person.Id, person.Name, Gone))
        {
            case SaveOutcome.Refused refused:
                noPlan = string.Join(" ", refused.Problems.Select(problem => problem.Sentence).Distinct());
                break;
            case SaveOutcome.Saved { ChangeSetId: > 0 }:
                toasts.Say($"{collection!.Row.Title} is here again");
                break;
            default:
                noPlan = "It could not be restored: it is here again already, or Shopify has deleted it.";
                break;
        }
        await Load();
    }

    private async Task DeleteAnyway()
    {
        var person = (await authentication.GetAuthenticationStateAsync()).User.AsAskedBy();
        noPlan = await deleteAnyway.Delete(Store!.Id, Id, Far!.Changed, person.Name, Gone) ? null : "It was changed again, or decided by somebody else. Look once more.";
        await Load();
    }

    private async Task Foresee()
    {
        slow = false;
        problem = !sources.All(source => source.IsKnown) ? "A source or condition of it came with a later version of Shopify’s API, so the copy cannot tell whom it holds."
            : sources.SelectMany(source => source.Collections).Any(id => !names.Collections.ContainsKey(id)) ? "It is made of a collection that is not in the copy, or keeps one out, so the copy cannot tell whom it holds."
            : null;
        if (collection is null || problem is not null)
        {
            (foreseen, took) = (null, null);
            return;
        }
        var began = clock.GetTimestamp();
        try
        {
            foreseen = await foresee.Foresee(Store!.Id, Id, sources, skip, ForeseenCard.Shown, Gone);
            took = clock.GetElapsedTime(began);
        }
        catch (Exception late) when (late is DbException or TimeoutException)
        {
            (foreseen, took, slow, problem) = (null, null, true, "The copy took too long to tell. Nothing was changed.");
        }
        StateHasChanged();
    }

    private async Task Page(int to)
    {
        skip = to;
        await Guarded(Foresee);
    }

    private async ValueTask<ItemsProviderResult<CollectionMember>> Members(ItemsProviderRequest request)
    {
        try
        {
            var members = await readMembers.Read(Store!.Id, Id, request.StartIndex, request.Count, request.CancellationToken);
            return new(members, (int)collection!.Row.Products);
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            failure = away.Message;
            StateHasChanged();
            return new([], 0);
        }
    }
}
