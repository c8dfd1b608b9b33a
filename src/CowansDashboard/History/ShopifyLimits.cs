namespace CowansDashboard.History;

/// <summary>How much Shopify takes of a product, whoever asks: an edit, a new row, a push.</summary>
public static class ShopifyLimits
{
    public const int MostVariants = 2_048;
    public const int MostOptions = 3;
    public const int MostTags = 250;
    public const int MostMedia = 250;
    public const int LongestTag = 255;
    public const int LongestAlt = 512;

    // Of one collection.
    public const int MostSources = 25;
    public const int MostConditions = 60;
}
