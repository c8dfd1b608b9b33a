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

    /// <summary>Products that its sources name, for the same.</summary>
    public int Picked { get; init; }

    public PushEntity? Itself => Entities.FirstOrDefault(entity => entity.Entity == CatalogueFields.Collection);

    public IEnumerable<PushEntity> Sources => Entities.Where(entity => entity.Entity == CatalogueFields.Source);

    /// <summary>Whom people have put in and taken out.</summary>
    public PushEntity? Filling => Entities.FirstOrDefault(entity => entity.Entity == CollectionMembers.Entity);

    /// <summary>Its sources as Shopify holds them, where somebody is put in or taken out.</summary>
    public IReadOnlyList<HeldSource> Held { get; init; } = [];

    public IEnumerable<PushEntity> Publications(PushKind kind) => Entities.Where(entity => entity.Entity == CatalogueFields.CollectionPublication && entity.Kind == kind);

    /// <summary>What it takes to send it: calls, and their points with those of the looks, one before and one after each stage.</summary>
    public PushLoad Load()
    {
        if (Entities.Count == 0)
            return default;
        var order = Entities.SelectMany(entity => entity.Fields).FirstOrDefault(field => field.Field == MemberOrder.Field);
        var steps = ShopifyId is not null && Sources.Any() ? Sources.Max(Steps) : 0;
        // The order of one that is new is held against whatever Shopify makes of those who are put in.
        var moved = order is null ? 0 : order.Base is null ? CollectionMembers.Ids(order.New).Count() : MemberOrder.Moved(order.Base, order.New);
        int[] stages =
        [
            (Entities.Any(entity => entity.Entity == CatalogueFields.Collection && (entity.Kind != PushKind.Update || entity.Fields.Any(field => field.Field != MemberOrder.Field))) ? 1 : 0)
                + steps + (Publications(PushKind.Remove).Any() ? 1 : 0),
            Filling is { } filling ? CollectionMembers.Calls(filling) : 0,
            (moved + Collections.ReorderMoves.AtOnce - 1) / Collections.ReorderMoves.AtOnce,
            Publications(PushKind.Create).Any() ? 1 : 0,
        ];
        var calls = stages.Sum();
        // A source that goes in steps is looked at between them; an order reads the members anew before its first moves and behind the last.
        var looks = (ShopifyId is null ? 0 : 1) + stages.Count(stage => stage > 0) + Math.Max(0, steps - 1);
        var (reads, pages) = (order is null ? 0 : 2, 1 + Members / PageOfMembers);
        var making = ShopifyId is null && Itself is not null ? Shopify.Operations.MutationCost.Flat : 0;
        return new PushLoad(0, 0, calls, making + calls * Shopify.Operations.MutationCost.Flat + looks * (PointsOfLook + PointsOfMember * Members + PointsOfPicked * Picked) + reads * (1 + PointsOfMember * Members),
            looks * (2 + pages + Picked / PageOfMembers) + reads * pages);
    }

    // As measured: a look at a collection, and what each product in it, and each that was picked into a source, adds to it.
    private const double PointsOfLook = 15;
    private const double PointsOfMember = 0.083;
    private const double PointsOfPicked = 0.13;
    private const int PageOfMembers = 250;

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
