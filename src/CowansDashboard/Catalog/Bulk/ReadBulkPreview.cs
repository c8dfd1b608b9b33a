using System.Text.Json.Nodes;
using Npgsql;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>Reads a prepared bulk edit, and its rows page by page.</summary>
public sealed class ReadBulkPreview(NpgsqlDataSource database)
{
    public async Task<BulkPreview?> Find(long storeId, long previewId, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await Find(connection, storeId, previewId, cancel);
    }

    internal static async Task<BulkPreview?> Find(NpgsqlConnection connection, long storeId, long previewId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($$"""
            select p.id, p.store_id, p.title, p.status, p.made_by_id, p.made_by_name, p.run_id, p.change_set_id, p.selected, p.unchanged, i.*,
                p.revision, p.canary, p.stop_percent, p.approval_asked_at, p.approved_by_name, p.made_at, p.action ->> 'action' = 'delete',
                case when p.status = 'scheduled' then (select max(s.id) from schedules s where s.preview_id = p.id) end, p.action ->> 'action' = 'cells', r.no_reduction,
                p.status = 'scheduled' and exists (select from schedules s where s.preview_id = p.id and s.send),
                p.action ->> 'action' = 'own-category'
            from bulk_previews p, lateral (
                select count(distinct product_id) filter (where takes and product_id > 0), count(distinct entity_id) filter (where takes and entity in ('variant', 'inventory level')), count(*) filter (where takes),
                    count(*) filter (where outcome = 'refused'), count(*) filter (where excluded), count(*) filter (where outcome = 'skipped'), count(*) filter (where outcome = 'done'),
                    count(*) filter (where takes and field = 'price' and new = '0' and seen <> '0'),
                    count(*) filter (where takes and field = 'available' and new <= '0' and seen > '0'),
                    round(max(abs((new #>> '{}')::numeric / (seen #>> '{}')::numeric - 1) * 100) filter (where takes and field in ('price', 'compare_at_price') and seen <> '0'), 6),
                    count(*) filter (where takes and field in ('price', 'compare_at_price') and seen = '0' and new <> '0'),
                    count(distinct collection_id) filter (where takes and collection_id is not null)
                from (select *, outcome in ('waiting', 'done') and not excluded as takes from bulk_items where preview_id = p.id) items) i,
                lateral ({{NoReduction}}) r
            where p.id = $1 and p.store_id = $2
            """, connection);
        command.Parameters.Add(new() { Value = previewId });
        command.Parameters.Add(new() { Value = storeId });
        var limits = await ReadGuardLimits.Read(connection, storeId, cancel);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
            return null;
        var reach = new EditReach(reader.GetInt64(10), reader.GetInt64(17), reader.GetInt64(18), reader.Maybe<decimal>(19) ?? 0, reader.GetInt64(20)) { Collections = reader.GetInt64(21) };
        return new BulkPreview(reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), Enum.Parse<BulkStatus>(reader.GetString(3), ignoreCase: true))
        {
            MadeById = reader.Text(4),
            MadeBy = reader.GetString(5),
            RunId = reader.Maybe<long>(6),
            ChangeSetId = reader.Maybe<long>(7),
            Selected = reader.GetInt32(8),
            Unchanged = reader.GetInt32(9),
            Reach = reach,
            Variants = reader.GetInt64(11),
            Changing = reader.GetInt64(12),
            Refused = reader.GetInt64(13),
            Excluded = reader.GetInt64(14),
            Skipped = reader.GetInt64(15),
            Done = reader.GetInt64(16),
            Revision = reader.GetInt32(22),
            Canary = reader.Maybe<int>(23),
            StopPercent = reader.GetDecimal(24),
            ApprovalAskedAt = reader.Maybe<DateTimeOffset>(25),
            ApprovedBy = reader.Text(26),
            MadeAt = reader.GetFieldValue<DateTimeOffset>(27),
            Deletes = reader.GetBoolean(28),
            ScheduleId = reader.Maybe<long>(29),
            IsFromSheet = reader.GetBoolean(30),
            IsOfCategories = reader.GetBoolean(33),
            WithoutReduction = reader.GetInt64(31),
            NeedsApproval = limits.Exceeded(reach, sends: reader.GetBoolean(32)),
        };
    }

    // Variants whose compare-at price would no longer be above their price, or come to stand so; before it is applied.
    private const string NoReduction = """
        select count(*) as no_reduction
        from (
            select entity_id, bool_or(field = 'compare_at_price') as compares,
                max((new #>> '{}')::numeric) filter (where field = 'price') as price, max((seen #>> '{}')::numeric) filter (where field = 'price') as seen_price,
                max((new #>> '{}')::numeric) filter (where field = 'compare_at_price') as compare, max((seen #>> '{}')::numeric) filter (where field = 'compare_at_price') as seen_compare
            from bulk_items
            where preview_id = p.id and p.status in ('ready', 'scheduled') and entity = 'variant' and field in ('price', 'compare_at_price') and outcome = 'waiting' and not excluded
            group by entity_id) e
        join variants v on v.id = e.entity_id
        where case when e.compares then e.compare else v.compare_at_price end between 0.0001 and coalesce(e.price, v.price)
            and (case when e.compares then e.seen_compare else v.compare_at_price end between 0.0001 and coalesce(e.seen_price, v.price)) is not true
        """;

    public async Task<bool> Exists(long storeId, long previewId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select exists (select from bulk_previews where id = $1 and store_id = $2)");
        command.Parameters.Add(new() { Value = previewId });
        command.Parameters.Add(new() { Value = storeId });
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    public Task<IReadOnlyList<BulkRow>> Rows(long storeId, long previewId, BulkRows which, long after, int take, CancellationToken cancel) =>
        Rows(storeId, previewId, which, "", after, take, cancel);

    /// <param name="storeId">Whose.</param>
    /// <param name="previewId">Which.</param>
    /// <param name="which">Which of its rows.</param>
    /// <param name="containing">Only rows whose product, variant or SKU contains it; empty for all.</param>
    /// <param name="after">Rows behind this one; 0 from the first.</param>
    /// <param name="take">How many.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<IReadOnlyList<BulkRow>> Rows(long storeId, long previewId, BulkRows which, string containing, long after, int take, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"""
            select i.id, i.product_id, coalesce(p.title, c.title, ''), case when v.title = 'Default Title' then v.sku else coalesce(v.title, v.sku) end, i.entity, i.field,
                i.seen::text, i.new::text, i.excluded, i.outcome, i.reason, i.collection_id
            from bulk_items i
            join bulk_previews b on b.id = i.preview_id and b.store_id = $2
            left join products p on p.id = i.product_id
            left join collections c on c.id = i.collection_id
            left join inventory_levels l on i.entity = 'inventory level' and l.id = i.entity_id
            left join metafields m on i.entity = 'metafield' and i.field <> 'created' and m.id = i.entity_id
            left join variants v on v.id = case i.entity
                when 'variant' then i.entity_id
                when 'inventory level' then l.variant_id
                when 'metafield' then case when coalesce(m.owner_kind, i.new ->> 'owner_kind') = 'variant' then coalesce(m.owner_id, i.entity_id) end
            end
            where i.preview_id = $1 and i.id > $3 and i.outcome {which switch
            {
                BulkRows.Changing => "in ('waiting', 'done')",
                BulkRows.Refused => "= 'refused'",
                _ => "= 'skipped'",
            }}
                and ($5 = '' or p.title ilike $5 or c.title ilike $5 or v.title ilike $5 or v.sku ilike $5)
            order by i.id limit $4
            """);
        command.Parameters.Add(new() { Value = previewId });
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = take });
        command.Parameters.Add(new() { Value = string.IsNullOrWhiteSpace(containing) ? "" : $"%{containing.Trim().Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%" });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<BulkRow>();
        while (await reader.ReadAsync(cancel))
            rows.Add(new BulkRow(reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.Text(3), reader.GetString(4), reader.GetString(5),
                Json(reader, 6), Json(reader, 7), reader.GetBoolean(8), reader.GetString(9), reader.Text(10)) { CollectionId = reader.Maybe<long>(11) });
        return rows;
    }

    private static JsonNode? Json(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : JsonNode.Parse(row.GetString(column));
}
