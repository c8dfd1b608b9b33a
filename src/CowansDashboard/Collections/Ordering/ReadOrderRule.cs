using System.Text.Json.Nodes;
using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Collections.Ordering;

/// <summary>The rule of a collection, and what it would do now.</summary>
/// <param name="Rule">Null where nobody has set one.</param>
/// <param name="Now">How the products stand, with an order that waits.</param>
/// <param name="Wanted">How they would stand; as now where there is no rule.</param>
public sealed record OrderPlan(OrderRule? Rule, IReadOnlyList<long> Now, IReadOnlyList<long> Wanted)
{
    /// <summary>Who set the rule, and when.</summary>
    public (string By, DateTimeOffset At)? Set { get; init; }

    public string SortOrder { get; init; } = "";

    /// <summary>Null where it was never kept.</summary>
    public KeptRun? Last { get; init; }

    /// <summary>How many products would stand elsewhere among the others.</summary>
    public int Moved => MemberOrder.Moved(Ids(Now), Ids(Wanted));

    internal static JsonArray Ids(IEnumerable<long> ids) => [.. ids.Select(id => (JsonNode)id)];
}

/// <summary>Reads by what rule the products of a collection are put in order, and in what order it would put them. Nothing is changed.</summary>
public sealed class ReadOrderRule(NpgsqlDataSource database)
{
    /// <param name="storeId">Whose.</param>
    /// <param name="collection">Our id.</param>
    /// <param name="instead">Another rule in place of the one that is kept, while somebody tries it; null for that one.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>Null when the store has no such collection.</returns>
    public async Task<OrderPlan?> Read(long storeId, long collection, OrderRule? instead, CancellationToken cancel)
    {
        await using var batch = database.CreateBatch();
        Add("""
            select c.sort_order, r.sorted_by, r.pinned, r.sold_out_last, r.is_kept, r.changed_by, r.changed_at, coalesce(r.sends, false), r.last_at, r.last_said, r.last_hindered
            from collections c left join collection_order_rules r on r.collection_id = c.id
            where c.store_id = $1 and c.id = $2 and c.deleted_at is null and c.removal is null and c.mark <> 2
            """);
        Add("""
            select s.product_id, s.title, s.min_price, s.stock, coalesce(p.remote_created_at, p.created_at)
            from collection_members m
            join product_summaries s on s.product_id = m.product_id
            join products p on p.id = m.product_id
            left join (select w.product_id, w.place from collections o cross join unnest(o.member_order) with ordinality w (product_id, place) where o.id = $2) w on w.product_id = m.product_id
            where m.store_id = $1 and m.collection_id = $2 and m.mark <> 2
            order by w.place, m.mark = 1, m.position, m.product_id
            """);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
            return null;
        var sortOrder = reader.GetString(0);
        var rule = reader.IsDBNull(1) ? null : new OrderRule(OrderRule.Of(reader.GetString(1))!.Value, reader.GetFieldValue<long[]>(2), reader.GetBoolean(3)) { IsKept = reader.GetBoolean(4), Sends = reader.GetBoolean(7) };
        (string, DateTimeOffset)? set = rule is null ? null : (reader.GetString(5), reader.GetFieldValue<DateTimeOffset>(6));
        var last = reader.IsDBNull(8) ? null : new KeptRun(reader.GetFieldValue<DateTimeOffset>(8), reader.GetString(9), reader.GetBoolean(10));
        await reader.NextResultAsync(cancel);
        var products = new List<OrderedProduct>();
        while (await reader.ReadAsync(cancel))
            products.Add(new(reader.GetInt64(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetDecimal(2), reader.IsDBNull(3) ? null : reader.GetInt64(3), reader.GetFieldValue<DateTimeOffset>(4)));
        long[] now = [.. products.Select(product => product.Id)];
        return new OrderPlan(instead ?? rule, now, (instead ?? rule) is { } by ? OrderProducts.By(products, by) : now) { Set = set, SortOrder = sortOrder, Last = last };

        void Add(string sql) => batch.BatchCommands.Add(new(sql) { Parameters = { new() { Value = storeId }, new() { Value = collection } } });
    }
}
