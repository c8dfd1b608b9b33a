using System.Globalization;
using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Sync.Push;

/// <summary>A saved plan as it is shown.</summary>
public sealed record PushPlanRow(long Id, long StoreId, string Title, string Hash, string Path, string Reason)
{
    public int Products { get; init; }
    public int Collections { get; init; }
    public int Entities { get; init; }
    public int Fields { get; init; }
    public int Refused { get; init; }
    public int Operations { get; init; }

    /// <summary>Calls that only read, before and after something is sent.</summary>
    public int Looks { get; init; }

    public double Points { get; init; }
    public double Seconds { get; init; }
    public double? OtherSeconds { get; init; }
    public bool NeedsApproval { get; init; }
    public string MadeBy { get; init; } = "";
    public DateTime MadeAt { get; init; }
    public string? ApprovedBy { get; init; }
    public DateTime? ApprovedAt { get; init; }

    /// <summary>Approved, and not altered since.</summary>
    public bool IsApproved { get; init; }

    public string? MadeById { get; init; }

    public bool WaitsForApproval => NeedsApproval && !IsApproved && RunId is null;

    public long? RunId { get; init; }

    /// <summary>Items that were tried and did not arrive: they can be sent again as they were planned.</summary>
    public int Failed { get; init; }

    /// <summary>How many items stand where.</summary>
    public IReadOnlyDictionary<PushStatus, int> Counts { get; init; } = new Dictionary<PushStatus, int>();
}

/// <summary>One item of a plan with what names it to people.</summary>
public sealed record PushItemRow(
    long Id, long ProductId, string Product, string? Thumbnail, string Entity, long EntityId, string Name, PushKind Kind, JsonObject Fields, bool Excluded, PushStatus Status, string? Outcome)
{
    /// <summary>Whose row it is, where it belongs to no product.</summary>
    public long? CollectionId { get; init; }

    /// <summary>What it means beyond its fields: that a product goes, or comes back.</summary>
    public string? Meaning { get; init; }
}

/// <summary>A place among the items of a plan: behind one, or before it.</summary>
public sealed record PushPlace(long ProductId, long ItemId, bool IsBefore)
{
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{ProductId}_{ItemId}");

    public static PushPlace? Read(string? text, bool isBefore) =>
        text?.Split('_') is [var product, var item] && long.TryParse(product, NumberStyles.None, CultureInfo.InvariantCulture, out var productId)
            && long.TryParse(item, NumberStyles.None, CultureInfo.InvariantCulture, out var itemId)
            ? new(productId, itemId, isBefore) : null;
}

/// <summary>Reads saved plans and their items.</summary>
public sealed class ReadPushPlan(NpgsqlDataSource database)
{
    public Task<PushPlanRow?> Find(long storeId, long planId, CancellationToken cancel) => Find(database, storeId, planId, cancel);

