using System.Text.Json;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Products as Shopify answered them directly, each with all of its children: what <see cref="MergeProducts"/> brings
/// into the copy. The ticket was taken before the first request.
/// </summary>
public sealed class ProductsRead(long ticket)
{
    public long Ticket => ticket;

    public List<WholeProduct> Products { get; } = [];

    /// <summary>Shopify's ids under which nothing lives any more.</summary>
    public List<long> Gone { get; } = [];
}

/// <summary>One product's node and the nodes of its children.</summary>
public sealed class WholeProduct(long shopifyId, JsonElement node)
{
    public long ShopifyId => shopifyId;

    public JsonElement Node => node;

    public List<WholeVariant> Variants { get; } = [];

    public List<JsonElement> Media { get; } = [];

    public List<JsonElement> Metafields { get; } = [];

    /// <summary>Shopify's ids of the publications that include it.</summary>
    public List<long> Publications { get; } = [];
}

/// <summary>One variant's node and what hangs on it.</summary>
public sealed class WholeVariant(long shopifyId, JsonElement node)
{
    public long ShopifyId => shopifyId;

    public JsonElement Node => node;

    public long InventoryItem { get; init; }

    public List<long> Media { get; } = [];

    public List<JsonElement> Metafields { get; } = [];

    public List<JsonElement> Levels { get; } = [];
}
