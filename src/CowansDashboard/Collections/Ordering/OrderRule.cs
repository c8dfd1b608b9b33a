namespace CowansDashboard.Collections.Ordering;

/// <summary>By what the products of a collection are put in order; what is equal stays as it stood.</summary>
public enum SortedBy
{
    /// <summary>Most in stock first, then the newest. What is not tracked counts as one in stock.</summary>
    Stock,
    Newest,
    Oldest,
    Price,
    PriceDescending,
    Title,
}

/// <summary>How a collection is put in order where Shopify's own ways are not enough.</summary>
/// <param name="By">The order.</param>
/// <param name="Pinned">Products that stand on top, in this order, whatever the rest does; by our ids.</param>
/// <param name="SoldOutLast">What is tracked and has nothing left stands behind all others, unless it is pinned.</param>
public sealed record OrderRule(SortedBy By, IReadOnlyList<long> Pinned, bool SoldOutLast)
{
    public const int MostPinned = 250;

    /// <summary>It is put in order again each night.</summary>
    public bool IsKept { get; init; }

    /// <summary>What has moved at night is sent to Shopify at once, within what one person may send.</summary>
    public bool Sends { get; init; }

    /// <summary>What is wrong with it, by field; null when nothing is.</summary>
    public (string Field, string Sentence)? Problem => Pinned.Count > MostPinned ? ("pinned", $"At most {MostPinned} products can be pinned.")
        : Pinned.Distinct().Count() < Pinned.Count ? ("pinned", "A product is pinned twice.")
        : null;

    /// <summary>As programs and the database call it.</summary>
    public static string Word(SortedBy by) => by switch
    {
        SortedBy.Stock => "stock",
        SortedBy.Newest => "newest",
        SortedBy.Oldest => "oldest",
        SortedBy.Price => "price",
        SortedBy.PriceDescending => "price-descending",
        _ => "title",
    };

    public static SortedBy? Of(string? word) => Enum.GetValues<SortedBy>().Cast<SortedBy?>().FirstOrDefault(by => Word(by!.Value) == word);

    public static string Words => string.Join(", ", Enum.GetValues<SortedBy>().Select(Word));
}

/// <summary>A product of a collection, with what an order asks of it.</summary>
/// <param name="Id">Ours.</param>
/// <param name="Title">Its title.</param>
/// <param name="Price">Its cheapest variant.</param>
/// <param name="Stock">What is left of its tracked variants; null when none is tracked.</param>
/// <param name="CreatedAt">In Shopify, or here while it is not there.</param>
public sealed record OrderedProduct(long Id, string Title, decimal? Price, long? Stock, DateTimeOffset CreatedAt)
{
    public bool IsSoldOut => Stock <= 0;
}

/// <summary>Puts the products of a collection in order. Pure.</summary>
public static class OrderProducts
{
    /// <param name="products">As they stand now.</param>
    /// <param name="rule">How they shall stand. Pinned products that are not among them are passed by.</param>
    /// <returns>Their ids.</returns>
    public static IReadOnlyList<long> By(IReadOnlyList<OrderedProduct> products, OrderRule rule)
    {
        var places = rule.Pinned.Index().ToDictionary(pin => pin.Item, pin => pin.Index);
        var pinned = products.Where(product => places.ContainsKey(product.Id)).OrderBy(product => places[product.Id]);
        var others = Sorted(products.Where(product => !places.ContainsKey(product.Id)), rule.By);
        return [.. pinned.Concat(rule.SoldOutLast ? others.OrderBy(product => product.IsSoldOut) : others).Select(product => product.Id)];
    }

    // Sorting of sequences is stable: what is equal stays as it stood.
    private static IEnumerable<OrderedProduct> Sorted(IEnumerable<OrderedProduct> products, SortedBy by) => by switch
    {
        SortedBy.Stock => products.OrderByDescending(product => product.Stock ?? 1).ThenByDescending(product => product.CreatedAt),
        SortedBy.Newest => products.OrderByDescending(product => product.CreatedAt),
        SortedBy.Oldest => products.OrderBy(product => product.CreatedAt),
        SortedBy.Price => products.OrderBy(product => product.Price is null).ThenBy(product => product.Price),
        SortedBy.PriceDescending => products.OrderBy(product => product.Price is null).ThenByDescending(product => product.Price),
        _ => products.OrderBy(product => product.Title, StringComparer.InvariantCultureIgnoreCase),
    };
}