    /// <summary>The newest plans of a store.</summary>
    public async Task<IReadOnlyList<PushPlanRow>> List(long storeId, int most, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"{Columns} where p.store_id = $1 order by p.id desc limit $2");
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = most });
        return await Rows(command, cancel);
    }

    /// <summary>Plans that wait for a second person, the newest first; one that nobody looked at for a month waits no longer.</summary>
    public async Task<IReadOnlyList<PushPlanRow>> Awaiting(long storeId, int most, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"{Columns} {Awaited}");
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = most });
        return await Rows(command, cancel);
    }

    /// <summary>Items in the order of their products, beside a place; any page costs the same.</summary>
    /// <param name="planId">Whose.</param>
    /// <param name="only">Only items that stand so; null for all.</param>
    /// <param name="place">Where the page before ended, or the page after begins; null for the first page.</param>
    /// <param name="take">How many to answer.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<IReadOnlyList<PushItemRow>> Items(long planId, IReadOnlyCollection<PushStatus>? only, PushPlace? place, int take, CancellationToken cancel)
    {
        var (beside, order) = place is { IsBefore: true } ? ("<", "desc") : (">", "asc");
        await using var command = database.CreateCommand($"""
            select i.id, i.product_id, coalesce(p.title, g.title, ''), s.thumbnail_url, i.entity, i.entity_id,
                coalesce(case i.entity
                    when 'variant' then (select coalesce(nullif(array_to_string(v.option_values, ' / '), ''), v.title) || coalesce(' · ' || nullif(v.sku, ''), '') from variants v where v.id = i.entity_id)
                    when 'metafield' then (select f.namespace || '.' || f.key from metafields f where f.id = i.entity_id)
                    when 'option' then (select o.name from product_options o where o.id = i.entity_id)
                    when 'inventory level' then (select l.name from inventory_levels n join locations l on l.id = n.location_id where n.id = i.entity_id)
                    when 'collection member' then (select c.title from collection_members m join collections c on c.id = m.collection_id where m.id = i.entity_id)
                    when 'product publication' then (select b.title from product_publications e join publications b on b.id = e.publication_id where e.id = i.entity_id)
                    when 'collection source' then (select q.title from collection_sources q where q.id = i.entity_id)
                    when 'collection publication' then (select b.title from collection_publications e join publications b on b.id = e.publication_id where e.id = i.entity_id)
                end, ''), i.kind, i.fields::text, i.excluded, i.status, i.outcome, i.meaning, i.collection_id
            from push_items i left join products p on p.id = i.product_id left join collections g on g.id = i.collection_id left join product_summaries s on s.product_id = i.product_id
            where i.plan_id = $1 and ($2::text[] is null or i.status = any($2)) and ($3::bigint is null or (i.product_id, i.id) {beside} ($3, $4))
            order by i.product_id {order}, i.id {order} limit $5
            """);
        command.Parameters.Add(new() { Value = planId });
        command.Parameters.Add(new() { Value = (object?)only?.Select(PushItems.Word).ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)place?.ProductId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = (object?)place?.ItemId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = take });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var items = new List<PushItemRow>();
        while (await reader.ReadAsync(cancel))
            items.Add(new PushItemRow(reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3), reader.GetString(4),
                reader.GetInt64(5), reader.GetString(6), PushItems.Kind(reader.GetString(7)), (JsonObject)JsonNode.Parse(reader.GetString(8))!, reader.GetBoolean(9),
                PushItems.Status(reader.GetString(10)), reader.IsDBNull(11) ? null : reader.GetString(11))
            {
                Meaning = PushMeaning.Words(reader.IsDBNull(12) ? null : reader.GetString(12)),
                CollectionId = reader.IsDBNull(13) ? null : reader.GetInt64(13),
            });
        if (place is { IsBefore: true })
            items.Reverse();
        return items;
    }

    internal static async Task<PushPlanRow?> Find(NpgsqlDataSource database, long storeId, long planId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"{Columns} where p.store_id = $1 and p.id = $2");
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = planId });
        return (await Rows(command, cancel)) is [var plan, ..] ? plan : null;
    }

    internal const string Awaited = """
        where p.store_id = $1 and p.run_id is null and p.needs_approval and p.approved_hash is distinct from p.hash and p.made_at > now() - interval '30 days'
        order by p.id desc limit $2
        """;

    private const string Columns = """
        select p.id, p.store_id, p.title, encode(p.hash, 'hex'), p.path, p.reason, p.products, p.entities, p.fields, p.refused, p.operations, p.points::float8,
            p.seconds, p.other_seconds, p.needs_approval, p.made_by_name, p.made_at, p.approved_by_name, p.approved_at, coalesce(p.approved_hash = p.hash, false), p.run_id,
            (select jsonb_object_agg(c.status, c.n) from (select status, count(*) as n from push_items where plan_id = p.id and not excluded group by status) c)::text,
            (select count(*)::int from push_items where plan_id = p.id and not excluded and (status = 'failed' or status = 'refused' and attempts > 0)), p.made_by_id, ceil(p.looks)::int, p.collections
        from push_plans p
        """;

    // Plans that an earlier version made after a push of no time have no number here.
    private static double Finite(double seconds) => double.IsFinite(seconds) ? seconds : 0;

    private static async Task<List<PushPlanRow>> Rows(NpgsqlCommand command, CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var plans = new List<PushPlanRow>();
        while (await reader.ReadAsync(cancel))
            plans.Add(new PushPlanRow(reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5))
            {
                Products = reader.GetInt32(6),
                Entities = reader.GetInt32(7),
                Fields = reader.GetInt32(8),
                Refused = reader.GetInt32(9),
                Operations = reader.GetInt32(10),
                Points = reader.GetDouble(11),
                Seconds = Finite(reader.GetDouble(12)),
                OtherSeconds = reader.IsDBNull(13) ? null : Finite(reader.GetDouble(13)),
                NeedsApproval = reader.GetBoolean(14),
                MadeBy = reader.GetString(15),
                MadeAt = reader.GetDateTime(16),
                ApprovedBy = reader.IsDBNull(17) ? null : reader.GetString(17),
                ApprovedAt = reader.IsDBNull(18) ? null : reader.GetDateTime(18),
                IsApproved = reader.GetBoolean(19),
                RunId = reader.IsDBNull(20) ? null : reader.GetInt64(20),
                Failed = reader.GetInt32(22),
                Looks = reader.GetInt32(24),
                Collections = reader.GetInt32(25),
                MadeById = reader.IsDBNull(23) ? null : reader.GetString(23),
                Counts = reader.IsDBNull(21) ? new Dictionary<PushStatus, int>()
                    : ((JsonObject)JsonNode.Parse(reader.GetString(21))!).ToDictionary(one => PushItems.Status(one.Key), one => one.Value!.GetValue<int>()),
            });
        return plans;
    }

    /// <summary>The titles of the products that a row of a plan puts into its collection, or takes out, the first of them.</summary>
    /// <param name="item">Which row.</param>
    /// <param name="field">Those who come, or those who go.</param>
    /// <param name="most">How many.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<IReadOnlyList<(long Id, string Title)>> Members(PushItemRow item, string field, int most, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select p.id, p.title from unnest($1::bigint[]) with ordinality m (id, place) join products p on p.id = m.id order by m.place
            """);
        command.Parameters.Add(new() { Value = CollectionMembers.Ids(item.Fields[field]?["new"]).Take(most).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var named = new List<(long, string)>();
        while (await reader.ReadAsync(cancel))
            named.Add((reader.GetInt64(0), reader.GetString(1)));
        return named;
    }
}
