using CowansDashboard.Catalog;
using CowansDashboard.Search;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Sync;

namespace CowansDashboard.Web.Components.Products;

/// <summary>What is removed here: how far it is, and the way back for one product and for many.</summary>
public sealed partial class ProductsPage
{
    private IReadOnlyDictionary<long, RemovedProduct>? removals;
    private long? removedCount;

    private bool InRemoved => state.Filter.Values(FilterField.Sync) is [var only] && only == FilterField.Sync.Values![(int)SyncState.Removed];

    private async Task Restore(ProductRow row) => await Restored([row.Id], row.Title);

    private async Task RestoreSelection()
    {
        if (await Restored(await readSelected.Read(Store!.Id, selection, Gone), null))
            await ClearSelection();
    }

    // Their status goes to Shopify at once; what else waits of them waits on.
    private async Task<bool> Restored(IReadOnlyList<long> products, string? title)
    {
        (asking, pullProblem) = (true, null);
        StateHasChanged();
        var person = (await authentication.GetAuthenticationStateAsync()).User.AsAskedBy();
        var outcome = await rollBack.RollBack(Store!.Id, products, null, person.Id, person.Name, Gone);
        var (_, whyNot) = await pushStatus.Push(Store.Id, products, person, Gone);
        asking = false;
        if (outcome.Products > 0)
            toasts.Say(title is not null && outcome.Products == 1 ? $"{title} is here again" : $"{Figure.Count(outcome.Products, "product")} restored");
        if (whyNot is not null)
            pullProblem = $"In Shopify they are archived until their push plan is sent. {whyNot}";
        if (outcome.Left is [var left, ..])
            pullProblem = outcome.Left.Count == 1 ? left.Sentence : $"{Figure.Count(outcome.Left.Count, "product")} could not be restored: {left.Sentence}";
        await Edited();
        return outcome.Left.Count == 0;
    }

    private async Task SeeRemovals(long store, CancellationToken cancel) =>
        removals = page!.Rows.Where(row => row.Sync == SyncState.Removed).Select(row => row.Id).ToArray() is { Length: > 0 } removed ? await readRemovals.Of(store, removed, cancel) : null;
}
