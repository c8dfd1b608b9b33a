using CowansDashboard.Web.Components.Products.Editing;
using Microsoft.AspNetCore.Components;

namespace CowansDashboard.Web.Components.Products;

/// <summary>The history beside the product: all of it, or where one field's value comes from.</summary>
public sealed partial class ProductPage
{
    private ProductEditor? editor;
    private ProductValues? copy;
    private FieldKey? explained;
    private EventCallback<FieldKey> explain;
    private bool history;

    private bool MayEdit => canPull && product is { DeletedAt: null, Removal: null };

    private ProductValues Copy => ReferenceEquals(copy?.Product, product) ? copy! : copy = new(product!);

    private void ShowHistory() => (history, explained) = (!history, null);

    private void CloseHistory() => (history, explained) = (false, null);

    private void Explain(FieldKey key) => (history, explained) = (true, key);
}
