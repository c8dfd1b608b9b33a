using System.Globalization;
using System.Text.Json.Nodes;
using Npgsql;

namespace CowansDashboard.History;

/// <summary>Checks rows that a person adds, gives them ids and finds their products; writes nothing.</summary>
internal static class PlanRows
{
    /// <summary>The existing products that new rows hang on, to be held before anything is decided.</summary>
    public static async Task<List<long>> Parents(NpgsqlConnection connection, long storeId, IReadOnlyList<NewRow> added, CancellationToken cancel)
    {
        var products = added.Select(row => Id(row.Values, "product_id"))
            .Concat(added.Where(row => OwnerKind(row) == "product").Select(row => Id(row.Values, "owner_id"))).Where(id => id > 0).ToList();
        long[] variants = [.. added.Where(row => OwnerKind(row) == "variant").Select(row => Id(row.Values, "owner_id")).Where(id => id > 0).Distinct()];
        var owners = await RowsInHand.Products(connection, storeId, CatalogueEntity.All[CatalogueFields.Variant], variants, cancel);
        return [.. products.Concat(owners.Values.OfType<long>()).Distinct()];
    }

    /// <summary>The existing collections that new rows hang on.</summary>
    public static IEnumerable<long> ParentCollections(IReadOnlyList<NewRow> added) =>
        added.Where(row => CatalogueEntity.Find(row.Entity) is { IsOfCollection: true }).Select(row => Id(row.Values, "collection_id")).Where(id => id > 0);

    public static async Task<PlannedRows> Plan(NpgsqlConnection connection, long storeId, string currency, WantedChanges wanted, CancellationToken cancel)
    {
        var plan = new PlannedRows();
        var edits = wanted.Fields.Where(edit => edit.EntityId < 0).ToLookup(edit => (edit.Entity, edit.EntityId));
        foreach (var ofEntity in wanted.Added.GroupBy(row => row.Entity))
        {
            if (CatalogueEntity.Find(ofEntity.Key) is not { NewColumns.Count: > 0 } entity)
            {
                plan.Problems.AddRange(ofEntity.Select(row => new EditProblem(row.Entity, row.Key, "created", null, $"A {row.Entity} cannot be added here.")));
                continue;
            }
            var ids = await WriteRows.Ids(connection, entity, ofEntity.Count(), cancel);
            foreach (var (row, id) in ofEntity.Zip(ids))
            {
                plan.Created[row.Key] = id;
                plan.Rows.Add((entity, id, row.Key, Values(plan, entity, row, currency, edits[(row.Entity, row.Key)])));
            }
        }
        foreach (var (_, _, _, values) in plan.Rows)
            foreach (var column in (string[])["product_id", "owner_id", "collection_id"])
                if (Id(values, column) is < 0 and var key && plan.Created.TryGetValue(key, out var id))
                    values[column] = id;
        await KnowPairs(connection, storeId, plan, cancel);
        await FindProducts(connection, storeId, plan, cancel);
        await FindCollections(connection, storeId, wanted, plan, cancel);
        if (plan.Rows.Count > 0)
            await CheckLimits(connection, wanted, plan, cancel);
        return plan;
    }

