namespace CowansDashboard.Stores;

/// <summary>A scope that the token should have, and what stands still without it.</summary>
public sealed record NeededScope(string Handle, string Without, bool Essential = false);

/// <summary>The scopes that reading a whole store needs, and those that a push needs besides.</summary>
public static class NeededScopes
{
    public static readonly IReadOnlyList<NeededScope> ToRead =
    [
        new("read_products", "Without read_products nothing can be pulled.", Essential: true),
        new("read_inventory", "Without read_inventory a pull stops at the stock."),
        new("read_locations", "Without read_locations stock has no places."),
        new("read_publications", "Without read_publications nobody sees where products are published."),
    ];

    public static readonly IReadOnlyList<NeededScope> ToSend =
    [
        new("write_products", "Without write_products no push changes, makes or deletes a product, a variant or a metafield; what is edited here waits."),
        new("write_inventory", "Without write_inventory stock and costs that were changed here are refused by Shopify."),
        new("write_publications", "Without write_publications a push cannot publish a product or take it down."),
        new("write_files", "Without write_files a push cannot attach or detach pictures or change their alt texts."),
    ];

    public static IReadOnlyList<NeededScope> All { get; } = [.. ToRead, .. ToSend];

    public static IReadOnlyList<NeededScope> Missing(IReadOnlyCollection<string> granted) => Missing(All, granted);

    public static IReadOnlyList<NeededScope> Missing(IReadOnlyList<NeededScope> needed, IReadOnlyCollection<string> granted) =>
        [.. needed.Where(need => !Has(granted, need.Handle))];

    // Shopify lets a write scope stand for the read scope of the same name.
    private static bool Has(IReadOnlyCollection<string> granted, string handle) =>
        granted.Contains(handle) || granted.Contains(handle.Replace("read_", "write_", StringComparison.Ordinal));
}
