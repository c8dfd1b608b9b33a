using System.Text.Json.Serialization;

namespace CowansDashboard.Shopify.Wire;

/// <summary>A product as <c>ProductsById</c>, <c>ProductsPage</c> (id and updatedAt only) and lines of <c>BulkProducts</c> bring it. Lists are never null.</summary>
public sealed record ProductNode
{
    [JsonPropertyName("__typename")]
    public string? TypeName { get; init; }

    public ShopifyId Id { get; init; }

    public string Title { get; init => field = value ?? ""; } = "";

    public string Handle { get; init => field = value ?? ""; } = "";

    public string DescriptionHtml { get; init => field = value ?? ""; } = "";

    public string Vendor { get; init => field = value ?? ""; } = "";

    public string ProductType { get; init => field = value ?? ""; } = "";

    public IReadOnlyList<string> Tags { get; init => field = value ?? []; } = [];

    /// <summary>ACTIVE, ARCHIVED, DRAFT or UNLISTED.</summary>
    public string Status { get; init => field = value ?? ""; } = "";

    public string? TemplateSuffix { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    public DateTimeOffset? PublishedAt { get; init; }

    public string? OnlineStoreUrl { get; init; }

    public long? TotalInventory { get; init; }

    public bool? TracksInventory { get; init; }

    public bool? HasOnlyDefaultVariant { get; init; }

    public bool? IsGiftCard { get; init; }

    public bool? RequiresSellingPlan { get; init; }

    public Seo? Seo { get; init; }

    public CategoryRef? Category { get; init; }

    public PriceRange? PriceRangeV2 { get; init; }

    public NodeRef? FeaturedMedia { get; init; }

    public IReadOnlyList<OptionNode> Options { get; init => field = value ?? []; } = [];

    public CountNode? VariantsCount { get; init; }

    public CountNode? MediaCount { get; init; }

    /// <summary>Null where the document does not ask for variants.</summary>
    public Page<VariantNode>? Variants { get; init; }

    public Page<MediaNode>? Media { get; init; }

    public Page<MetafieldNode>? Metafields { get; init; }

    public Page<ResourcePublicationNode>? ResourcePublicationsV2 { get; init; }

    /// <summary>Filled by <c>CollectionsOfProducts</c> alone.</summary>
    public Page<CollectionNode>? Collections { get; init; }
}

/// <summary>Title and description for search engines.</summary>
public sealed record Seo
{
    public string? Title { get; init; }

    public string? Description { get; init; }
}

/// <summary>A taxonomy category; its id is text, such as <c>gid://shopify/TaxonomyCategory/aa-1-13-8</c>.</summary>
public sealed record CategoryRef
{
    public string Id { get; init => field = value ?? ""; } = "";

    public string? FullName { get; init; }
}

/// <summary>Cheapest and dearest variant.</summary>
public sealed record PriceRange
{
    public Money? MinVariantPrice { get; init; }

    public Money? MaxVariantPrice { get; init; }
}

/// <summary>A product's option.</summary>
public sealed record OptionNode
{
    public ShopifyId Id { get; init; }

    public string Name { get; init => field = value ?? ""; } = "";

    public int Position { get; init; }

    public MetafieldKey? LinkedMetafield { get; init; }

    public IReadOnlyList<OptionValueNode> OptionValues { get; init => field = value ?? []; } = [];
}

/// <summary>One value of an option.</summary>
public sealed record OptionValueNode
{
    public ShopifyId Id { get; init; }

    public string Name { get; init => field = value ?? ""; } = "";

    public bool? HasVariants { get; init; }

    public string? LinkedMetafieldValue { get; init; }

    public SwatchNode? Swatch { get; init; }
}

/// <summary>An option value's colour or picture.</summary>
public sealed record SwatchNode
{
    public string? Color { get; init; }

    public NodeRef? Image { get; init; }
}

/// <summary>Namespace and key of a metafield.</summary>
public sealed record MetafieldKey
{
    public ShopifyId Id { get; init; }

    public string? Namespace { get; init; }

    public string? Key { get; init; }
}
