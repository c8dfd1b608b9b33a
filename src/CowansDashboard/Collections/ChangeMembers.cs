using System.Globalization;
using System.Text.Json.Nodes;
using CowansDashboard.Collections.Conditions;
using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Collections;

/// <summary>
/// Puts products into a collection by hand, or takes out those that were put in so. Of a collection that Shopify does not know yet
/// its source names them.
/// </summary>
public sealed class ChangeMembers(NpgsqlDataSource database, SaveChangeSet saving, ChangeCollection changing)
{
    /// <returns>Null when the store has no such collection.</returns>
    public Task<SaveOutcome?> Add(ChangeSetHead head, long collectionId, IReadOnlyList<long> products, CancellationToken cancel) => Change(head, collectionId, products, [], cancel);

    /// <summary>The same the other way round.</summary>
    public Task<SaveOutcome?> Remove(ChangeSetHead head, long collectionId, IReadOnlyList<long> products, CancellationToken cancel) => Change(head, collectionId, [], products, cancel);

    private async Task<SaveOutcome?> Change(ChangeSetHead head, long collectionId, IReadOnlyList<long> coming, IReadOnlyList<long> going, CancellationToken cancel)
    {
        if (await State(head.StoreId, collectionId, going, cancel) is not { } state)
            return null;
        var picking = state.Sources.FirstOrDefault(source => source.Type == SourceChecks.ByConditions);
        if (state.Sources.Count > 0 && picking is null)
            return new SaveOutcome.Refused([new(CatalogueFields.Collection, collectionId, "products", null, "Its products come from other collections; no product is put into it by hand.")]);
        if (!state.IsHereOnly)
        {
            var rows = coming.Distinct().Select((product, i) => new NewRow(CatalogueFields.Member, -1 - i, new JsonObject { ["collection_id"] = collectionId, ["product_id"] = product, ["position"] = state.Last + 1 + i }));
            return await saving.Save(head, new WantedChanges { Added = [.. rows], Removed = [.. state.Rows.Select(id => new RowRef(CatalogueFields.Member, id))] }, StaleMeans.Refuse, cancel);
        }
        await using var connection = await database.OpenConnectionAsync(cancel);
        var (_, picked, problem) = await new WantedSource.Picked(coming).Written(connection, head.StoreId, cancel);
        var (_, left, _) = await new WantedSource.Picked(going).Written(connection, head.StoreId, cancel);
        if (problem is not null)
            return new SaveOutcome.Refused([new(CatalogueFields.Collection, collectionId, "products", null, problem)]);
        if (picking is null)
            return await changing.Change(head, collectionId, new CollectionChange([]) { Sources = [new(null, "Products", new WantedSource.Defined(picked), false)] }, cancel);
        var definition = (JsonObject)picking.Definition.DeepClone();
        var (into, outOf) = (SourceChecks.Referred([picked], "Product"), SourceChecks.Referred([left], "Product"));
        var side = definition["inclusion"] as JsonObject ?? new JsonObject { ["matchType"] = "ANY", ["conditions"] = new JsonArray() };
        var kept = (side["selections"] as JsonArray ?? []).OfType<JsonObject>().Where(one => !SourceChecks.Referred([one["product"]], "Product").Any(id => outOf.Contains(id) || into.Contains(id)));
        side["selections"] = new JsonArray([.. kept.Select(one => (JsonNode)one.DeepClone()), .. into.Select(Selected)]);
        definition["inclusion"] = side.Parent is null ? side : side.DeepClone();
        return await changing.Change(head, collectionId, new CollectionChange([]) { Sources = [new(picking.Id, null, new WantedSource.Defined(definition), false)] }, cancel);
    }

    private static JsonNode Selected(long shopifyId) =>
        new JsonObject { ["product"] = new JsonObject { ["id"] = string.Create(CultureInfo.InvariantCulture, $"gid://shopify/Product/{shopifyId}") }, ["variantIds"] = null };

    private async Task<InHand?> State(long storeId, long collectionId, IReadOnlyList<long> going, CancellationToken cancel)
    {
        await using var batch = database.CreateBatch();
        Add("""
            select c.mark = 1, coalesce((select max(m.position) from collection_members m where m.collection_id = c.id), 0),
                array(select m.id from collection_members m where m.collection_id = c.id and m.product_id = any($3) and m.mark <> 2 order by m.id)
            from collections c where c.store_id = $1 and c.id = $2 and c.deleted_at is null and $3 is not null
            """);
        Add("""
            select s.id, s.source_type, s.definition::text from collection_sources s
            where s.store_id = $1 and s.collection_id = $2 and s.deleted_at is null and $3 is not null order by s.position, s.id
            """);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
            return null;
        var (isHereOnly, last, rows) = (reader.GetBoolean(0), reader.GetInt32(1), reader.GetFieldValue<long[]>(2));
        await reader.NextResultAsync(cancel);
        var sources = new List<Source>();
        while (await reader.ReadAsync(cancel))
            sources.Add(new(reader.GetInt64(0), reader.GetString(1), (JsonObject)JsonNode.Parse(reader.GetString(2))!));
        return new(isHereOnly, last, rows, sources);

        void Add(string sql) => batch.BatchCommands.Add(new(sql) { Parameters = { new() { Value = storeId }, new() { Value = collectionId }, new() { Value = going.ToArray() } } });
    }

    private sealed record InHand(bool IsHereOnly, int Last, long[] Rows, IReadOnlyList<Source> Sources);

    private sealed record Source(long Id, string Type, JsonObject Definition);
}
