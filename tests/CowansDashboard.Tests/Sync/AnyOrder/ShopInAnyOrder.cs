using System.Diagnostics;
using System.Text.Json.Nodes;
using CowansDashboard.Conflicts;
using CowansDashboard.Conflicts.Rules;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Sync.Purge;
using CowansDashboard.Sync.Push;
using CowansDashboard.Tests.Support;
using CowansDashboard.Tests.Sync.Push;

namespace CowansDashboard.Tests.Sync.AnyOrder;

/// <summary>A shop to which everything happens that a course of events says, by a process that may be killed.</summary>
internal sealed class ShopInAnyOrder : IAsyncDisposable
{
    private const int MostRounds = 20;
    private static readonly string[] Calls =
    [
        "ProductUpdate", "ProductVariantsBulkUpdate", "TagsAdd", "TagsRemove", "MetafieldsSet", "InventorySetQuantities", "ProductSet", "ProductVariantsBulkCreate", "ProductVariantsBulkDelete",
    ];

    private static readonly string[] Owned = ["title", "price", "tags", "metafields.*", "inventory", "*"];

    private readonly TestDatabase _database;
    private readonly EditedShop _shop;
    private readonly Witness _witness;
    private readonly MadeRows _made;
    private readonly SaveChangeSet _saving;
    private readonly UndoChanges _undoing;
    private readonly ResolveConflicts _resolving;
    private readonly FindConflicts _conflicts;
    private readonly IReadOnlyList<WatchedField> _fields;
    private readonly List<long> _underWay = [];
    private bool _isPulling;
    private PullNode _node;
    private long _firstChangeSet;

    private ShopInAnyOrder(TestDatabase database, EditedShop shop, IReadOnlyList<WatchedField> fields)
    {
        (_database, _shop, _fields, _witness, _saving) = (database, shop, fields, new Witness(database, shop, fields), new SaveChangeSet(database.Source));
        (_undoing, _resolving, _conflicts) = (new UndoChanges(database.Source, _saving), new ResolveConflicts(database.Source), new FindConflicts(database.Source));
        _made = new MadeRows(database, shop, _saving, _undoing);
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
        await SaveRules([]);
        await _made.Begin();
        await _witness.Begin();
        _firstChangeSet = await _database.Scalar<long>("select coalesce(max(id), 0) from change_sets");
        foreach (var step in course)
            await Do(step);
        await Rest(course.Sum(step => step.Value));
        return [.. await _witness.Complaints(), .. await _made.Complaints()];
    }

    private async Task Do(Step step)
    {
        Events.Add(step.ToString());
        var (which, value) = (step.Which, step.Value);
        switch (step.Deed)
        {
            case Deed.Edit:
                await Edit(_fields[which % _fields.Count], value);
                break;
            case Deed.EditInFlight:
                await Edit(await InFlight(which) ?? _fields[which % _fields.Count], value);
                break;
            case Deed.Undo:
                await Undo(step);
                break;
            case Deed.Resolve:
                await Resolve(which, value, value % 4 == 3);
                break;
            case Deed.Rule:
                var rule = new OwnershipRule(0, RuleScope.All, "", Owned[which % Owned.Length], (FieldOwner)(value % 3), 2);
                Note($"{rule.Field}: {rule.Owner}");
                await SaveRules(value % 4 == 0 ? [] : [rule]);
                break;
            case Deed.ForeignEdit or Deed.SilentEdit:
                var field = _fields[which % _fields.Count];
                Note($"{field} in Shopify: {await _witness.WriteInShopify(field, value, step.Deed == Deed.ForeignEdit, _underWay.Count > 0) ?? "so already"}");
                break;
            case Deed.Create:
                Note(await _made.Create(value));
                break;
            case Deed.AddVariant:
                Note(await _made.AddVariant(which, value));
                break;
            case Deed.RemoveVariant:
                Note(await _made.RemoveVariant(which));
                break;
            case Deed.EditMade:
                Note(await _made.Edit(which, value));
                break;
            case Deed.ForeignEditMade:
                Note(await _made.EditInShopify(which, value));
                break;
            case Deed.Delete:
                Note(await _made.Delete(which, value));
                break;
            case Deed.Restore:
                Note(await _made.Restore(which));
                break;
            case Deed.DeleteInShopify:
                Note(await _made.DeleteInShopify(which, value));
                break;
            default:
                await Perform(step);
                break;
        }
    }

