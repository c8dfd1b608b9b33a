using System.Text.Json.Nodes;
using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Conflicts;

/// <summary>One conflict with what a person needs to settle it.</summary>
/// <param name="OursBy">Who wrote our value, and when; null when that was not recorded.</param>
/// <param name="Alike">How many other open conflicts are of the same field.</param>
/// <param name="InProduct">Its product's or its collection's open conflicts, this one among them.</param>
public sealed record ConflictDetails(ConflictRow Row, ConflictAuthor? OursBy, long Alike, IReadOnlyList<ConflictRow> InProduct)
{
    /// <summary>The products and collections that its values name, by title: ours by their ids, Shopify's by theirs whole.</summary>
    public IReadOnlyDictionary<string, string> Names { get; init; } = new Dictionary<string, string>();
}

public sealed record ConflictAuthor(string Name, DateTimeOffset At);

/// <summary>Reads one conflict of a store with its three values, their authors, and its neighbours in the product.</summary>
public sealed class ReadConflict(NpgsqlDataSource database)
{
    private const int MostNeighbours = 50;

    public async Task<ConflictDetails?> Read(long storeId, long id, CancellationToken cancel)
    {
        await using var batch = database.CreateBatch();
        Add($"select {ConflictRow.Columns} from {ConflictSql.From} where c.store_id = $1 and c.id = $2");
        Add($"""
            select {ConflictRow.Columns} from {ConflictSql.From}
            where c.store_id = $1 and c.closed_at is null and (c.product_id = (select product_id from conflicts where id = $2)
                or c.id in (select o.id from conflicts this
                    left join collection_sources source on this.entity = 'collection source' and source.id = this.entity_id
                    join conflicts o on o.store_id = $1 and o.closed_at is null and (o.entity = 'collection' and o.entity_id = coalesce(source.collection_id, this.entity_id)
                        or o.entity = 'collection source' and o.entity_id in (select s.id from collection_sources s where s.collection_id = coalesce(source.collection_id, this.entity_id)))
                    where this.id = $2 and this.entity in ('collection', 'collection source')))
            order by c.detected_at desc, c.id desc limit {MostNeighbours}
            """);
        Add("""
            select count(*) from conflicts c join conflicts this on this.id = $2 and this.entity = c.entity and this.field = c.field
            where c.store_id = $1 and c.closed_at is null and c.id <> $2
            """);
        Add("""
            select s.made_by_name, s.made_at
            from conflicts c
            join changes h on h.entity = c.entity and h.entity_id = c.entity_id and h.field = c.field
            join change_sets s on s.id = h.change_set_id and s.kind <> 'remote'
            where c.store_id = $1 and c.id = $2 and h.new is not distinct from c.ours and h.how is distinct from 'kept' and h.change_set_id is distinct from c.change_set_id and s.made_at <= coalesce(c.closed_at, 'infinity')
            order by h.id desc limit 1
            """);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
            return null;
        var row = ConflictRow.Read(reader);
        var neighbours = new List<ConflictRow>();
        await reader.NextResultAsync(cancel);
        while (await reader.ReadAsync(cancel))
            neighbours.Add(ConflictRow.Read(reader));
        await reader.NextResultAsync(cancel);
        await reader.ReadAsync(cancel);
        var alike = reader.GetInt64(0);
        await reader.NextResultAsync(cancel);
        var author = await reader.ReadAsync(cancel) ? new ConflictAuthor(reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1)) : null;
        await reader.DisposeAsync();
        return new ConflictDetails(row, author, alike, neighbours) { Names = await Names(storeId, row, cancel) };

        void Add(string sql) => batch.BatchCommands.Add(new(sql) { Parameters = { new() { Value = storeId }, new() { Value = id } } });
    }

    /// <summary>Orders name products by our ids, what sources hold names products and collections by Shopify's.</summary>
    private async Task<Dictionary<string, string>> Names(long storeId, ConflictRow row, CancellationToken cancel)
    {
        var names = new Dictionary<string, string>();
        if (row is not { Entity: CatalogueFields.Collection, Field: MemberOrder.Field } and not { Entity: CatalogueFields.Source, Field: "definition" })
            return names;
        JsonNode?[] values = [row.Base, row.Ours, row.Shopifys, row.End?.Settled];
        var ours = row.Field == MemberOrder.Field ? values.OfType<JsonArray>().SelectMany(order => order).Select(id => (long)JsonValues.Number(id)).Distinct().ToArray() : [];
        var (products, collections) = (SourceChecks.Referred(values, "Product"), SourceChecks.Referred(values, "Collection"));
        await using var command = database.CreateCommand("""
            select id::text, title from products where store_id = $1 and id = any($2)
            union all select 'gid://shopify/Product/' || shopify_id, title from products where store_id = $1 and shopify_id = any($3)
            union all select 'gid://shopify/Collection/' || shopify_id, title from collections where store_id = $1 and shopify_id = any($4) and deleted_at is null
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = ours });
        command.Parameters.Add(new() { Value = products });
        command.Parameters.Add(new() { Value = collections });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            names[reader.GetString(0)] = reader.GetString(1);
        return names;
    }
}
