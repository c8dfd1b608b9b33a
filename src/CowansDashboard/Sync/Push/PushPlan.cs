using System.Globalization;
using System.Text.Json.Nodes;
using CowansDashboard.History;

namespace CowansDashboard.Sync.Push;

/// <summary>
/// Turns what waits into a plan: which items would be sent and which would not, and why; what it costs; how long it takes on
/// either path, and which path is better. Products are added one by one, so that a plan may be of any size. Pure.
/// </summary>
public sealed class PushPlan(PushFacts facts)
{
    // One look at fifty products, with up to 250 of the variants that change; more of them cost half as much each.
    private const double PlainLook = 18;
    private const double ProductsOfLook = 50;
    private const double VariantsOfLook = 250;
    private const double MoreVariants = 9;
    // Before and after: ten whole products and where they are published, then their stock and the rest of their variants. As measured, by product and variant.
    private const int WholeLooks = 2;
    private const double WholeProducts = 10;
    private const double PointsOfProduct = 6.5;
    private const double PointsOfVariant = 0.6;
    private const int FewestLines = 250;

    /// <summary>How the reason of a plan begins whose path somebody chose.</summary>
    public const string AskedFor = "It was asked for.";

    // Products that are new: once they are in Shopify a collection can hold them.
    private readonly HashSet<long> _made = [];

    public int Products { get; private set; }
    public int Collections { get; private set; }

    /// <summary>Products that are put into collections or taken out with these: customers see each of them somewhere else.</summary>
    public int Moved { get; private set; }

    public int Entities { get; private set; }
    public int FieldCount { get; private set; }
    public int RefusedItems { get; private set; }
    public PushLoad Load { get; private set; }
    public int Operations => Load.Calls;
    public double Points => Load.Points;

    /// <summary>Adds a product and answers its items.</summary>
    /// <param name="product">What waits of it.</param>
    /// <param name="inConflict">Its fields in conflict, which are not sent until somebody has decided.</param>
    public IReadOnlyList<PlannedItem> Add(PendingProduct product, IReadOnlySet<(string Entity, long Id, string Field)> inConflict)
    {
        // Deleting has a way of its own, with a time in which it can be taken back.
        if (product.Entities.Any(entity => entity is { Entity: "product", Kind: PushKind.Remove }))
            return [];
        var items = new List<PlannedItem>();
        var sent = new List<PushEntity>();
        foreach (var entity in product.Entities)
        {
            var whole = PushLimits.RefuseAll(product, entity);
            var fields = entity.Changes().Select(change => (change, Verdict(entity, change, whole, inConflict, one => PushLimits.Refuse(entity, one)))).ToList();
            if (fields.Count == 0)
                items.Add(whole is null && inConflict.Contains((entity.Entity, entity.Id, LastVariants.Removed)) ? Item(entity, [], PushStatus.Conflict, PushDecision.LastOfProduct)
                    : Item(entity, [], whole is null ? PushStatus.Waiting : PushStatus.Refused, whole));
            foreach (var group in fields.GroupBy(one => one.Item2))
                items.Add(Item(entity, [.. group.Select(one => one.change)], group.Key.Status, group.Key.Outcome));
            if (items.FindLast(item => item.EntityId == entity.Id && item.Entity == entity.Entity && item.Status == PushStatus.Waiting) is { } waiting)
                sent.Add(new PushEntity(0, Guid.Empty, entity.Entity, entity.Id, entity.ShopifyId, entity.Kind, entity.Row, waiting.Changes));
        }
        Count(product, items, sent);
        return items;
    }