    private async Task Edit(WatchedField field, int value)
    {
        var seen = await _witness.Local(field);
        var how = field.Name == "available" && value % 2 == 0 ? EditHow.Add : EditHow.Set;
        var outcome = await _saving.Save(new ChangeSetHead(_shop.Store, ChangeSetKind.Edit, "Edited", null, "7", "Ann"),
            [new FieldEdit(field.Entity, field.Id, field.Name, seen, field.Another(seen, value), how)], StaleMeans.Refuse, default);
        outcome.ShouldNotBeOfType<SaveOutcome.Refused>(outcome.ToString()!);
        Note($"{field}: {WatchedField.Text(seen)} → {WatchedField.Text(await _witness.Local(field))} ({outcome.GetType().Name})");
    }

    /// <summary>A field whose answer a push awaits.</summary>
    private async Task<WatchedField?> InFlight(int which)
    {
        var sent = await _database.Scalar<string[]>("select coalesce(array_agg(entity || ' ' || entity_id || ' ' || field), '{}') from sent_fields where store_id = $1", _shop.Store);
        var fields = _fields.Where(field => sent.Contains($"{field.Entity} {field.Id} {field.Name}")).ToList();
        return fields.Count == 0 ? null : fields[which % fields.Count];
    }

    private async Task SaveRules(OwnershipRule[] rules)
    {
        var now = await new ReadRules(_database.Source).Read(_shop.Store, default);
        (await new SaveRules(_database.Source).Save(_shop.Store, rules, now.Version, "7", "Ann", default)).ShouldBeOfType<SaveRulesOutcome.Saved>();
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

    private async Task Resolve(int which, int value, bool byRules)
    {
        var open = (await _conflicts.Find(_shop.Store, ConflictFilter.Everything, null, 100, default)).Rows;
        if (open.Count == 0)
            return;
        var conflict = open[which % open.Count];
        var field = _fields.SingleOrDefault(one => (one.Entity, one.Id, one.Name) == (conflict.Entity, conflict.EntityId, conflict.Field));
        Resolution wish = (value % 3) switch
        {
            _ when byRules => new Resolution.ByRules(),
            0 => new Resolution.Ours(),
            1 => new Resolution.Shopifys(),
            _ when field is not null => new Resolution.Another(field.Another(conflict.Ours, value)),
            _ => value % 2 == 0 ? new Resolution.Ours() : new Resolution.Shopifys(),
        };
        var outcome = await _resolving.Resolve(_shop.Store, wish, [new SeenConflict(conflict.Id, conflict.Revision)], new ResolvedBy("7", "Ann"), default);
        Note($"{conflict.Field} of {conflict.Entity} {conflict.EntityId}: {wish.GetType().Name} of {conflict.Ours?.ToJsonString()} and {conflict.Shopifys?.ToJsonString()}, {outcome.Fields} settled {string.Join("; ", outcome.Left.Select(left => left.Why))}");
    }

    // Whatever happens inside another run is waited for with that one: it may stand behind it. A push inside a pull stands behind
    // nothing: that pull began earlier and ends later.
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
        if (nested)
        {
            if (_isPulling && step.Deed == Deed.PushDirect && _underWay.Count == 1)
                await Ended(run, RunStatus.Succeeded);
            else
                _underWay.Add(run);
            return;
        }
        _underWay.Add(run);
        _isPulling = step.Deed == Deed.PullEverything;
        if (step.Trouble is Trouble.Held or Trouble.Late)
        {
            await Patience.Until(async () => await _shop.Demo.Caught("hold") + await _shop.Demo.Caught("hold-answer") + await _shop.Demo.Caught("bulk-linger") > 0 || await IsOver(run));
            var later = step.Turn == Turn.Paused ? step.Meanwhile.Count / 2 : step.Meanwhile.Count;
            foreach (var one in step.Meanwhile.Take(later))
                await Do(one);
            await Turned(step, run, step.Meanwhile.Skip(later));
            await _shop.Demo.ClearFaults();
        }
        foreach (var one in _underWay)
            await Ended(one, one == run && step.Turn == Turn.Cancelled ? RunStatus.Cancelled : RunStatus.Succeeded);
        _underWay.Clear();
        await _shop.Demo.ClearFaults();
        await _witness.Look();
        Note($"over after {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
    }

    private async Task Turned(Step step, long run, IEnumerable<Step> whilePaused)
    {
        switch (step.Turn)
        {
            case Turn.Killed:
                await _node.Kill();
                _node = Node();
                break;
            case Turn.Cancelled:
                Note($"cancel: {await _shop.Host.Get<CancelRun>().Cancel(run, PullHost.Ann, default)}");
                break;
            case Turn.Paused:
                Note($"pause: {await _shop.Host.Get<PauseRun>().Pause(run, PullHost.Ann, default)}");
                await _shop.Demo.ClearFaults();
                var stopped = await _shop.Host.Until(run, now => now.Now.Status == RunStatus.Paused || now.Now.Status.IsFinished());
                await _witness.Look();
                foreach (var one in whilePaused)
                    await Do(one);
                if (stopped.Now.Status == RunStatus.Paused)
                    Note($"resume: {await _shop.Host.Get<ResumeRun>().Resume(run, null, default)}");
                break;
        }
    }

    // A run that was done before it heard the question has succeeded.
    private Task<Run> Ended(long run, RunStatus how) => _shop.Host.Until(run, done => done.Now.Status == how || done.Now.Status == RunStatus.Succeeded);

    private Task Prepare(Step step)
    {
        var call = Calls[step.Which % Calls.Length];
        return (step.Trouble, step.Deed) switch
        {
            (Trouble.AnswerLost, _) => _shop.Demo.Fault("die-after-executing", new { times = 1 + step.Value % 2 }),
            (Trouble.Dropped, _) => _shop.Demo.Fault("drop-connection", new { times = 1 + step.Value % 2, skip = step.Value % 3, before = step.Value % 5 == 0 }),
            (Trouble.Held, Deed.PushDirect) => _shop.Demo.Fault("hold", new { operation = call }),
            (Trouble.Held, Deed.PushInBulk) => _shop.Demo.Fault("hold", new { operation = "BulkOperationRunMutation" }),
            (Trouble.Held, Deed.PullEverything) => _shop.Demo.Fault("hold", new { operation = "BulkStart" }),
            (Trouble.Held, Deed.Purge) => _shop.Demo.Fault("hold", new { operation = "ProductDelete" }),
            (Trouble.Held, _) => _shop.Demo.Fault("hold", new { operation = "ProductsById" }),
            (Trouble.Late, Deed.PushDirect) => _shop.Demo.Fault("hold-answer", new { operation = call }),
            (Trouble.Late, Deed.PushInBulk) => _shop.Demo.Fault("bulk-linger", new { match = "mutation " }),
            (Trouble.Late, Deed.PullEverything) => _shop.Demo.Fault("bulk-linger", new { match = "edges" }),
            (Trouble.Late, Deed.Purge) => _shop.Demo.Fault("hold-answer", new { operation = "ProductDelete" }),
            (Trouble.Late, _) => _shop.Demo.Fault("hold-answer", new { operation = "ProductsById" }),
            _ => Task.CompletedTask,
        };
    }

    private async Task<long?> Begin(Step step)
    {
        if (step.Deed == Deed.Purge)
        {
            await _made.WindowsEnd();
            return await _shop.Host.Get<EnqueueRun>().Enqueue(new RunRequest(PurgeProducts.Name, _shop.Store, PullHost.Ann), null, default) is EnqueueOutcome.Enqueued purging ? purging.RunId : null;
        }
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
        await Swept();
        for (var round = 1; ; round++)
        {
            var conflicts = await Conflicts();
            var removed = (await _made.Removed()).Count;
            if (conflicts == 0 && removed == 0 && await _shop.Waiting() == 0)
            {
                // Silent changes are heard only now, and may begin it all again.
                await Do(new Step(Deed.PullEverything, 0, 0));
                if (await Conflicts() == 0 && await _shop.Waiting() == 0)
                    break;
            }
            round.ShouldBeLessThan(MostRounds, $"it never comes to rest: {conflicts} conflicts, {removed} removed, {(round < MostRounds ? "" : await Waiting())} wait");
            for (var i = 0; i < conflicts; i++)
                await Resolve(0, choice + round + i, byRules: false);
            if (removed > 0)
                Note(await _made.SettleRemovals(choice + round));
            // What was taken away here and sold there meanwhile is less than none, which Shopify refuses: a person counts anew.
            foreach (var stock in _fields.Where(field => field.Name == "available"))
                if (await _witness.Local(stock) is { } left && long.Parse(left.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture) < 0)
                    await Edit(stock, 1 + 2 * round);
            await Do(new Step(Deed.PushDirect, 0, 0));
            if (removed > 0)
                await Do(new Step(Deed.Purge, 0, 0));
        }
        await _shop.ShouldAgree();
    }

    private Task<string> Waiting() => _database.Scalar<string>("""
        select coalesce(string_agg(w, '; '), 'none') from (
            select concat_ws(' ', 'product', id, mark, pending, removal, deleted_at) as w from products where store_id = $1 and (pending is not null or mark = 2 or mark = 1 and deleted_at is null)
            union all select concat_ws(' ', 'variant', id, mark, pending, deleted_at, 'of', product_id) from variants where store_id = $1 and (pending is not null or mark = 2 or mark = 1 and deleted_at is null)
            union all select concat_ws(' ', 'option', id, mark, pending, deleted_at, 'of', product_id) from product_options where store_id = $1 and (pending is not null or mark = 2 or mark = 1 and deleted_at is null)
            union all select concat_ws(' ', 'media', id, mark, pending, deleted_at, 'of', product_id) from media where store_id = $1 and (pending is not null or mark = 2 or mark = 1 and deleted_at is null)
            union all select concat_ws(' ', 'metafield', id, mark, pending, deleted_at, 'of', owner_kind, owner_id) from metafields where store_id = $1 and (pending is not null or mark = 2 or mark = 1 and deleted_at is null)
            union all select concat_ws(' ', 'level', id, pending, deleted_at, 'of variant', variant_id) from inventory_levels where store_id = $1 and pending is not null
            union all select concat_ws(' ', 'publication', id, mark, 'of', product_id) from product_publications where store_id = $1 and mark <> 0
            union all select concat_ws(' ', 'sent', entity, entity_id, field) from sent_fields where store_id = $1
            union all select concat_ws(' ', 'claim', product_id, run_id) from push_claims) w
        """, _shop.Store);

    /// <summary>What cancelled pushes had sent is looked at a while later, when it must have arrived.</summary>
    private Task Swept() => Patience.Until(async () => await _database.Scalar<long>("""
        select (select count(*) from push_items i join push_plans p on p.id = i.plan_id join runs r on r.id = p.run_id where i.store_id = $1 and i.status = 'sent' and r.status = 'cancelled')
             + (select count(*) from push_files f join runs r on r.id = f.run_id where f.store_id = $1 and f.status in ('prepared', 'started') and r.status = 'cancelled')
        """, _shop.Store) == 0);

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

    private void Note(string? text) => Events.Add($"    {text ?? "there is none"}");

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _shop.DisposeAsync();
    }
}
