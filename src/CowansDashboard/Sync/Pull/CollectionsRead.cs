using System.Text.Json;
using System.Text.Json.Nodes;

namespace CowansDashboard.Sync.Pull;

/// <summary>Collections as one read showed them, under the ticket that was taken before it.</summary>
public sealed record CollectionsRead(long Ticket)
{
    public List<WholeCollection> Collections { get; } = [];

    /// <summary>Shopify's ids of those that it answered with null.</summary>
    public List<long> Gone { get; } = [];
}

/// <summary>A collection with all that hangs on it.</summary>
/// <param name="ShopifyId">Shopify's id.</param>
/// <param name="Node">As answered.</param>
/// <param name="Members">Shopify's ids of its products, in its own order.</param>
/// <param name="Metafields">All of them.</param>
/// <param name="Sources">With all of their selections.</param>
public sealed record WholeCollection(long ShopifyId, JsonElement Node, List<long> Members, List<JsonElement> Metafields, List<JsonObject> Sources)
{
    /// <summary>Where Shopify's lists end: of a longer collection the rest is read by a full pull.</summary>
    public const int WhereListsEnd = 25_000;

    public bool IsWhole => Members.Count < WhereListsEnd;
}
