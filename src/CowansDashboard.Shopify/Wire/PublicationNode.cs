namespace CowansDashboard.Shopify.Wire;

/// <summary>A place to publish to; its title is its catalog's.</summary>
public sealed record PublicationNode
{
    public ShopifyId Id { get; init; }

    public bool? AutoPublish { get; init; }

    public bool? SupportsFuturePublishing { get; init; }

    public CatalogNode? Catalog { get; init; }
}

/// <summary>The catalog of a publication.</summary>
public sealed record CatalogNode
{
    /// <summary>AppCatalog, MarketCatalog or CompanyLocationCatalog.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("__typename")]
    public string? TypeName { get; init; }

    public ShopifyId Id { get; init; }

    public string? Title { get; init; }

    public string? Status { get; init; }
}

/// <summary>One product's place on one publication.</summary>
public sealed record ResourcePublicationNode
{
    public bool IsPublished { get; init; }

    /// <summary>Since when, or from when.</summary>
    public DateTimeOffset? PublishDate { get; init; }

    public NodeRef? Publication { get; init; }
}

/// <summary>A publication with a page of the products that it includes, or of its collections.</summary>
public sealed record PublicationMembers
{
    public ShopifyId Id { get; init; }

    public Page<NodeRef>? IncludedProducts { get; init; }

    public Page<NodeRef>? Collections { get; init; }
}
