using System.Text.Json.Nodes;
using CowansDashboard.History;

namespace CowansDashboard.Sync.Push;

/// <summary>What is about to be sent of one collection: the rows of its items that may go, with the values they go with.</summary>
public sealed record PushCollection(long CollectionId, long? ShopifyId, IReadOnlyList<PushEntity> Entities)
{
    /// <summary>Under which Shopify creates it, once.</summary>
    public Guid CustomId { get; init; }

    /// <summary>Products as they stand in the copy, for what a look costs.</summary>
    public int Members { get; init; }

    public PushEntity? Itself => Entities.FirstOrDefault(entity => entity.Entity == CatalogueFields.Collection);

    public IEnumerable<PushEntity> Sources => Entities.Where(entity => entity.Entity == CatalogueFields.Source);

    public IEnumerable<PushEntity> Publications(PushKind kind) => Entities.Where(entity => entity.Entity == CatalogueFields.CollectionPublication && entity.Kind == kind);

    /// <summary>What it takes to send it: calls, and their points with those of a look before and one after.</summary>
    public PushLoad Load()
    {
        if (Entities.Count == 0)
            return default;
        var calls = (Itself is { } one && (one.Kind == PushKind.Create || one.Fields.Any(field => field.Field != MemberOrder.Field)) ? 1 : 0)
            + (ShopifyId is not null && Sources.Any() ? Sources.Max(Steps) : 0)
            + (Publications(PushKind.Create).Any() ? 1 : 0) + (Publications(PushKind.Remove).Any() ? 1 : 0)
            + (Itself?.Fields.FirstOrDefault(field => field.Field == MemberOrder.Field) is { } order
                ? (MemberOrder.Moved(order.Base, order.New) + Collections.ReorderMoves.AtOnce - 1) / Collections.ReorderMoves.AtOnce : 0);
        var look = CollectionPoints + MembersPoints * (1 + Members / 250);
        return new PushLoad(0, 0, calls, calls * Shopify.Operations.MutationCost.Flat + 2 * look, 2 * (3 + Members / 250));
    }

    private const double CollectionPoints = 53 + 25;
    private const double MembersPoints = 14;

    private static int Steps(PushEntity source)
    {
        if (source.Fields.FirstOrDefault(field => field.Field == "definition") is not { New: JsonObject wanted } definition)
            return 1;
        var steps = 1;
        for (var held = definition.Base as JsonObject; SourceInputs.Step(held, wanted) is var step && !SourceMeaning.Same(step, wanted); held = step)
            steps++;
        return steps;
    }
}