    /// <summary>Adds a collection and answers its items.</summary>
    /// <param name="collection">What waits of it.</param>
    /// <param name="inConflict">Its fields in conflict, which are not sent until somebody has decided.</param>
    public IReadOnlyList<PlannedItem> Add(PendingCollection collection, IReadOnlySet<(string Entity, long Id, string Field)> inConflict)
    {
        var items = new List<PlannedItem>();
        var sent = new List<PushEntity>();
        foreach (var entity in collection.Entities)
        {
            var whole = CollectionLimits.RefuseAll(collection, entity);
            var changes = entity.Changes().SelectMany(change => entity.Entity == CollectionMembers.Entity ? CollectionMembers.Split(entity, change, _made) : [(change, null)]);
            var fields = changes.Select(one => (change: one.Item1, Verdict(entity, one.Item1, whole ?? one.Item2, inConflict, change => CollectionLimits.Refuse(collection, entity, change)))).ToList();
            if (fields.Count == 0)
                items.Add(Item(entity, [], whole is null ? PushStatus.Waiting : PushStatus.Refused, whole));
            // An order is a row of its own: it goes after those who are put in, and nothing else waits for it.
            foreach (var group in fields.GroupBy(one => (IsOrder: one.change.Field == MemberOrder.Field, one.Item2)).OrderBy(group => group.Key.IsOrder))
                items.Add(Item(group.Key.IsOrder ? entity with { Kind = PushKind.Update } : entity, [.. group.Select(one => one.change)], group.Key.Item2.Status, group.Key.Item2.Outcome));
            sent.AddRange(items.Where(item => item.EntityId == entity.Id && item.Entity == entity.Entity && item.Status == PushStatus.Waiting)
                .Select(item => new PushEntity(0, Guid.Empty, entity.Entity, entity.Id, entity.ShopifyId, item.Kind, entity.Row, item.Changes)));
        }
        RefusedItems += items.Count(item => item.Status != PushStatus.Waiting);
        if (sent.Count == 0)
            return items;
        Collections++;
        Moved += sent.Where(entity => entity.Entity == CollectionMembers.Entity).SelectMany(entity => entity.Fields).Sum(field => CollectionMembers.Ids(field.New).Count());
        Entities += sent.Count;
        FieldCount += sent.Sum(entity => Math.Max(1, entity.Fields.Count));
        Load += new PushCollection(collection.CollectionId, collection.ShopifyId, sent) { Members = collection.Members, Picked = collection.Picked }.Load();
        return items;
    }

    /// <summary>The path, the reason in words and what it takes; of a path that was asked for too.</summary>
    public PlannedPath Choose(string? asked = null) => Choose(facts, Load, asked);

    /// <summary>The same of a load that was counted before.</summary>
    public static PlannedPath Choose(PushFacts facts, PushLoad load, string? asked) => Better(facts, load) switch
    {
        var path when asked is not null && asked != path.Path => new PlannedPath(asked, $"{AskedFor} {path.Reason}", path.OtherSeconds ?? path.Seconds, path.Seconds),
        var path when asked is not null => path with { Reason = $"{AskedFor} {path.Reason}" },
        var path => path,
    };

    private static PlannedPath Better(PushFacts facts, PushLoad load)
    {
        var forecast = new PushForecast(facts);
        var direct = forecast.Direct(load);
        double? bulk = load.PlainCalls < FewestLines ? null : forecast.Bulk(load);
        var points = string.Create(CultureInfo.InvariantCulture, $"{load.Points:#,0} points at {facts.RestoreRate:#,0} a second");
        return bulk switch
        {
            null => new PlannedPath("direct", load.Calls == 0
                ? "Nothing would be sent."
                : $"{Calls(load.Calls)} at once need {Say(direct)}. A bulk operation is for {FewestLines} calls and more.", direct, null),
            { } seconds when seconds < direct => new PlannedPath("bulk",
                $"One by one it would take {Say(direct)}, because {points} are the limit. A bulk operation needs no points for its lines and takes about {Say(seconds)}{Source(facts.BulkRuns)}. Some minutes lie between the last look and a line’s turn: what changes in Shopify in between is written over.", seconds, direct),
            { } seconds => new PlannedPath("direct",
                $"{Calls(load.Calls)} at once need {Say(direct)} ({points}); a bulk operation would take about {Say(seconds)}{Source(facts.BulkRuns)}.", direct, seconds),
        };
    }