    private static JsonObject Values(PlannedRows plan, CatalogueEntity entity, NewRow row, string currency, IEnumerable<FieldEdit> edits)
    {
        var values = (JsonObject)entity.NewColumns.DeepClone();
        foreach (var (column, value) in row.Values.Concat(edits.Select(edit => KeyValuePair.Create(edit.Field, edit.New))))
        {
            if (!values.ContainsKey(column))
            {
                plan.Problems.Add(new EditProblem(row.Entity, row.Key, column, value, $"A new {row.Entity} has no field “{column}”."));
                continue;
            }
            values[column] = value?.DeepClone();
        }
        foreach (var field in CatalogueFields.All.Where(field => field.Entity == entity.Name && values.ContainsKey(field.Name)))
        {
            // Titles of variants are composed from the options, never typed; a handle that nobody chose Shopify makes of the title.
            if (field is { LocalOnly: true, Kind: FieldKind.Text } || (field.Kind == FieldKind.Handle && string.IsNullOrEmpty(values[field.Name]?.ToString())) || (field.Structural && JsonValues.Same(values[field.Name], entity.NewColumns[field.Name])))
                continue;
            var (value, problem) = CheckValue.Check(field, values[field.Name], currency, (string?)values["type"]);
            if (problem is not null)
                plan.Problems.Add(new EditProblem(row.Entity, row.Key, field.Name, values[field.Name]?.DeepClone(), problem));
            else
                values[field.Name] = value;
        }
        if (entity.Name == CatalogueFields.Metafield)
            foreach (var column in (string[])["namespace", "key", "type"])
                if (string.IsNullOrWhiteSpace((string?)values[column]))
                    plan.Problems.Add(new EditProblem(row.Entity, row.Key, column, null, $"A metafield needs a {column}."));
        return values;
    }

