using CowansDashboard.Catalog;

namespace CowansDashboard.Web.Components.Products.Editing;

/// <summary>What one person has typed on one product's page and not saved.</summary>
/// <param name="product">As it was read.</param>
/// <param name="currency">The shop's: how many decimals a price has.</param>
public sealed class ProductEdits(ProductDetails product, string currency) : FieldEdits(new ProductValues(product), currency)
{
    public new ProductValues Copy => (ProductValues)base.Copy;

    public ProductDetails Product => Copy.Product;

    /// <summary>The copy was read again. What is typed stays; where the copy moved, an offer arises by itself.</summary>
    public void Reread(ProductDetails now) => Reread(new ProductValues(now));

    /// <summary>What was sent is saved. A field that was typed into again meanwhile stays unsaved, on the saved value.</summary>
    public void Saved(IReadOnlyCollection<TypedField> sent, ProductDetails now) => Saved(sent, new ProductValues(now));
}