    /// <summary>What one product adds to the load of a plan.</summary>
    public static PushLoad Weigh(PushProduct product)
    {
        var operations = PushOperations.Of(product);
        var points = operations.Sum(operation => operation.Points);
        return operations.Count == 0 ? default
            : product.IsPlain ? Plain(product, operations.Count, points)
            : Whole(product, operations.Count, points);
    }

    private static PushLoad Plain(PushProduct product, int calls, double points)
    {
        var more = Math.Max(0, product.Entities.Count(entity => entity.Entity == CatalogueFields.Variant) / VariantsOfLook - 1 / ProductsOfLook);
        return new(calls, points + PlainLook / ProductsOfLook + more * MoreVariants, 0, 0, 1 / ProductsOfLook + more);
    }

    private static PushLoad Whole(PushProduct product, int calls, double points)
    {
        var more = Math.Max(0, product.Variants - Pull.ProductPages.Whole.Variants) / VariantsOfLook;
        return new(0, 0, calls, points + WholeLooks * (PointsOfProduct + PointsOfVariant * product.Variants),
            WholeLooks * (2 / WholeProducts + product.Variants / (double)Pull.ReadProducts.ItemsAtOnce + more));
    }

    private static (PushStatus Status, string? Outcome) Verdict(
        PendingEntity entity, PushedField change, string? whole, IReadOnlySet<(string Entity, long Id, string Field)> inConflict, Func<PushedField, string?> refuse) =>
        whole is not null ? (PushStatus.Refused, whole)
            : inConflict.Contains((entity.Entity, entity.Id, change.Field)) ? (PushStatus.Conflict, PushDecision.InConflict)
            : refuse(change) is { } reason ? (PushStatus.Refused, reason)
            : (PushStatus.Waiting, null);

    private static PlannedItem Item(PendingEntity entity, IReadOnlyList<PushedField> changes, PushStatus status, string? outcome) =>
        new(entity.Entity, entity.Id, entity.Kind, changes, status, outcome);

    private void Count(PendingProduct product, List<PlannedItem> items, List<PushEntity> sent)
    {
        RefusedItems += items.Count(item => item.Status != PushStatus.Waiting);
        if (sent.Count == 0)
            return;
        var pushed = new PushProduct(product.ProductId, product.ShopifyId, product.Options, sent) { Variants = product.Variants };
        Products++;
        if (sent.Exists(entity => entity is { Entity: CatalogueFields.Product, Kind: PushKind.Create }))
            _made.Add(product.ProductId);
        Entities += sent.Count;
        FieldCount += sent.Sum(entity => Math.Max(1, entity.Fields.Count));
        Load += Weigh(pushed);
    }

    private static string Calls(int calls) => string.Create(CultureInfo.InvariantCulture, $"{calls:#,0} {(calls == 1 ? "call" : "calls")}, up to ten");

    private static string Source(int runs) => runs == 0 ? " by a first guess" : runs == 1 ? ", as the last one did" : $", by the last {runs}";

    private static string Say(double seconds) => seconds switch
    {
        < 90 => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, Math.Round(seconds)):0} s"),
        < 5_400 => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(seconds / 60):0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.0} h"),
    };
}

/// <summary>Which way the plan goes and why.</summary>
public sealed record PlannedPath(string Path, string Reason, double Seconds, double? OtherSeconds);

/// <summary>One entity's fields with the same fate.</summary>
public sealed record PlannedItem(string Entity, long EntityId, PushKind Kind, IReadOnlyList<PushedField> Changes, PushStatus Status, string? Outcome)
{
    /// <summary>As it is kept: field → base and new.</summary>
    public JsonObject Fields() => new(Changes.Select(change =>
        KeyValuePair.Create<string, JsonNode?>(change.Field, new JsonObject { ["base"] = change.Base?.DeepClone(), ["new"] = change.New?.DeepClone() })));
}

/// <summary>What became of an item.</summary>
public enum PushStatus
{
    Waiting,
    Sent,
    Done,
    Refused,
    Failed,
    Conflict,
    Skipped,
}
