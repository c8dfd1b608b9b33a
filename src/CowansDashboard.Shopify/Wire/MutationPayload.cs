namespace CowansDashboard.Shopify.Wire;

/// <summary>Data of a mutation's document: the payload under the mutation's name. A document holds one mutation, so there is one entry.</summary>
public sealed class MutationData : Dictionary<string, MutationPayload?>
{
    /// <summary>What the mutation returned; empty when Shopify answered null.</summary>
    public MutationPayload Payload => Values.FirstOrDefault() ?? new MutationPayload();
}

/// <summary>What a mutation returned. Each fills the parts that its document selects, and its errors.</summary>
public sealed record MutationPayload
{
    /// <summary>The product as it is now.</summary>
    public ProductNode? Product { get; init; }

    /// <summary>The product as it is now, in the answer of <c>tagsAdd</c> and <c>tagsRemove</c>.</summary>
    public ProductNode? Node { get; init; }

    /// <summary>The variants that were written. With partial updates those that were refused are missing.</summary>
    public IReadOnlyList<VariantNode> ProductVariants { get; init => field = value ?? []; } = [];

    /// <summary>The metafields that were written.</summary>
    public IReadOnlyList<MetafieldNode> Metafields { get; init => field = value ?? []; } = [];

    public IReadOnlyList<MetafieldIdentifier?> DeletedMetafields { get; init => field = value ?? []; } = [];

    public ShopifyId DeletedProductId { get; init; }

    public IReadOnlyList<ShopifyId> DeletedOptionsIds { get; init => field = value ?? []; } = [];

    /// <summary>Null when the quantities were what they should become already.</summary>
    public InventoryAdjustment? InventoryAdjustmentGroup { get; init; }

    public InventoryLevelNode? InventoryLevel { get; init; }

    public IReadOnlyList<FileNode> Files { get; init => field = value ?? []; } = [];

    /// <summary>Work that Shopify goes on with by itself.</summary>
    public JobNode? Job { get; init; }

    /// <summary>With <c>synchronous: false</c>: how the product is coming along.</summary>
    public ProductOperationNode? ProductSetOperation { get; init; }

    public IReadOnlyList<StagedTarget> StagedTargets { get; init => field = value ?? []; } = [];

    public BulkOperationNode? BulkOperation { get; init; }

    public WebhookSubscriptionNode? WebhookSubscription { get; init; }

    public ShopifyId DeletedWebhookSubscriptionId { get; init; }

    public IReadOnlyList<UserError> UserErrors { get; init => field = value ?? []; } = [];

    /// <summary>What media payloads have in place of <see cref="UserErrors"/>.</summary>
    public IReadOnlyList<UserError> MediaUserErrors { get; init => field = value ?? []; } = [];

    /// <summary>Everything that was refused, wherever the payload says it.</summary>
    public IReadOnlyList<UserError> Refusals => MediaUserErrors.Count == 0 ? UserErrors : [.. UserErrors, .. MediaUserErrors];
}

/// <summary>A metafield by its owner and name.</summary>
public sealed record MetafieldIdentifier
{
    public ShopifyId OwnerId { get; init; }

    public string Namespace { get; init => field = value ?? ""; } = "";

    public string Key { get; init => field = value ?? ""; } = "";
}

/// <summary>A change of stock.</summary>
public sealed record InventoryAdjustment
{
    public ShopifyId Id { get; init; }

    public IReadOnlyList<InventoryChange> Changes { get; init => field = value ?? []; } = [];
}

/// <summary>What a change of stock did to one named quantity at one place.</summary>
public sealed record InventoryChange
{
    public string Name { get; init => field = value ?? ""; } = "";

    public long Delta { get; init; }

    public long? QuantityAfterChange { get; init; }

    public NodeRef? Item { get; init; }

    public NodeRef? Location { get; init; }
}

/// <summary>A file as <c>fileUpdate</c> returns it.</summary>
public sealed record FileNode
{
    public ShopifyId Id { get; init; }

    public string? Alt { get; init; }

    public string? FileStatus { get; init; }
}

/// <summary>Work that Shopify does after its answer; its id is text.</summary>
public sealed record JobNode
{
    public string Id { get; init => field = value ?? ""; } = "";

    public bool Done { get; init; }
}

/// <summary>Data of <c>Job</c>; null when Shopify no longer knows it.</summary>
public sealed record JobData(JobNode? Job);

/// <summary>A product that Shopify is still writing: CREATED, ACTIVE or COMPLETE. There is no failed state; its user errors tell.</summary>
public sealed record ProductOperationNode
{
    public string Id { get; init => field = value ?? ""; } = "";

    public string? Status { get; init; }
}

/// <summary>Where a file may be uploaded: all parameters, then the file, as one form.</summary>
public sealed record StagedTarget
{
    public string? Url { get; init; }

    public string? ResourceUrl { get; init; }

    public IReadOnlyList<StagedParameter> Parameters { get; init => field = value ?? []; } = [];

    /// <summary>The path under which a bulk mutation finds the file: the parameter <c>key</c>.</summary>
    public string? Path => Parameters.FirstOrDefault(parameter => parameter.Name == "key")?.Value;
}

/// <summary>One field of an upload's form.</summary>
public sealed record StagedParameter
{
    public string Name { get; init => field = value ?? ""; } = "";

    public string Value { get; init => field = value ?? ""; } = "";
}
