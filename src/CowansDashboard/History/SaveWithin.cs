using CowansDashboard.Data;
using System.Text.Json.Nodes;
using CowansDashboard.History.Layers;
using CowansDashboard.Search;
using Npgsql;

namespace CowansDashboard.History;

/// <summary>
/// One save inside a transaction that the caller owns, so that a run can commit it together with its own place. Where
/// the outcome is not Saved, nothing was written.
/// </summary>
public static class SaveWithin
{
    /// <param name="connection">Its transaction does everything; the caller commits and, on 40P01 and 40001, tries again.</param>
    /// <param name="changeSetId">The change set that goes on; 0 begins one.</param>
    /// <param name="head">Whose it is.</param>
    /// <param name="wanted">What shall change: at most a thousand products or so.</param>
    /// <param name="staleMeans">What becomes of fields that somebody else changed.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<SaveOutcome> Save(
        NpgsqlConnection connection, long changeSetId, ChangeSetHead head, WantedChanges wanted, StaleMeans staleMeans, CancellationToken cancel)
    {
        var productOf = await Hold(connection, head.StoreId, wanted, cancel);
        var collectionOf = await HoldTheirCollections(connection, head.StoreId, wanted, cancel);
        if (await OtherVersions(connection, wanted, cancel) is { Count: > 0 } others)
            return new SaveOutcome.Refused(others);
        (wanted, var closed) = await RemovedProducts.Route(connection, head, wanted, productOf, cancel);
        (wanted, var closedToo) = await RemovedCollections.Route(connection, head, wanted, collectionOf, cancel);
        var shared = await RefuseSharedSkus.Find(connection, head, wanted, cancel);
        if (shared.Count > 0)
            wanted = wanted with { Fields = [.. wanted.Fields.Where(edit => edit.Field != "sku" || !shared.Any(problem => problem.Entity == edit.Entity && problem.EntityId == edit.EntityId))] };
        var crossed = await CheckCollections.Find(connection, head, wanted, DecideEdits.BringsBack.Contains(head.Kind), cancel);
        if (crossed.Count > 0)
            wanted = wanted with { Fields = [.. wanted.Fields.Where(edit => !crossed.Any(problem => (problem.Entity, problem.EntityId, problem.Field) == (edit.Entity, edit.EntityId, edit.Field)))] };
        var currency = await StoreCurrency.Read(connection, head.StoreId, cancel);
        var plan = await PlanRows.Plan(connection, head.StoreId, currency, wanted, cancel);
        var returned = wanted.Returned.ToHashSet();
        var edits = await DecideEdits.Decide(connection, head, currency, [.. wanted.Fields.Where(edit => edit.EntityId > 0)], returned, cancel);
        var going = await Rows(connection, head.StoreId, wanted.Removed, cancel);
        var coming = await Rows(connection, head.StoreId, [.. wanted.Returned, .. plan.Returned], cancel);

        List<EditProblem> problems = [.. closed, .. closedToo, .. shared, .. crossed, .. plan.Problems, .. edits.Problems, .. going.SelectMany(NotRemovable), .. coming.SelectMany(NotReturnable)];
        // New rows are all or nothing: half a product helps nobody.
        if (problems.Count > 0 && (staleMeans == StaleMeans.Refuse || plan.Problems.Count > 0 || shared.Concat(crossed).Any(problem => problem.EntityId < 0)))
            return new SaveOutcome.Refused(problems);
        var stale = edits.Stale.Count == 0 ? [] : await NameChangers(connection, edits.Stale, cancel);
        if (stale.Count > 0 && staleMeans == StaleMeans.Refuse)
            return new SaveOutcome.Stale(stale);

        var changes = Changes(plan, edits, Removable(going), Returnable(coming));
        if (changes.Count == 0)
            return new SaveOutcome.Saved(0, 0, 0) { LeftOut = stale, NotSaved = problems };
        await Write(connection, head.StoreId, plan, edits, Removable(going), Returnable(coming), cancel);
        long[] products = [.. changes.Select(change => change.ProductId).OfType<long>().Distinct().Order()];
        var written = edits.Rows.Where(rows => rows.Key.Name == CatalogueFields.Product).SelectMany(rows => rows.Value).Select(row => row.Row.Id);
        await WriteRows.Touch(connection, [.. products.Except(written)], cancel);
        var collections = changes.Where(change => change.CollectionId is not null && CatalogueEntity.Find(change.Entity) is { IsOfCollection: true }).Select(change => change.CollectionId!.Value).Distinct();
        var writtenToo = edits.Rows.Where(rows => rows.Key.Name == CatalogueFields.Collection).SelectMany(rows => rows.Value).Select(row => row.Row.Id);
        await WriteRows.TouchCollections(connection, [.. collections.Except(writtenToo).Order()], cancel);
        var untilEnd = wanted.UntilEnd
            ? await FollowLayers.Follow(connection, [.. edits.Changes.Select(change => new FollowedField(change.Entity, change.EntityId, change.Field, change.Old, change.New))], cancel)
            : new HashSet<(string, long, string)>();
        var id = await RecordChanges.Record(connection, changeSetId, head,
            [.. changes.Select(change => untilEnd.Contains((change.Entity, change.EntityId, change.Field)) ? change with { How = UndoneChange.UntilEnd } : change)], cancel);
        await WriteRows.SettleConflicts(connection, id, head, edits.Conflicts, cancel);
        await RemovedProducts.Note(connection, head.StoreId, id, changes, cancel);
        await RemovedCollections.Note(connection, head.StoreId, id, changes, cancel);
        if (changes.Any(change => change is { Entity: CatalogueFields.Variant, Field: "created" }))
            await LastVariants.Edited(connection, products, cancel);
        await RefreshSummaries.Refresh(connection, products, cancel);
        return new SaveOutcome.Saved(id, changes.Select(change => (change.Entity, change.EntityId)).Distinct().Count(), changes.Count)
        {
            LeftOut = stale,
            NotSaved = problems,
            Created = plan.Created,
        };
    }

    /// <summary>The products of everything that a save touches, each held before anything is read to decide on.</summary>
    private static async Task<Dictionary<RowRef, long>> Hold(NpgsqlConnection connection, long storeId, WantedChanges wanted, CancellationToken cancel)
    {
        var productOf = new Dictionary<RowRef, long>();
        var products = await PlanRows.Parents(connection, storeId, wanted.Added, cancel);
        foreach (var ofEntity in Touched(wanted).GroupBy(row => row.Entity))
            if (CatalogueEntity.Find(ofEntity.Key) is { } entity)
                foreach (var (id, product) in await RowsInHand.Products(connection, storeId, entity, [.. ofEntity.Select(row => row.EntityId)], cancel))
                    if (product is { } held)
                        productOf[new RowRef(entity.Name, id)] = held;
        await HoldProducts.Hold(connection, products.Concat(productOf.Values), cancel);
        return productOf;
    }

    /// <summary>The collections of everything that belongs to one, held behind the products.</summary>
    private static async Task<Dictionary<RowRef, long>> HoldTheirCollections(NpgsqlConnection connection, long storeId, WantedChanges wanted, CancellationToken cancel)
    {
        var collectionOf = new Dictionary<RowRef, long>();
        foreach (var ofEntity in Touched(wanted).GroupBy(row => row.Entity))
            if (CatalogueEntity.Find(ofEntity.Key) is { IsOfCollection: true } entity)
                foreach (var (id, collection) in await RowsInHand.Collections(connection, storeId, entity, [.. ofEntity.Select(row => row.EntityId)], cancel))
                    if (collection is { } held)
                        collectionOf[new RowRef(entity.Name, id)] = held;
        await HoldCollections.Hold(connection, PlanRows.ParentCollections(wanted.Added).Concat(collectionOf.Values), cancel);
        return collectionOf;
    }

    private static IEnumerable<RowRef> Touched(WantedChanges wanted) =>
        wanted.Fields.Where(edit => edit.EntityId > 0).Select(edit => new RowRef(edit.Entity, edit.EntityId)).Concat(wanted.Removed).Concat(wanted.Returned).Distinct();

    private static async Task<List<EditProblem>> OtherVersions(NpgsqlConnection connection, WantedChanges wanted, CancellationToken cancel) =>
    [
        .. await OtherVersions(connection, CatalogueFields.Product, "products", wanted.Versions, cancel),
        .. await OtherVersions(connection, CatalogueFields.Collection, "collections", wanted.CollectionVersions, cancel),
    ];

    private static async Task<List<EditProblem>> OtherVersions(
        NpgsqlConnection connection, string entity, string table, IReadOnlyDictionary<long, int> wanted, CancellationToken cancel)
    {
        var others = new List<EditProblem>();
        if (wanted.Count == 0)
            return others;
        await using var command = new NpgsqlCommand($"select id, version from {table} where id = any($1)", connection);
        command.Parameters.Add(new() { Value = wanted.Keys.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            if (reader.GetInt32(1) is var now && wanted[reader.GetInt64(0)] is var seen && now != seen)
                others.Add(new EditProblem(entity, reader.GetInt64(0), "version", now, $"The {entity} was changed meanwhile: version {now}, not {seen}."));
        return others;
    }

    private static async Task<List<(CatalogueEntity Entity, RowInHand Row)>> Rows(NpgsqlConnection connection, long storeId, IReadOnlyList<RowRef> refs, CancellationToken cancel)
    {
        var rows = new List<(CatalogueEntity, RowInHand)>();
        foreach (var ofEntity in refs.Distinct().GroupBy(row => row.Entity))
            if (CatalogueEntity.Find(ofEntity.Key) is { } entity)
                rows.AddRange((await RowsInHand.Read(connection, storeId, entity, [.. ofEntity.Select(row => row.EntityId)], columns: null, cancel)).Values.Select(row => (entity, row)));
        return rows;
    }

    private static IEnumerable<EditProblem> NotRemovable((CatalogueEntity Entity, RowInHand Row) one) =>
        one.Entity.Name is CatalogueFields.Product or CatalogueFields.Collection && one.Row.Mark != 1 && !one.Row.IsGone
            ? [new(one.Entity.Name, one.Row.Id, "removed", null, $"The {one.Entity.Name} is in Shopify: it is deleted with a window in which it can be restored.")]
            : one.Entity.Name == CatalogueFields.Level ? [new(one.Entity.Name, one.Row.Id, "removed", null, "Stock cannot be removed here.")] : [];

    private static IEnumerable<EditProblem> NotReturnable((CatalogueEntity Entity, RowInHand Row) one) =>
        one.Entity.Name is CatalogueFields.Product or CatalogueFields.Collection && one.Row is { IsGone: true, Mark: 0 }
            ? [new(one.Entity.Name, one.Row.Id, "created", null, $"The {one.Entity.Name} is gone in Shopify: duplicate it to make it anew.")]
            : [];

    private static List<(CatalogueEntity Entity, RowInHand Row)> Removable(List<(CatalogueEntity Entity, RowInHand Row)> rows) =>
        [.. rows.Where(one => !one.Row.IsGone && !NotRemovable(one).Any())];

    private static List<(CatalogueEntity Entity, RowInHand Row)> Returnable(List<(CatalogueEntity Entity, RowInHand Row)> rows) =>
        [.. rows.Where(one => one.Row.IsGone && !NotReturnable(one).Any())];

    private static List<ChangeRow> Changes(
        PlannedRows plan, DecidedEdits edits, List<(CatalogueEntity Entity, RowInHand Row)> going, List<(CatalogueEntity Entity, RowInHand Row)> coming) =>
    [
        .. plan.Rows.Select(row => new ChangeRow(row.Entity.Name, row.Id, Owner(plan.ProductOf, row), "created", null, row.Values) { CollectionId = Owner(plan.CollectionOf, row) }),
        .. coming.Select(one => new ChangeRow(one.Entity.Name, one.Row.Id, one.Row.ProductId, "created", null, Kept(one)) { CollectionId = one.Row.CollectionId }),
        .. edits.Changes,
        .. going.Select(one => new ChangeRow(one.Entity.Name, one.Row.Id, one.Row.ProductId, "removed", Kept(one), null) { CollectionId = one.Row.CollectionId }),
    ];

    private static long? Owner(Dictionary<(string, long), long> owners, (CatalogueEntity Entity, long Id, long Key, JsonObject Values) row) =>
        owners.TryGetValue((row.Entity.Name, row.Id), out var owner) ? owner : null;

    internal static JsonObject Kept((CatalogueEntity Entity, RowInHand Row) one) =>
        new(one.Entity.Columns.Select(column => KeyValuePair.Create(column, one.Row.Values[column]?.DeepClone())));

    private static async Task Write(
        NpgsqlConnection connection, long storeId, PlannedRows plan, DecidedEdits edits,
        List<(CatalogueEntity Entity, RowInHand Row)> going, List<(CatalogueEntity Entity, RowInHand Row)> coming, CancellationToken cancel)
    {
        foreach (var ofEntity in plan.Rows.GroupBy(row => row.Entity))
            await WriteRows.Insert(connection, storeId, ofEntity.Key, [.. ofEntity.Select(row => (row.Id, row.Values))], cancel);
        foreach (var ofEntity in coming.GroupBy(one => one.Entity))
            await WriteRows.Return(connection, ofEntity.Key, [.. ofEntity.Select(one => one.Row)], cancel);
        foreach (var (entity, rows) in edits.Rows)
            await WriteRows.Update(connection, entity, rows, cancel);
        foreach (var ofEntity in going.GroupBy(one => one.Entity))
            await WriteRows.Remove(connection, ofEntity.Key, [.. ofEntity.Select(one => one.Row)], cancel);
    }

    private static async Task<IReadOnlyList<StaleField>> NameChangers(NpgsqlConnection connection, List<StaleField> stale, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select s.made_by_name, c.made_at, c.new::text
            from unnest($1::text[], $2::bigint[], $3::text[]) with ordinality as w (entity, entity_id, field, place)
            left join lateral (select change_set_id, made_at, new from changes c where c.entity = w.entity and c.entity_id = w.entity_id and c.field = w.field order by id desc limit 1) c on true
            left join change_sets s on s.id = c.change_set_id
            order by w.place
            """, connection);
        command.Parameters.Add(new() { Value = stale.Select(field => field.Entity).ToArray() });
        command.Parameters.Add(new() { Value = stale.Select(field => field.EntityId).ToArray() });
        command.Parameters.Add(new() { Value = stale.Select(field => field.Field).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var named = new List<StaleField>();
        while (await reader.ReadAsync(cancel))
            // What was changed after the last noted change came from Shopify.
            named.Add(reader.IsDBNull(0) || !JsonValues.Same(reader.IsDBNull(2) ? null : JsonNode.Parse(reader.GetString(2)), stale[named.Count].Current) ? stale[named.Count]
                : stale[named.Count] with { ChangedBy = reader.GetString(0), ChangedAt = reader.GetFieldValue<DateTimeOffset>(1) });
        return named;
    }
}
