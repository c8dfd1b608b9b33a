namespace CowansDashboard.Search;

/// <summary>Which page of which products.</summary>
public sealed record ProductQuery(long StoreId, ProductFilter Filter, ProductSort Sort, int Size, PagePlace Place);

/// <summary>Where a page lies: at a number, or beside a row already seen.</summary>
public abstract record PagePlace
{
    private PagePlace() { }

    public static readonly PagePlace First = new Numbered(1);

    /// <summary>The page of this number, from 1.</summary>
    public sealed record Numbered(int Page) : PagePlace;

    public sealed record After(ProductCursor Cursor) : PagePlace;

    public sealed record Before(ProductCursor Cursor) : PagePlace;
}

/// <summary>One row of the grid.</summary>
public sealed record ProductRow(
    long Id, long? ShopifyId, string Title, string Handle, string Status, string Vendor, string ProductType, IReadOnlyList<string> Tags,
    int Variants, decimal? MinPrice, decimal? MaxPrice, long? Stock, string? ThumbnailUrl, SyncState Sync, int Version, DateTimeOffset UpdatedAt)
{
    /// <summary>Its category of the team's own tree, from the top down.</summary>
    public string? OwnCategory { get; init; }
}

public enum SyncState { InSync = 0, Pending = 1, HereOnly = 2, Conflict = 3, Gone = 4, Removed = 5 }

/// <param name="Start">The place before the first row, when rows lie before it.</param>
/// <param name="End">The place after the last row, when rows follow.</param>
/// <param name="Total">How many match, where finding the rows told it; else ask <see cref="CountProducts"/>.</param>
/// <param name="Search">How the search was understood, with corrections.</param>
public sealed record FoundProducts(IReadOnlyList<ProductRow> Rows, ProductCursor? Start, ProductCursor? End, long? Total, SearchTerms? Search);
