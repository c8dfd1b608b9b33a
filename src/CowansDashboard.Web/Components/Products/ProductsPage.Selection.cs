using System.Globalization;
using CowansDashboard.Search;
using Microsoft.JSInterop;

namespace CowansDashboard.Web.Components.Products;

/// <summary>What is selected: kept for a reload, apart for what is removed, and let go of when an edit took it away.</summary>
public sealed partial class ProductsPage
{
    // After a reload: what the browser kept for this person and store.
    private async Task TakeUp(IJSObjectReference browser)
    {
        if (Store is null || account is null || !canPull || kept.In(Store.Id, InRemoved) is not null)
            return;
        var (store, removed) = (Store.Id, InRemoved);
        var text = await browser.InvokeAsync<string?>("selection", Gone, SelectionKey);
        if (kept.In(store, removed) is not null || Store.Id != store || removed != InRemoved)
            return;
        kept.Keep(store, removed, selection = SelectionText.Read(text));
        earlier = !selection.IsEmpty;
        await SeeSelection(Gone);
        StateHasChanged();
    }

    private string SelectionKey => string.Create(CultureInfo.InvariantCulture, $"cowans-selection-{account}-{Store!.Id}{(InRemoved ? "-removed" : "")}");

    private async Task Choose(ProductSelection next)
    {
        (selection, earlier) = (next, false);
        kept.Keep(Store!.Id, InRemoved, next);
        if (keys is not null)
            await keys.InvokeVoidAsync("keepSelection", Gone, SelectionKey, SelectionText.Print(next));
    }

    // What is removed has a selection of its own, and an edit of the other one ends.
    private async Task CrossOver()
    {
        if (Store is null)
            return;
        (editing, dragged, exporting, pullProblem, lastPicked, outside) = (false, null, null, null, null, new HashSet<long>());
        selection = kept.In(Store.Id, InRemoved) ?? ProductSelection.Nothing;
        earlier = !selection.IsEmpty;
        if (keys is not null)
            await TakeUp(keys);
    }

    // After an edit the products may be others: what left the list for good is selected no more, and matching ones are counted anew.
    private async Task Edited()
    {
        (everything, counted, countedSelection) = (null, null, null);
        await Load(quietly: true);
        try
        {
            await LetGo();
        }
        catch (Exception away) when (away is System.Data.Common.DbException or TimeoutException or OperationCanceledException)
        {
            // The selection stays as it was; what is done with it looks again at what it holds.
        }
        StateHasChanged();
    }

    private async Task LetGo()
    {
        if (Store is null || selection.IsEmpty)
            return;
        if (selection.AllMatching is { } filter)
        {
            if (selection.Also.IsEmpty && selection.Count(await count.Count(Store.Id, filter, Gone)) <= 0)
                await Choose(ProductSelection.Nothing);
            return;
        }
        var left = await notMatching.Of(Store.Id, InRemoved ? state.Filter : ProductFilter.Everything, selection.Ids, Gone);
        if (left.Count > 0)
            await Choose(selection.Set(left, false));
    }

    // Which of the rows shown a selection of another filter leaves out, and how many it holds.
    private async Task SeeSelection(CancellationToken cancel)
    {
        if (selection.AllMatching is not { } filter || filter == state.Filter || page is null || Store is null)
        {
            outside = new HashSet<long>();
            return;
        }
        outside = await notMatching.Of(Store.Id, filter, [.. page.Rows.Select(row => row.Id)], cancel);
        if (countedSelection?.Filter != filter)
            countedSelection = (filter, await count.Count(Store.Id, filter, cancel));
    }
}
