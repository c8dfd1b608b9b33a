using System.Diagnostics;
using System.Text.Json.Nodes;
using CowansDashboard.Conflicts;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Sync.Push;
using CowansDashboard.Tests.Support;
using CowansDashboard.Tests.Sync.Push;

namespace CowansDashboard.Tests.Sync.AnyOrder;

/// <summary>A shop to which everything happens that a course of events says, by a process that may be killed.</summary>
internal sealed class ShopInAnyOrder : IAsyncDisposable
{
    private const int MostRounds = 10;
    private static readonly string[] Calls = ["ProductUpdate", "ProductVariantsBulkUpdate", "TagsAdd", "TagsRemove", "MetafieldsSet", "InventorySetQuantities"];

    private readonly TestDatabase _database;
    private readonly EditedShop _shop;
    private readonly Witness _witness;
    private readonly SaveChangeSet _saving;
    private readonly UndoChanges _undoing;
    private readonly ResolveConflicts _resolving;
    private readonly FindConflicts _conflicts;
    private readonly IReadOnlyList<WatchedField> _fields;
    private readonly List<long> _underWay = [];
    private PullNode _node;
    private long _firstChangeSet;

    private ShopInAnyOrder(TestDatabase database, EditedShop shop, IReadOnlyList<WatchedField> fields)
    {
        (_database, _shop, _fields, _witness, _saving) = (database, shop, fields, new Witness(database, shop, fields), new SaveChangeSet(database.Source));
        (_undoing, _resolving, _conflicts) = (new UndoChanges(database.Source, _saving), new ResolveConflicts(database.Source), new FindConflicts(database.Source));
        _node = Node();
    }

    /// <summary>What has happened, line by line.</summary>
    public List<string> Events { get; } = [];

    public static async Task<ShopInAnyOrder> Start(TestDatabase database)
    {
        var shop = await EditedShop.Start(database, 10);
        shop.Host.Get<RunsOptions>().AtOnce = 0;
        return new ShopInAnyOrder(database, shop, await Fields(database, shop));
    }

    /// <summary>Lets a course of events happen and comes to rest: everything pulled, settled and sent. Answers what is wrong then.</summary>
    public async Task<IReadOnlyList<string>> Live(IReadOnlyList<Step> course)
    {
        Events.Clear();
        await _witness.Begin();
        _firstChangeSet = await _database.Scalar<long>("select coalesce(max(id), 0) from change_sets");
        foreach (var step in course)
            await Do(step);
        await Rest(course.Sum(step => step.Value));
        return await _witness.Complaints();
    }

    private async Task Do(Step step)
    {
        Events.Add(step.ToString());
        switch (step.Deed)
        {
            case Deed.Edit:
                await Edit(step);
                break;
            case Deed.Undo:
                await Undo(step);
                break;
            case Deed.Resolve:
                await Resolve(step.Which, step.Value);
                break;
            case Deed.ForeignEdit or Deed.SilentEdit:
                var field = _fields[step.Which % _fields.Count];
                Note($"{field} in Shopify: {await _witness.WriteInShopify(field, step.Value, step.Deed == Deed.ForeignEdit, _underWay.Count > 0) ?? "so already"}");
                break;
            default:
                await Perform(step);
                break;
        }
    }

    private async Task Edit(Step step)
    {
        var field = _fields[step.Which % _fields.Count];
        var seen = await _witness.Local(field);
        var how = field.Name == "available" && step.Value % 2 == 0 ? EditHow.Add : EditHow.Set;
        var outcome = await _saving.Save(new ChangeSetHead(_shop.Store, ChangeSetKind.Edit, "Edited", null, "7", "Ann"),
            [new FieldEdit(field.Entity, field.Id, field.Name, seen, field.Another(seen, step.Value), how)], StaleMeans.Refuse, default);
        outcome.ShouldNotBeOfType<SaveOutcome.Refused>(outcome.ToString()!);
        Note($"{field}: {WatchedField.Text(seen)} → {WatchedField.Text(await _witness.Local(field))} ({outcome.GetType().Name})");
    }

    private async Task Undo(Step step)
    {
        var sets = await _database.Scalar<long[]>("""
            select coalesce(array_agg(id), '{}') from (
                select id from change_sets where store_id = $1 and id > $2 and kind <> 'remote' order by id desc limit 6) s
            """, _shop.Store, _firstChangeSet);
        if (sets.Length == 0)
            return;
        var outcome = await _undoing.Undo(new UndoScope(_shop.Store, sets[step.Which % sets.Length]), "7", "Ann", null, default);
        Note($"change set {sets[step.Which % sets.Length]}: {(outcome as SaveOutcome.Saved)?.Fields} back");
    }

