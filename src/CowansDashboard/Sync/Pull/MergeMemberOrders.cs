using System.Text.Json.Nodes;
using CowansDashboard.Conflicts;
using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Collections whose products were ordered here: where Shopify's order changed as well, both are compared by the products that
/// stand in both. Who came and who went is no conflict. Behind the merge of the members, in its transaction.
/// </summary>
public static class MergeMemberOrders
{
    /// <param name="connection">Its transaction has merged the members.</param>
    /// <param name="storeId">Whose.</param>
    /// <param name="runId">The run that read them, if it is one.</param>
    /// <param name="shopifyIds">The collections by Shopify's ids; null takes all.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>How many conflicts there are.</returns>
    public static async Task<int> Merge(NpgsqlConnection connection, long storeId, long? runId, long[]? shopifyIds, CancellationToken cancel)
    {
        var merged = await Merged(connection, storeId, shopifyIds, cancel);
        if (merged.Count == 0)
            return 0;
        await using var command = new NpgsqlCommand("""
            update collections t set pending = m.pending::jsonb, member_order = case when m.pending::jsonb ? 'member_order' then t.member_order end, updated_at = now()
            from unnest($1::bigint[], $2::text[]) as m (id, pending)
            where t.id = m.id and t.pending is distinct from m.pending::jsonb
            """, connection);
        command.Parameters.Add(new() { Value = merged.Select(one => one.Id).ToArray() });
        command.Parameters.Add(RecordChanges.Texts(merged.Select(one => one.Row.Pending?.ToJsonString())));
        await command.ExecuteNonQueryAsync(cancel);
        await RecordConflicts.Record(connection, new ConflictSource(storeId, CatalogueFields.Collection, runId), merged, cancel);
        await MergePending.ForgetSent(connection, CatalogueFields.Collection, merged, cancel);
        return merged.Sum(one => one.Row.Conflicts.Count);
    }

    private static async Task<List<MergedEntity>> Merged(NpgsqlConnection connection, long storeId, long[]? shopifyIds, CancellationToken cancel)
    {
        // A collection that Shopify sorts by itself has an order that moves without anybody's doing.
        await using var command = new NpgsqlCommand($"""
            select t.id, to_jsonb(t.member_order)::text, t.pending::text,
                (select coalesce(jsonb_agg(m.product_id order by m.position, m.product_id), '[]') from collection_members m where m.collection_id = t.id and m.mark <> 1)::text,
                (select jsonb_build_object('value', f.value, 'confirming', f.confirming) from sent_fields f
                 where f.entity = 'collection' and f.entity_id = t.id and f.field = '{MemberOrder.Field}')::text,
                exists (select from collection_members m where m.collection_id = t.id and m.mark = 1 and m.product_id = any(t.member_order))
            from collections t
            where t.store_id = $1 and t.pending ? '{MemberOrder.Field}' and t.deleted_at is null and t.member_order is not null
                and coalesce(t.pending ->> 'sort_order', t.sort_order) = 'MANUAL'{(shopifyIds is null ? "" : " and t.shopify_id = any($2)")}
            order by t.id for update
            """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = storeId });
        if (shopifyIds is not null)
            command.Parameters.Add(new() { Value = shopifyIds });
        var merged = new List<MergedEntity>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            JsonNode? Json(int column) => reader.IsDBNull(column) ? null : JsonNode.Parse(reader.GetString(column));
            var (ours, pending, shopifys, sent) = (Json(1), (JsonObject)Json(2)!, Json(3), Json(4) as JsonObject);
            // Who is still to be put in has a place in the order too: it waits for them.
            if (reader.GetBoolean(5) && MemberOrder.Same(shopifys, ours))
                continue;
            // Moves are carried out one after the other: what lies between two of them is nobody's order.
            if (sent is not null && !MemberOrder.Same(shopifys, sent["value"]) && !MemberOrder.Same(shopifys, ours))
                continue;
            merged.Add(new MergedEntity(reader.GetInt64(0), 0, RowMerge.Merge(
                new JsonObject { [MemberOrder.Field] = ours }, new JsonObject { [MemberOrder.Field] = shopifys }, pending, [MemberOrder.Field], [],
                sent: sent is null ? null : new JsonObject { [MemberOrder.Field] = sent })));
        }
        return merged;
    }
}
