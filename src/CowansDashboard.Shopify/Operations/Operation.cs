using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using CowansDashboard.Shopify.Wire;

namespace CowansDashboard.Shopify.Operations;

/// <summary>One GraphQL request: its document, its variables and how to read its <c>data</c>.</summary>
/// <typeparam name="T">The shape of <c>data</c>.</typeparam>
public sealed record Operation<T>
{
    /// <summary>The operation's name, as in its document; costs are learned per name.</summary>
    public required string Name { get; init; }

    /// <summary>The GraphQL text.</summary>
    public required string Document { get; init; }

    /// <summary>The values of its variables. Not changed after construction.</summary>
    public JsonObject Variables { get; init; } = [];

    /// <summary>How <c>data</c> is read.</summary>
    public required JsonTypeInfo<T> Reading { get; init; }

    /// <summary>Requests of one name whose cost differs by size are kept apart under this key; null means the name.</summary>
    public string? CostKey { get; init; }

    /// <summary>Points the first request is expected to cost, until Shopify has answered one.</summary>
    public double EstimatedCost { get; init; } = 50;

    /// <summary>Where the payload keeps its user errors; null when it has none.</summary>
    public Func<T, IReadOnlyList<UserError>>? UserErrors { get; init; }

    /// <summary>
    /// False for a mutation whose repetition could act twice: when its outcome is unknown
    /// (connection lost, timeout, 5xx) it is not sent again but reported.
    /// </summary>
    public bool RepeatIsSafe { get; init; } = true;
}
