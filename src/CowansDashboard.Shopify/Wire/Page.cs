namespace CowansDashboard.Shopify.Wire;

/// <summary>One page of a connection. Opaque cursors; at most 250 nodes.</summary>
/// <typeparam name="T">The node.</typeparam>
public sealed record Page<T>
{
    /// <summary>The nodes, in the connection's order.</summary>
    public IReadOnlyList<T> Nodes { get; init => field = value ?? []; } = [];

    /// <summary>Whether and where it goes on.</summary>
    public PageInfo PageInfo { get; init => field = value ?? PageInfo.Last; } = PageInfo.Last;
}

/// <summary>Whether a connection goes on, and after which cursor.</summary>
public sealed record PageInfo
{
    internal static readonly PageInfo Last = new();

    /// <summary>True when another page follows.</summary>
    public bool HasNextPage { get; init; }

    /// <summary>Give it as <c>after</c> for the next page.</summary>
    public string? EndCursor { get; init; }
}

/// <summary>A count, which may be a lower bound.</summary>
public sealed record CountNode
{
    /// <summary>The figure.</summary>
    public long Count { get; init; }

    /// <summary>EXACT or AT_LEAST.</summary>
    public string? Precision { get; init; }

    /// <summary>False when there are more than <see cref="Count"/>.</summary>
    public bool IsExact() => Precision != "AT_LEAST";
}

/// <summary>An id and its kind; a line of a bulk result also names its parent.</summary>
public sealed record NodeRef
{
    /// <summary>The GraphQL type.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("__typename")]
    public string? TypeName { get; init; }

    /// <summary>The id.</summary>
    public ShopifyId Id { get; init; }

    /// <summary>In a bulk result: whose child this line is.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("__parentId")]
    public ShopifyId ParentId { get; init; }
}

/// <summary>An amount with its currency.</summary>
public sealed record Money
{
    /// <summary>The amount, exact.</summary>
    public decimal Amount { get; init; }

    /// <summary>ISO 4217.</summary>
    public string? CurrencyCode { get; init; }
}
