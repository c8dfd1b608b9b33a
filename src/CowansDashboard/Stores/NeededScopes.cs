namespace CowansDashboard.Stores;

/// <summary>A scope that the token should have, and what stands still without it.</summary>
public sealed record NeededScope(string Handle, string Without, bool Essential = false);

/// <summary>The scopes that reading a whole store needs.</summary>
public static class NeededScopes
{
    public static readonly IReadOnlyList<NeededScope> All =
    [
        new("read_products", "Without read_products nothing can be pulled.", Essential: true),
        new("read_inventory", "Without read_inventory a pull stops at the stock."),
        new("read_locations", "Without read_locations stock has no places."),
        new("read_publications", "Without read_publications nobody sees where products are published."),
    ];

    public static IReadOnlyList<NeededScope> Missing(IReadOnlyCollection<string> granted) =>
        [.. All.Where(need => !Has(granted, need.Handle))];

    // Shopify lets a write scope stand for the read scope of the same name.
    private static bool Has(IReadOnlyCollection<string> granted, string handle) =>
        granted.Contains(handle) || granted.Contains(handle.Replace("read_", "write_", StringComparison.Ordinal));
}
