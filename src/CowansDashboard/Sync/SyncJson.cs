using System.Text.Json;
using System.Text.Json.Serialization;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Sync.Pull;

namespace CowansDashboard.Sync;

/// <summary>What a full pull remembers besides its slices: the moment of Shopify from which the next incremental pull reads.</summary>
public sealed record PullCursor(DateTimeOffset Since, long FirstTicket)
{
    /// <summary>By the database's clock; what started after it makes this pull's results old.</summary>
    public DateTimeOffset? Begun { get; init; }
}

/// <summary>How far an incremental pull is: what it still has to list, and which collections it has to read.</summary>
public sealed record ChangesCursor(DateTimeOffset Since, DateTimeOffset Next)
{
    /// <summary>Parts not yet listed; null before the first count.</summary>
    public IReadOnlyList<IdSlice>? Unlisted { get; init; }

    /// <summary>Shopify's ids; null before they were found.</summary>
    public IReadOnlyList<long>? Collections { get; init; }

    /// <summary>Shopify named some of them as changed.</summary>
    public bool HaveCollectionsMoved { get; init; }
}

/// <summary>What a pull of selected products has noted, besides the products themselves.</summary>
public sealed record SelectionCursor(IReadOnlyList<long> Collections);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PullCursor))]
[JsonSerializable(typeof(ChangesCursor))]
[JsonSerializable(typeof(SelectionCursor))]
[JsonSerializable(typeof(JsonElement))]
public sealed partial class SyncJson : JsonSerializerContext;

/// <summary>The same request, answered as raw JSON: direct answers go through the same readings as lines of bulk results.</summary>
public static class RawOperation
{
    public static Operation<JsonElement> AsRaw<T>(this Operation<T> operation) => new()
    {
        Name = operation.Name,
        Document = operation.Document,
        Variables = operation.Variables,
        Reading = SyncJson.Default.JsonElement,
        CostKey = operation.CostKey,
        EstimatedCost = operation.EstimatedCost,
        RepeatIsSafe = operation.RepeatIsSafe,
        UserErrors = operation.UserErrors is not { } errors ? null : data => errors(data.Deserialize(operation.Reading)!),
    };
}
