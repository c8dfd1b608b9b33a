namespace CowansDashboard.Search;

public enum SortKey { Relevance, Updated, Title, Vendor, Status, Variants, Price, Stock }

/// <summary>An order of products: <c>title</c>, or <c>-title</c> for the reverse. Products without the value come last either way.</summary>
public sealed record ProductSort(SortKey Key, bool Descending)
{
    /// <summary>The last change first.</summary>
    public static readonly ProductSort Default = new(SortKey.Updated, true);

    /// <summary>The best match first; only with a search.</summary>
    public static readonly ProductSort BestMatch = new(SortKey.Relevance, false);

    private static readonly Dictionary<string, SortKey> Names = Enum.GetValues<SortKey>().ToDictionary(key => key.ToString().ToLowerInvariant());

    public string Text => (Descending ? "-" : "") + Key.ToString().ToLowerInvariant();

    public static string Expected => "one of " + string.Join(", ", Names.Keys.Where(name => name != "relevance")) + ", with “-” before it for the reverse, or relevance";

    public static ProductSort? Read(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        var descending = text[0] == '-';
        return Names.TryGetValue(descending ? text[1..] : text, out var key) && (key is not SortKey.Relevance || !descending) ? new(key, descending) : null;
    }

    /// <summary>What an absent or senseless choice becomes.</summary>
    public static ProductSort For(ProductSort? chosen, ProductFilter filter) => chosen switch
    {
        null => filter.Search.Length > 0 ? BestMatch : Default,
        { Key: SortKey.Relevance } when filter.Search.Length == 0 => Default,
        _ => chosen,
    };
}
