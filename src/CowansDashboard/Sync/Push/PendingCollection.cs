using CowansDashboard.History;

namespace CowansDashboard.Sync.Push;

/// <summary>One collection with everything of it that waits for Shopify: its fields, its sources, where it is published.</summary>
public sealed record PendingCollection(long CollectionId, long? ShopifyId, string Title)
{
    public required IReadOnlyList<PendingEntity> Entities { get; init; }

    /// <summary>How Shopify orders its products.</summary>
    public string SortOrder { get; init; } = "";

    /// <summary>How it is removed here: only the places where it is published no more go then.</summary>
    public Removal? Removal { get; init; }

    /// <summary>It is made of other collections alone, so that nobody is put into it by hand.</summary>
    public bool IsOfOthers { get; init; }

    /// <summary>Its products as they are in the copy, for the number of moves.</summary>
    public int Members { get; init; }

    /// <summary>Products that its sources name, for what a look costs.</summary>
    public int Picked { get; init; }
}
