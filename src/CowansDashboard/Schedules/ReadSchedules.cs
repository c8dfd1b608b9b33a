using System.Text.Json.Nodes;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.History;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Schedules;

/// <summary>One scheduled value with what names it to people.</summary>
public sealed record ScheduledValue(long Id, long ProductId, string? Product, string? Variant, string Field, string Element, JsonNode? Seen, JsonNode? Value, string State, string? Said)
{
    public required string Entity { get; init; }

    /// <summary>The collection that it is about; without a product then, 0, unless one is put in or taken out.</summary>
    public long? CollectionId { get; init; }

    public string? Collection { get; init; }

    /// <summary>The place where the collection is published or taken off.</summary>
    public string? Place { get; init; }

    public string Label => CatalogueFields.LabelOf(Entity, Field);
}

/// <summary>Reads scheduled changes of a shop, what they hold, and where they overlap.</summary>
public sealed class ReadSchedules(NpgsqlDataSource database)
{
    private const string Select = """
        select s.id, s.store_id, s.title, s.state, s.preview_id, s.starts_at, s.ends_at, s.starts_local, s.ends_local, s.time_zone, s.send, s.made_by_id, s.made_by_name, s.made_at,
            s.started_at, s.ended_at, s.start_change_set, s.end_change_set, s.start_plan, s.end_plan, s.start_said, s.end_said, p.approved_by_name,
            l.products, l.fields, l.waiting, l.active, l.ended, l.lifted, l.skipped,
            coalesce(m.percent, 0), m.from_zero, l.collections
        from schedules s
        left join bulk_previews p on p.id = s.preview_id
        cross join lateral (
            select round(max(abs((i.new #>> '{}')::numeric / (i.seen #>> '{}')::numeric - 1) * 100) filter (where i.seen <> '0'), 6) as percent, count(*) filter (where i.seen = '0' and i.new <> '0') as from_zero
            from bulk_items i
            where s.state = 'planned' and i.preview_id = s.preview_id and i.field in ('price', 'compare_at_price') and i.outcome = 'waiting' and not i.excluded) m
        cross join lateral (
            select count(distinct product_id) filter (where product_id > 0) as products, count(distinct collection_id) as collections, count(distinct (entity, entity_id, field)) as fields, count(*) filter (where state = 'waiting') as waiting,
                count(*) filter (where state = 'active') as active, count(*) filter (where state = 'ended') as ended, count(*) filter (where state = 'lifted') as lifted,
                count(*) filter (where state = 'skipped') as skipped
            from schedule_layers where schedule_id = s.id) l
        """;

    public async Task<Schedule?> Find(long storeId, long id, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await Find(connection, storeId, id, cancel);
    }

