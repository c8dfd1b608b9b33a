using System.Text.Json.Serialization;

namespace CowansDashboard.Shopify.Wire;

/// <summary>A collection: the union of its sources. Lines of <c>BulkCollections</c> have no sources; their children are member products in order.</summary>
public sealed record CollectionNode
{
    [JsonPropertyName("__typename")]
    public string? TypeName { get; init; }

    public ShopifyId Id { get; init; }

    public string Title { get; init => field = value ?? ""; } = "";

    public string Handle { get; init => field = value ?? ""; } = "";

    public string DescriptionHtml { get; init => field = value ?? ""; } = "";

    public string? SortOrder { get; init; }

    public string? TemplateSuffix { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    public ImageNode? Image { get; init; }

    public Seo? Seo { get; init; }

    public CountNode? ProductsCount { get; init; }

    public IReadOnlyList<SourceNode> Sources { get; init => field = value ?? []; } = [];

    public Page<NodeRef>? Products { get; init; }
}

/// <summary>One source of a collection's members.</summary>
public sealed record SourceNode
{
    /// <summary>CollectionConditionsSource, CollectionSubCollectionsSource, or one this library does not know.</summary>
    [JsonPropertyName("__typename")]
    public string? TypeName { get; init; }

    public ShopifyId Id { get; init; }

    public string? Title { get; init; }

    public string? Description { get; init; }

    /// <summary>PRODUCTS or VARIANTS.</summary>
    public string? TargetType { get; init; }

    public bool? Shareable { get; init; }

    public SourcePart? Inclusion { get; init; }

    public SourcePart? Exclusion { get; init; }

    /// <summary>The collections whose members this source takes over.</summary>
    public IReadOnlyList<NodeRef> Collections { get; init => field = value ?? []; } = [];
}

/// <summary>What a source takes in or keeps out: products that meet its conditions, and chosen ones.</summary>
public sealed record SourcePart
{
    /// <summary>ALL or ANY of the conditions.</summary>
    public string? MatchType { get; init; }

    public IReadOnlyList<ConditionNode> Conditions { get; init => field = value ?? []; } = [];

    /// <summary>The first page; the rest by <c>InclusionSelections</c> and <c>ExclusionSelections</c>.</summary>
    public Page<SelectionNode>? Selections { get; init; }
}

/// <summary>A product chosen by hand, whole or some variants of it.</summary>
public sealed record SelectionNode
{
    public NodeRef? Product { get; init; }

    /// <summary>Empty means every variant.</summary>
    public IReadOnlyList<ShopifyId> VariantIds { get; init => field = value ?? []; } = [];
}

/// <summary>A category a condition names.</summary>
public sealed record CategoryChoice
{
    public CategoryRef? Category { get; init; }

    public bool? IncludeDescendants { get; init; }
}
