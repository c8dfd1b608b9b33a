using CowansDashboard.Search;
using CowansDashboard.Web.Components.Kit;

namespace CowansDashboard.Web.Components.Products;

/// <summary>The selection, or without one the whole list, as a file.</summary>
public sealed partial class ProductsPage
{
    private ProductSelection? exporting;
    private int exports;

    private string ExportWords => exporting is not { } some ? ""
        : some == selection ? EditedWords
        : total is { } all ? Figure.Count(all, "product") : "all that match";

    // Asked again it begins anew, with what is chosen by then.
    private void OpenExport()
    {
        exporting = selection.IsEmpty ? ProductSelection.All(state.Filter) : selection;
        (editing, dragged) = (false, null);
        exports++;
    }
}
