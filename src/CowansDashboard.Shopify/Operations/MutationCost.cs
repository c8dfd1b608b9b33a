namespace CowansDashboard.Shopify.Operations;

/// <summary>What Shopify documents about the cost of mutations, in points. Pure.</summary>
public static class MutationCost
{
    /// <summary>A mutation whose cost does not depend on what it writes.</summary>
    public const double Flat = Mutations.FlatCost;

    /// <summary>A new product with everything that comes with it.</summary>
    public static double ProductSet(int variants, int variantFiles, int variantMetafields, int metafields, int files) =>
        Flat + 0.2 * variants + 0.6 * variantFiles + 0.4 * variantMetafields + 0.4 * metafields + 1.9 * files;

    /// <summary>Each owner counts once, by its kind.</summary>
    /// <param name="products">Distinct products among the owners.</param>
    /// <param name="variants">Distinct variants.</param>
    /// <param name="collections">Distinct collections.</param>
    public static double MetafieldsSet(int products, int variants, int collections) => Flat + 4 * products + 2 * variants + collections;
}
