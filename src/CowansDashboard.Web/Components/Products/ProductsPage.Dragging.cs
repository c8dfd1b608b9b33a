using System.Globalization;
using CowansDashboard.Search;
using CowansDashboard.Web.Components.Kit;
using Microsoft.JSInterop;

namespace CowansDashboard.Web.Components.Products;

/// <summary>
/// Rows that are dragged onto a collection: the collections open beside the list as soon as a row is lifted, and what is dropped
/// becomes the preview of a bulk edit.
/// </summary>
public sealed partial class ProductsPage
{
    private DotNetObjectReference<ProductsPage>? self;
    private ProductSelection? dragged, edited;
    private long? into;
    private int drops;

    private bool MayDrag => canPull && !InRemoved;

    // Some may be chosen on other pages; a row outside of the selection is dragged alone.
    private string DraggedWords => dragged is not { } some ? "" : some == selection ? EditedWords : page?.Rows.FirstOrDefault(row => some.Contains(row.Id))?.Title ?? "1 product";

    /// <summary>A row is lifted: it alone, or the whole selection where it belongs to it.</summary>
    [JSInvokable]
    public void DragBegan(long product)
    {
        if (Store is null || !MayDrag)
            return;
        dragged = selection.Contains(product, outside.Contains(product)) ? selection : ProductSelection.Nothing.Toggle(product);
        StateHasChanged();
    }

    /// <summary>It was put down beside the collections; what stood there before is there again, as it was left.</summary>
    [JSInvokable]
    public void DragEnded()
    {
        dragged = null;
        StateHasChanged();
    }

    /// <summary>It was dropped on a collection.</summary>
    [JSInvokable]
    public void Dropped(long collection)
    {
        if (dragged is not { } some)
            return;
        kept.Used(Store!.Id, collection);
        (edited, into, dragged, exporting, editing) = (some, collection, null, null, true);
        drops++;
        StateHasChanged();
    }

    private void ToggleEdit()
    {
        var own = into is null;
        (into, edited, dragged, exporting) = (null, null, null, null);
        editing = !own || !editing;
        drops++;
    }

    private string EditTitle => (edited ?? selection) is var some && some.IsEmpty ? "Bulk edit" : $"Edit {(edited is null || edited == selection ? EditedWords : Figure.Count(some.Ids.Count, "product"))}";
}