    internal static async Task<Schedule?> Find(NpgsqlConnection connection, long storeId, long id, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"{Select} where s.store_id = $1 and s.id = $2", connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = id });
        return (await Rows(connection, storeId, command, cancel)).FirstOrDefault();
    }

    /// <summary>What runs, waits or was within a span of time, the earliest first.</summary>
    public async Task<IReadOnlyList<Schedule>> Between(long storeId, DateTimeOffset from, DateTimeOffset until, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand($"""
            {Select} where s.store_id = $1 and s.state <> 'cancelled' and s.starts_at < $3 and (coalesce(s.ends_at, s.starts_at) >= $2 or s.ends_at is null and s.state = 'planned')
            order by s.starts_at, s.id limit 200
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = until });
        return await Rows(connection, storeId, command, cancel);
    }

    /// <summary>What is still to come or runs, the next first, and then what is over, the last first.</summary>
    public async Task<IReadOnlyList<Schedule>> List(long storeId, int most, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand($"""
            {Select} where s.store_id = $1
            order by s.state not in ('planned', 'starting', 'active', 'ending'), case when s.state in ('planned', 'starting', 'active', 'ending') then extract(epoch from s.starts_at) else -s.id end
            limit $2
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = most });
        return await Rows(connection, storeId, command, cancel);
    }

    /// <summary>Whose time came without their beginning: held back until somebody approves them, or missed within the last day.</summary>
    public async Task<IReadOnlyList<Schedule>> NotBegun(long storeId, DateTimeOffset now, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand($"""
            {Select} where s.store_id = $1 and (s.state = 'planned' and s.starts_at <= $2 or s.state = 'missed' and s.ended_at > $2 - interval '1 day') order by s.starts_at limit 20
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = now });
        return [.. (await Rows(connection, storeId, command, cancel)).Where(one => one.State is ScheduleState.Missed || one.IsHeldBack(now))];
    }

    /// <summary>Pairs that hold the same fields at the same time, among those that are not over.</summary>
    public async Task<IReadOnlyList<ScheduleOverlap>> Overlaps(long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select a.id, b.id, greatest(a.starts_at, b.starts_at), least(a.ends_at, b.ends_at), n.products, n.collections
            from schedules a
            join schedules b on b.store_id = a.store_id and b.id <> a.id and (b.starts_at, b.id) > (a.starts_at, a.id)
                and b.starts_at < coalesce(a.ends_at, 'infinity') and b.state in ('planned', 'starting', 'active', 'ending')
            cross join lateral (
                select count(distinct x.product_id) filter (where x.product_id > 0) as products, count(distinct x.collection_id) as collections from schedule_layers x
                join schedule_layers y on y.schedule_id = b.id and y.entity = x.entity and y.entity_id = x.entity_id and y.field = x.field and y.element = x.element and y.state in ('waiting', 'active')
                where x.schedule_id = a.id and x.state in ('waiting', 'active')) n
            where a.store_id = $1 and a.state in ('planned', 'starting', 'active', 'ending') and n.products + n.collections > 0
            order by 3, 1, 2 limit 50
            """);
        command.Parameters.Add(new() { Value = storeId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var overlaps = new List<ScheduleOverlap>();
        while (await reader.ReadAsync(cancel))
            overlaps.Add(new(reader.GetInt64(0), reader.GetInt64(1), reader.GetFieldValue<DateTimeOffset>(2), reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3), reader.GetInt64(4)) { Collections = reader.GetInt64(5) });
        return overlaps;
    }

    /// <param name="storeId">Whose.</param>
    /// <param name="id">Which schedule.</param>
    /// <param name="states">Only values that stand so; null for all.</param>
    /// <param name="after">Values behind this one; 0 from the first.</param>
    /// <param name="take">How many.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<IReadOnlyList<ScheduledValue>> Values(long storeId, long id, IReadOnlyCollection<string>? states, long after, int take, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select l.id, l.product_id, p.title, case when v.title = 'Default Title' then v.sku else coalesce(v.title, v.sku) end, l.field, l.element, l.seen::text, l.value::text, l.state, l.said,
                l.entity, l.collection_id, c.title, case when l.field = 'publications' then (select b.title from publications b where b.id = l.element::bigint) end
            from schedule_layers l left join products p on p.id = l.product_id
            left join collections c on c.id = l.collection_id
            left join metafields m on l.entity = 'metafield' and m.id = l.entity_id
            left join variants v on v.id = case when l.entity = 'variant' then l.entity_id when m.owner_kind = 'variant' then m.owner_id end
            where l.schedule_id = $2 and l.store_id = $1 and l.id > $3 and ($4::text[] is null or l.state = any($4)) order by l.id limit $5
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = (object?)states?.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = take });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var values = new List<ScheduledValue>();
        while (await reader.ReadAsync(cancel))
            values.Add(new(reader.GetInt64(0), reader.GetInt64(1), Text(reader, 2), Text(reader, 3), reader.GetString(4), reader.GetString(5),
                Text(reader, 6) is { } seen ? JsonNode.Parse(seen) : null, Text(reader, 7) is { } value ? JsonNode.Parse(value) : null, reader.GetString(8), Text(reader, 9))
            {
                Entity = reader.GetString(10),
                CollectionId = Maybe<long>(reader, 11),
                Collection = Text(reader, 12),
                Place = Text(reader, 13),
            });
        return values;
    }

    private static async Task<List<Schedule>> Rows(NpgsqlConnection connection, long storeId, NpgsqlCommand command, CancellationToken cancel)
    {
        var limits = await ReadGuardLimits.Read(connection, storeId, cancel);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var schedules = new List<Schedule>();
        while (await reader.ReadAsync(cancel))
            schedules.Add(Of(reader, limits));
        return schedules;
    }

    private static Schedule Of(NpgsqlDataReader row, GuardLimits limits) => new(row.GetInt64(0), row.GetInt64(1), row.GetString(2), Enum.Parse<ScheduleState>(row.GetString(3), ignoreCase: true))
    {
        PreviewId = row.GetInt64(4),
        StartsAt = row.GetFieldValue<DateTimeOffset>(5),
        EndsAt = Maybe<DateTimeOffset>(row, 6),
        StartsLocal = row.GetDateTime(7),
        EndsLocal = Maybe<DateTime>(row, 8),
        TimeZone = row.GetString(9),
        Sends = row.GetBoolean(10),
        MadeById = Text(row, 11),
        MadeBy = row.GetString(12),
        MadeAt = row.GetFieldValue<DateTimeOffset>(13),
        StartedAt = Maybe<DateTimeOffset>(row, 14),
        EndedAt = Maybe<DateTimeOffset>(row, 15),
        StartChangeSet = Maybe<long>(row, 16),
        EndChangeSet = Maybe<long>(row, 17),
        StartPlan = Maybe<long>(row, 18),
        EndPlan = Maybe<long>(row, 19),
        StartSaid = Text(row, 20),
        EndSaid = Text(row, 21),
        ApprovedBy = Text(row, 22),
        Products = row.GetInt64(23),
        Collections = row.GetInt64(32),
        Fields = row.GetInt64(24),
        Waiting = row.GetInt64(25),
        Active = row.GetInt64(26),
        Ended = row.GetInt64(27),
        Lifted = row.GetInt64(28),
        Skipped = row.GetInt64(29),
        NeedsApproval = limits.Exceeded(new EditReach(row.GetInt64(23), 0, 0, row.GetDecimal(30), row.GetInt64(31)) { Collections = row.GetInt64(32) }, sends: row.GetBoolean(10)),
    };

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static T? Maybe<T>(NpgsqlDataReader row, int column) where T : struct => row.IsDBNull(column) ? null : row.GetFieldValue<T>(column);
}
