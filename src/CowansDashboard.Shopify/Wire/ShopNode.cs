namespace CowansDashboard.Shopify.Wire;

/// <summary>The shop's own facts.</summary>
public sealed record ShopNode
{
    public ShopifyId Id { get; init; }

    public string Name { get; init => field = value ?? ""; } = "";

    public string MyshopifyDomain { get; init => field = value ?? ""; } = "";

    public DomainNode? PrimaryDomain { get; init; }

    public string? Url { get; init; }

    public string CurrencyCode { get; init => field = value ?? ""; } = "";

    public string IanaTimezone { get; init => field = value ?? ""; } = "";

    public string? WeightUnit { get; init; }

    public PlanNode? Plan { get; init; }

    public ResourceLimitsNode? ResourceLimits { get; init; }
}

/// <summary>A domain of the shop.</summary>
public sealed record DomainNode
{
    public string? Host { get; init; }

    public string? Url { get; init; }
}

/// <summary>What the shop pays for.</summary>
public sealed record PlanNode
{
    public string? PublicDisplayName { get; init; }

    public bool? ShopifyPlus { get; init; }

    public bool? PartnerDevelopment { get; init; }
}

/// <summary>How much the shop may hold.</summary>
public sealed record ResourceLimitsNode
{
    public int? LocationLimit { get; init; }

    public int? MaxProductOptions { get; init; }

    public int? MaxProductVariants { get; init; }

    public bool? RedirectLimitReached { get; init; }
}

/// <summary>The app this token belongs to.</summary>
public sealed record AppInstallationNode
{
    public ShopifyId Id { get; init; }

    public IReadOnlyList<AccessScopeNode> AccessScopes { get; init => field = value ?? []; } = [];
}

/// <summary>One granted scope, such as <c>read_products</c>.</summary>
public sealed record AccessScopeNode
{
    public string Handle { get; init => field = value ?? ""; } = "";
}

/// <summary>A category of Shopify's taxonomy.</summary>
public sealed record TaxonomyCategoryNode
{
    public string Id { get; init => field = value ?? ""; } = "";

    public string Name { get; init => field = value ?? ""; } = "";

    public string FullName { get; init => field = value ?? ""; } = "";

    public int Level { get; init; }

    public bool IsLeaf { get; init; }

    public bool IsRoot { get; init; }

    public bool IsArchived { get; init; }

    public string? ParentId { get; init; }

    public IReadOnlyList<string> AncestorIds { get; init => field = value ?? []; } = [];
}
