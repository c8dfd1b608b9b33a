using System.Text.Json.Serialization;

namespace CowansDashboard.Shopify.Throttling;

/// <summary><c>extensions.cost</c> of an answer.</summary>
public sealed record QueryCost
{
    /// <summary>Points reserved before the query ran: what must be in the bucket.</summary>
    public double RequestedQueryCost { get; init; }

    /// <summary>Points kept after it ran; null when it was refused.</summary>
    public double? ActualQueryCost { get; init; }

    /// <summary>The bucket after the request.</summary>
    public ThrottleStatus? ThrottleStatus { get; init; }

    /// <summary>Points really spent.</summary>
    [JsonIgnore]
    public double Spent => ActualQueryCost ?? 0;
}
