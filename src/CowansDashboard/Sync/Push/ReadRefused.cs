using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Sync.Push;

/// <summary>Rows that a push could not bring to Shopify, or was not let to, and that wait as they were planned.</summary>
/// <param name="Rows">How many; counted up to <see cref="ReadRefused.Most"/>.</param>
/// <param name="Products">Of how many products.</param>
/// <param name="PlanId">The latest plan that held one of them.</param>
/// <param name="Why">What became of the latest.</param>
/// <param name="Since">When that was.</param>
public sealed record RefusedRows(int Rows, int Products, long PlanId, string? Why, DateTime Since)
{
    /// <summary>Of how many collections.</summary>
    public int Collections { get; init; }
}

/// <summary>
/// Tells what pushes of the last month left behind: what was refused or failed, has not arrived since and was not edited again. What is in
/// conflict is counted with the conflicts.
/// </summary>
public sealed class ReadRefused(NpgsqlDataSource database)
{
    public const int Most = 1_000;

    /// <param name="storeId">Whose.</param>
    /// <param name="productId">Of this product alone; null for the whole shop.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>Null where nothing was left behind.</returns>
    public Task<RefusedRows?> Read(long storeId, long? productId, CancellationToken cancel) => Read(storeId, productId, null, cancel);

    /// <summary>The same of one collection.</summary>
    public Task<RefusedRows?> OfCollection(long storeId, long collectionId, CancellationToken cancel) => Read(storeId, null, collectionId, cancel);

    private async Task<RefusedRows?> Read(long storeId, long? productId, long? collectionId, CancellationToken cancel)
    {
        const string asItWas = """
            r.kind = case t.mark when 1 then 'create' when 2 then 'remove' else 'update' end
                and (t.mark <> 0 or exists (
                    select from jsonb_each(r.fields) f where t.pending ? f.key and coalesce(to_jsonb(t) -> f.key, 'null') = coalesce(f.value -> 'new', 'null')))
            """;
        var waiting = ReadPendingChanges.Tables.Select(table => (table.Entity, table.Name, Waits: ReadPendingChanges.Waits(table))).Concat(ReadPendingCollections.Waits)
            .Select(table => $"select r.* from refused r join {table.Name} t on t.id = r.entity_id where r.entity = '{table.Entity}' and {table.Waits} and {asItWas}")
            // Whom people have put in and taken out, as long as one of them still waits.
            .Append($"""
                select r.* from refused r where r.entity = '{CollectionMembers.Entity}' and exists (
                    select from collection_members t join collections h on h.id = t.collection_id join products p on p.id = t.product_id
                    where t.collection_id = r.entity_id and {ReadPendingCollections.MembersWait}
                        and r.fields #> array[case t.mark when 1 then '{CollectionMembers.Added}' else '{CollectionMembers.Removed}' end, 'new'] @> to_jsonb(t.product_id))
                """);
        await using var command = database.CreateCommand(string.Create(CultureInfo.InvariantCulture, $"""
            with refused as materialized (
                select i.id, i.plan_id, i.product_id, i.collection_id, i.entity, i.entity_id, i.kind, i.fields, i.outcome, i.updated_at
                from push_plans p join push_items i on i.plan_id = p.id and i.status in ('refused', 'failed') and not i.excluded
                    and ($2::bigint is null or i.product_id = $2) and ($3::bigint is null or i.collection_id = $3)
                where p.store_id = $1 and p.run_id is not null and p.made_at > now() - interval '30 days'
                order by i.plan_id desc, i.id limit {Most}),
            left_behind as (select distinct on (w.entity, w.entity_id) w.* from ({string.Join(" union all ", waiting)}) w order by w.entity, w.entity_id, w.id desc)
            select count(*)::int, count(distinct product_id) filter (where collection_id is null)::int, max(plan_id), (array_agg(outcome order by id desc))[1], max(updated_at), count(distinct collection_id)::int from left_behind
            """));
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = (object?)productId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = (object?)collectionId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return reader.GetInt32(0) == 0 ? null
            : new RefusedRows(reader.GetInt32(0), reader.GetInt32(1), reader.GetInt64(2), reader.IsDBNull(3) ? null : reader.GetString(3), reader.GetDateTime(4)) { Collections = reader.GetInt32(5) };
    }
}