    /// <summary>A membership that is there already is nothing new, and one that was removed here returns.</summary>
    private static async Task KnowPairs(NpgsqlConnection connection, long storeId, PlannedRows plan, CancellationToken cancel)
    {
        foreach (var ofEntity in plan.Rows.Where(row => row.Entity.IsPair).GroupBy(row => row.Entity).ToList())
        {
            string[] sides = [.. ofEntity.Key.Columns.Take(2)];
            await using var command = new NpgsqlCommand($"""
                select w.place, t.id, t.mark from unnest($2::bigint[], $3::bigint[]) with ordinality w (one, other, place)
                join {ofEntity.Key.Table} t on t.{sides[0]} = w.one and t.{sides[1]} = w.other and t.store_id = $1
                """, connection);
            var rows = ofEntity.ToList();
            command.Parameters.Add(new() { Value = storeId });
            command.Parameters.Add(new() { Value = rows.Select(row => Id(row.Values, sides[0])).ToArray() });
            command.Parameters.Add(new() { Value = rows.Select(row => Id(row.Values, sides[1])).ToArray() });
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                var row = rows[(int)reader.GetInt64(0) - 1];
                plan.Rows.Remove(row);
                plan.Created[row.Key] = reader.GetInt64(1);
                if (reader.GetInt16(2) == 2)
                    plan.Returned.Add(new RowRef(row.Entity.Name, reader.GetInt64(1)));
            }
        }
    }

    private static async Task FindProducts(NpgsqlConnection connection, long storeId, PlannedRows plan, CancellationToken cancel)
    {
        var variants = await RowsInHand.Products(connection, storeId, CatalogueEntity.All[CatalogueFields.Variant],
            [.. plan.Rows.Where(row => (string?)row.Values["owner_kind"] == "variant").Select(row => Id(row.Values, "owner_id"))], cancel);
        foreach (var (entity, id, _, values) in plan.Rows.Where(row => row.Entity.Name == CatalogueFields.Variant))
            variants[id] = Id(values, "product_id");
        foreach (var (entity, id, key, values) in plan.Rows.Where(row => !row.Entity.IsOfCollection))
            plan.ProductOf[(entity.Name, id)] = entity.Name == CatalogueFields.Product ? id
                : (string?)values["owner_kind"] switch
                {
                    "variant" => variants.GetValueOrDefault(Id(values, "owner_id")) ?? 0,
                    "product" => Id(values, "owner_id"),
                    _ => Id(values, "product_id"),
                };

        await using var command = new NpgsqlCommand("select id from products where id = any($2) and store_id = $1 and deleted_at is null and removal is null", connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = plan.ProductOf.Values.Distinct().ToArray() });
        var living = plan.Rows.Where(row => row.Entity.Name == CatalogueFields.Product).Select(row => row.Id).ToHashSet();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            living.Add(reader.GetInt64(0));
        plan.Problems.AddRange(plan.Rows.Where(row => !row.Entity.IsOfCollection && !living.Contains(plan.ProductOf[(row.Entity.Name, row.Id)]))
            .Select(row => new EditProblem(row.Entity.Name, row.Key, "created", null, "Its product is no longer here.")));
    }

    private static async Task FindCollections(NpgsqlConnection connection, long storeId, WantedChanges wanted, PlannedRows plan, CancellationToken cancel)
    {
        foreach (var (entity, id, _, values) in plan.Rows.Where(row => row.Entity.CollectionOf != "null::bigint"))
            plan.CollectionOf[(entity.Name, id)] = entity.Name == CatalogueFields.Collection ? id : Id(values, "collection_id");
        if (plan.CollectionOf.Count == 0)
            return;
        await using var command = new NpgsqlCommand("select id from collections where id = any($2) and store_id = $1 and deleted_at is null and (removal is null or id = any($3))", connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = plan.CollectionOf.Values.Distinct().ToArray() });
        // One that is restored is published again where it was.
        command.Parameters.Add(new() { Value = wanted.Fields.Where(edit => edit is { Entity: CatalogueFields.Collection, Field: Removal.Field, New: null }).Select(edit => edit.EntityId).ToArray() });
        var living = plan.Rows.Where(row => row.Entity.Name == CatalogueFields.Collection).Select(row => row.Id).ToHashSet();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            living.Add(reader.GetInt64(0));
        plan.Problems.AddRange(plan.Rows.Where(row => plan.CollectionOf.TryGetValue((row.Entity.Name, row.Id), out var collection) && !living.Contains(collection))
            .Select(row => new EditProblem(row.Entity.Name, row.Key, "created", null, "Its collection is no longer here.")));
    }

    private static async Task CheckLimits(NpgsqlConnection connection, WantedChanges wanted, PlannedRows plan, CancellationToken cancel)
    {
        foreach (var (name, most) in new[] { (CatalogueFields.Variant, ShopifyLimits.MostVariants), (CatalogueFields.Option, ShopifyLimits.MostOptions), (CatalogueFields.Media, ShopifyLimits.MostMedia) })
        {
            var added = plan.Rows.Where(row => row.Entity.Name == name).CountBy(row => plan.ProductOf[(name, row.Id)]).ToDictionary();
            if (added.Count == 0)
                continue;
            var entity = CatalogueEntity.All[name];
            await using var command = new NpgsqlCommand(
                $"select product_id, count(*)::int from {entity.Table} where product_id = any($1) and deleted_at is null and id <> all($2) group by product_id", connection);
            command.Parameters.Add(new() { Value = added.Keys.ToArray() });
            command.Parameters.Add(new() { Value = wanted.Removed.Where(row => row.Entity == name).Select(row => row.EntityId).ToArray() });
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
                added[reader.GetInt64(0)] += reader.GetInt32(1);
            plan.Problems.AddRange(added.Where(product => product.Value > most).Select(product => new EditProblem(CatalogueFields.Product, product.Key, name, product.Value,
                string.Create(CultureInfo.InvariantCulture, $"The product would have {product.Value:N0} {(name == CatalogueFields.Media ? "media" : name + "s")}; Shopify takes at most {most:N0}."))));
        }
    }

    private static string? OwnerKind(NewRow row) => row.Entity == CatalogueFields.Metafield ? (string?)row.Values["owner_kind"] ?? "product" : null;

    private static long Id(JsonObject values, string column) => values[column] is JsonValue value ? (long)JsonValues.Number(value) : 0;
}

/// <summary>Rows ready to be inserted.</summary>
internal sealed class PlannedRows
{
    public List<EditProblem> Problems { get; } = [];

    public List<(CatalogueEntity Entity, long Id, long Key, JsonObject Values)> Rows { get; } = [];

    public Dictionary<long, long> Created { get; } = [];

    /// <summary>Rows that were removed here and that a new row would double.</summary>
    public List<RowRef> Returned { get; } = [];

    public Dictionary<(string Entity, long Id), long> ProductOf { get; } = [];

    public Dictionary<(string Entity, long Id), long> CollectionOf { get; } = [];
}
