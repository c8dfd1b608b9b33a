using System.Text.Json;
using CowansDashboard.Catalog;
using CowansDashboard.Search;
using Npgsql;

namespace CowansDashboard.Collections;

/// <summary>Reads one collection with its sources; null when the store has none with this id.</summary>
public sealed class ReadCollection(NpgsqlDataSource database)
{
    public async Task<CollectionDetails?> Read(long storeId, long id, CancellationToken cancel)
    {
        await using var batch = database.CreateBatch();
        Add(batch, $"""
            select c.id, c.shopify_id, c.title, c.handle, c.image_url, {CollectionSql.Kinds}, {CollectionSql.Products}, c.sort_order,
                {CollectionSql.Places}, {CollectionSql.Sync}, c.version, {CollectionSql.Changed},
                c.description_html, c.template_suffix, c.seo_title, c.seo_description, c.image_alt, c.remote_updated_at, c.deleted_at,
                c.redirect_new_handle, c.removal, c.mark, c.pending::text, c.member_order
            from collections c where c.store_id = $1 and c.id = $2
            """, storeId, id);
        Add(batch, """
            select s.id, s.gid, s.source_type, s.title, s.definition::text, s.mark, s.pending::text from collection_sources s
            where s.store_id = $1 and s.collection_id = $2 and s.deleted_at is null and s.mark <> 2 order by s.position, s.id
            """, storeId, id);
        Add(batch, """
            select p.id, p.title, o.id, o.id is not null and o.mark <> 2, o.id is not null and o.mark <> 0
            from publications p left join collection_publications o on o.publication_id = p.id and o.collection_id = $2
            where p.store_id = $1 and p.deleted_at is null order by p.title, p.id
            """, storeId, id);
        Add(batch, """
            select f.id, f.entity, f.entity_id, f.field, f.base::text, f.ours::text, f.shopifys::text, f.detected_at
            from conflicts f where f.store_id = $1 and f.closed_at is null
                and (f.entity = 'collection' and f.entity_id = $2
                    or f.entity = 'collection source' and f.entity_id in (select s.id from collection_sources s where s.collection_id = $2))
            order by f.entity, f.entity_id, f.field
            """, storeId, id);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
            return null;
        var row = new CollectionRow(
            reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetInt64(1), reader.GetString(2), reader.GetString(3), Text(4),
            (SourceKinds)reader.GetInt32(5), reader.GetInt64(6), reader.GetString(7), reader.GetFieldValue<string[]>(8), (SyncState)reader.GetInt32(9),
            reader.GetInt32(10), reader.GetFieldValue<DateTimeOffset>(11));
        var details = new CollectionDetails
        {
            Row = row,
            DescriptionHtml = reader.GetString(12),
            TemplateSuffix = Text(13),
            SeoTitle = Text(14),
            SeoDescription = Text(15),
            ImageAlt = Text(16),
            RemoteUpdatedAt = Time(17),
            DeletedAt = Time(18),
            RedirectNewHandle = reader.GetBoolean(19),
            Removal = Text(20),
            Mark = reader.GetInt16(21),
            Pending = ProductRows.Pending(Text(22)),
            MemberOrder = reader.IsDBNull(23) ? null : reader.GetFieldValue<long[]>(23),
        };
        await reader.NextResultAsync(cancel);
        var sources = new List<StoredSource>();
        while (await reader.ReadAsync(cancel))
            sources.Add(new(reader.GetInt64(0), Text(1), reader.GetString(2), reader.GetString(3), JsonSerializer.Deserialize<JsonElement>(reader.GetString(4)))
            {
                Mark = reader.GetInt16(5),
                Pending = ProductRows.Pending(Text(6)),
            });
        await reader.NextResultAsync(cancel);
        var places = new List<CollectionPlace>();
        while (await reader.ReadAsync(cancel))
            places.Add(new(reader.GetInt64(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetInt64(2), reader.GetBoolean(3), reader.GetBoolean(4)));
        await reader.NextResultAsync(cancel);
        var conflicts = new List<ProductConflict>();
        while (await reader.ReadAsync(cancel))
            conflicts.Add(ProductRows.Conflict(reader));
        await reader.DisposeAsync();
        return details with { Row = (await ReadCollectionRemovals.Of(database, [row], cancel))[0], Sources = sources, Places = places, Conflicts = conflicts };

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

        DateTimeOffset? Time(int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
    }

    private static void Add(NpgsqlBatch batch, string sql, long storeId, long id) =>
        batch.BatchCommands.Add(new(sql) { Parameters = { new() { Value = storeId }, new() { Value = id } } });
}
