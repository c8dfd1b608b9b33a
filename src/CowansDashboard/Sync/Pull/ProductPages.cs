using CowansDashboard.Shopify.Throttling;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// How much of a product is asked for at once. Shopify reserves points for whole pages, so a page is as large as what the copy knows of
/// the product and one row more; what has grown beyond it is read on page after page. Pure.
/// </summary>
public sealed record ProductPages(int Variants, int Media, int Metafields, int VariantMetafields, int Publications, int Levels)
{
    /// <summary>For a product of which nothing is known.</summary>
    public static readonly ProductPages Whole = new(100, 50, 50, 10, 50, 50);

    /// <param name="known">The most that any of the products has of each, and the most places there are to publish to and to keep stock at.</param>
    public static ProductPages For(ProductPages known) => new(
        Page(known.Variants, Whole.Variants), Page(known.Media, Whole.Media), Page(known.Metafields, Whole.Metafields), Page(known.VariantMetafields, Whole.VariantMetafields),
        Page(known.Publications, Whole.Publications), Page(known.Levels, Whole.Levels));

    private static int Page(int known, int most) => ConnectionCost.PageFor(Math.Min(known, most) + 1, most);
}