    private async Task Resolve(int which, int value)
    {
        var open = (await _conflicts.Find(_shop.Store, ConflictFilter.Everything, null, 100, default)).Rows;
        if (open.Count == 0)
            return;
        var conflict = open[which % open.Count];
        var field = _fields.Single(one => (one.Entity, one.Id, one.Name) == (conflict.Entity, conflict.EntityId, conflict.Field));
        Resolution wish = (value % 3) switch
        {
            0 => new Resolution.Ours(),
            1 => new Resolution.Shopifys(),
            _ => new Resolution.Another(field.Another(conflict.Ours, value)),
        };
        var outcome = await _resolving.Resolve(_shop.Store, wish, [new SeenConflict(conflict.Id, conflict.Revision)], new ResolvedBy("7", "Ann"), default);
        Note($"{field}: {wish.GetType().Name} of {WatchedField.Text(conflict.Ours)} and {WatchedField.Text(conflict.Shopifys)}, {outcome.Fields} settled {string.Join("; ", outcome.Left.Select(left => left.Why))}");
    }

    // Whatever happens inside another run is waited for with that one: it may stand behind it.
    private async Task Perform(Step step)
    {
        var nested = _underWay.Count > 0;
        if (!nested)
            await Prepare(step);
        if (await Begin(step) is not { } run)
        {
            if (!nested)
                await _shop.Demo.ClearFaults();
            return;
        }
        var began = Stopwatch.GetTimestamp();
        Note($"run {run}");
        _underWay.Add(run);
        if (nested)
            return;
        if (step.Trouble is Trouble.Held or Trouble.Late)
        {
            await Patience.Until(async () => await _shop.Demo.Caught("hold") + await _shop.Demo.Caught("hold-answer") + await _shop.Demo.Caught("bulk-linger") > 0 || await IsOver(run));
            foreach (var one in step.Meanwhile)
                await Do(one);
            if (step.Killed)
            {
                await _node.Kill();
                _node = Node();
            }
            await _shop.Demo.ClearFaults();
        }
        foreach (var one in _underWay)
            await _shop.Host.Until(one, done => done.Now.Status == RunStatus.Succeeded);
        _underWay.Clear();
        await _shop.Demo.ClearFaults();
        await _witness.Look();
        Note($"over after {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
    }

    private Task Prepare(Step step)
    {
        var call = Calls[step.Which % Calls.Length];
        return (step.Trouble, step.Deed) switch
        {
            (Trouble.AnswerLost, _) => _shop.Demo.Fault("die-after-executing", new { times = 1 + step.Value % 2 }),
            (Trouble.Dropped, _) => _shop.Demo.Fault("drop-connection", new { times = 1 + step.Value % 2, skip = step.Value % 3, before = step.Value % 5 == 0 }),
            (Trouble.Held, Deed.PushDirect) => _shop.Demo.Fault("hold", new { operation = call }),
            (Trouble.Held, Deed.PushInBulk) => _shop.Demo.Fault("hold", new { operation = "BulkOperationRunMutation" }),
            (Trouble.Held, Deed.PullEverything) => _shop.Demo.Fault("hold", new { operation = "BulkOperationRunQuery" }),
            (Trouble.Held, _) => _shop.Demo.Fault("hold", new { operation = "ProductsById" }),
            (Trouble.Late, Deed.PushDirect) => _shop.Demo.Fault("hold-answer", new { operation = call }),
            (Trouble.Late, Deed.PushInBulk) => _shop.Demo.Fault("bulk-linger", new { match = "mutation " }),
            (Trouble.Late, Deed.PullEverything) => _shop.Demo.Fault("bulk-linger", new { match = "edges" }),
            (Trouble.Late, _) => _shop.Demo.Fault("hold-answer", new { operation = "ProductsById" }),
            _ => Task.CompletedTask,
        };
    }

    private async Task<long?> Begin(Step step)
    {
        if (!step.IsPush)
        {
            var scope = step.Deed switch { Deed.PullEverything => PullScope.Full, Deed.PullChanges => PullScope.Incremental, _ => PullScope.Selection };
            var product = _fields[step.Which % _fields.Count].ProductId;
            var outcome = await _shop.Host.Get<StartPull>().Start(new PullRequest(_shop.Store, scope, PullHost.Ann) { ProductIds = [product] }, default);
            return outcome is StartPullOutcome.Started pulling ? pulling.RunId : null;
        }
        var plan = await _shop.Host.Get<PreparePush>().Prepare(
            new PushRequest(_shop.Store, "Test", PullHost.Ann) { Path = step.Deed == Deed.PushDirect ? "direct" : "bulk" }, default);
        return plan is PreparePushOutcome.Prepared prepared
            && await _shop.Host.Get<StartPush>().Start(_shop.Store, prepared.PlanId, null, PullHost.Ann, default) is StartPushOutcome.Started started ? started.RunId : null;
    }

    private async Task<bool> IsOver(long run) => (await _shop.Host.Get<FindRun>().Find(run, default))!.Now.Status.IsFinished();

    /// <summary>Pulls everything, settles what is in conflict and sends what waits, until nothing is left of either.</summary>
    private async Task Rest(int choice)
    {
        for (var round = 1; ; round++)
        {
            var conflicts = await Conflicts();
            if (conflicts == 0 && await _shop.Waiting() == 0)
            {
                // Silent changes are heard only now, and may begin it all again.
                await Do(new Step(Deed.PullEverything, 0, 0));
                if (await Conflicts() == 0 && await _shop.Waiting() == 0)
                    break;
            }
            round.ShouldBeLessThan(MostRounds, $"it never comes to rest: {conflicts} conflicts, {await _shop.Waiting()} wait");
            for (var i = 0; i < conflicts; i++)
                await Do(new Step(Deed.Resolve, 0, choice + round + i));
            await Do(new Step(Deed.PushDirect, 0, 0));
        }
        await _shop.ShouldAgree();
    }

    private Task<long> Conflicts() => _database.Scalar<long>("select count(*) from conflicts where store_id = $1 and closed_at is null", _shop.Store);

    private static async Task<IReadOnlyList<WatchedField>> Fields(TestDatabase database, EditedShop shop)
    {
        var fields = new List<WatchedField>();
        var levels = new List<(long Id, long Product, string Item, string Location)>();
        await using var command = database.Source.CreateCommand("""
            select p.id, p.shopify_id::text, v.id, v.shopify_id::text, coalesce(f.id, 0), coalesce(f.shopify_id::text, ''), coalesce(l.id, 0), coalesce(v.inventory_item_id::text, ''), coalesce(o.shopify_id::text, '')
            from products p
            join lateral (select * from variants v where v.product_id = p.id and v.deleted_at is null order by v.position limit 1) v on true
            left join lateral (select * from metafields f where f.owner_kind = 'product' and f.owner_id = p.id and f.type = 'single_line_text_field' and f.deleted_at is null order by f.id limit 1) f on true
            left join lateral (select * from inventory_levels l where l.variant_id = v.id and l.is_active and l.available is not null order by l.id limit 1) l on true
            left join locations o on o.id = l.location_id
            where p.store_id = $1 and p.deleted_at is null order by f.id is null, l.id is null, p.id limit 2
            """);
        command.Parameters.Add(new() { Value = shop.Store });
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var (product, productHere, variant, variantHere) = (reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3));
            foreach (var name in new[] { "title", "tags" })
                fields.Add(new WatchedField("product", "products", product, name, product, "product", "products", productHere, name));
            foreach (var name in new[] { "price" })
                fields.Add(new WatchedField("variant", "variants", variant, name, product, "variant", "variants", variantHere, name));
            if (reader.GetInt64(4) is > 0 and var metafield)
                fields.Add(new WatchedField("metafield", "metafields", metafield, "value", product, "metafield", "metafields", reader.GetString(5), "value"));
            if (reader.GetInt64(6) is > 0 and var level)
                levels.Add((level, product, reader.GetString(7), reader.GetString(8)));
        }
        foreach (var row in await shop.Demo.State("inventory-levels"))
            foreach (var (id, product, _, _) in levels.Where(one => row.GetProperty("inventoryItemId").GetString() == one.Item && row.GetProperty("locationId").GetString() == one.Location))
                fields.Add(new WatchedField("inventory level", "inventory_levels", id, "available", product, "inventory-level", "inventory-levels", row.GetProperty("id").GetString()!, "available"));
        return fields;
    }

    private PullNode Node() => PullNode.Start(_database.ConnectionString, _shop.Demo, "acting");

    private void Note(string text) => Events.Add($"    {text}");

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _shop.DisposeAsync();
    }
}
