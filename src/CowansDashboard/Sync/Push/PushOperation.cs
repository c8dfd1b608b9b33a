using System.Text.Json.Nodes;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Shopify.Wire;

namespace CowansDashboard.Sync.Push;

/// <summary>
/// One call: what it asks of Shopify and which fields of which items it carries. Where it carries a list, its parts stand in the
/// order of that list, so that Shopify's refusal of one element finds its item.
/// </summary>
public sealed record PushOperation(IReadOnlyList<PushPart> Parts, Func<IReadOnlyList<PushPart>, Operation<MutationData>> Build)
{
    public required string Mutation { get; init; }

    public double Points { get; init; } = MutationCost.Flat;

    /// <summary>Shopify takes all of the list or nothing: after a refusal the others are sent again without the refused.</summary>
    public bool IsAtomic { get; init; }

    /// <summary>What the call is sent as, and one line of a bulk mutation's file.</summary>
    public Operation<MutationData> Request => Build(Parts);

    /// <summary>The same call for some of its parts.</summary>
    public PushOperation With(IReadOnlyList<PushPart> parts) => this with { Parts = parts };

    /// <summary>The same call with its list as it was sent, so that Shopify's places in it are right; what no longer waits carries no field.</summary>
    public PushOperation As(string entity, IReadOnlyList<long> sent)
    {
        var parts = Parts.ToDictionary(part => part.EntityId);
        return sent.Count == 0 ? this : With([.. sent.Select(id => parts.GetValueOrDefault(id) ?? new PushPart(0, entity, id, []))]);
    }
}

/// <summary>The fields of one item that a call carries. <paramref name="Input"/> is what the call's list holds for it.</summary>
public sealed record PushPart(long ItemId, string Entity, long EntityId, IReadOnlyList<string> Fields, JsonNode? Input = null);
