using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Webhooks;

/// <summary>What one delivery changed in the copy. A change set may hold what several brought together: only what this one is about is its own.</summary>
public sealed class ReadDeliveryChanges(NpgsqlDataSource database)
{
    private const int Most = 20;

    // The rows of d's change set that are about what d is about.
    private const string IsItsOwn = """
        case d.entity
            when 'product' then c.product_id = (select p.id from products p where p.store_id = d.store_id and p.shopify_id = d.entity_id)
            when 'inventory_item' then c.product_id in (select v.product_id from variants v where v.store_id = d.store_id and v.inventory_item_id = d.entity_id)
            when 'collection' then c.entity = 'collection' and c.entity_id = (select o.id from collections o where o.store_id = d.store_id and o.shopify_id = d.entity_id)
            else true end
        """;

    public async Task<IReadOnlyList<ChangeLine>> Read(long storeId, long deliveryId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"""
            select {ChangeLine.Columns} from webhook_deliveries d
            join changes c on c.change_set_id = d.change_set_id and c.store_id = d.store_id
            where d.store_id = $1 and d.id = $2 and {IsItsOwn}
            order by c.id limit {Most}
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = deliveryId });
        var lines = new List<ChangeLine>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            lines.Add(ChangeLine.Of(reader));
        return lines;
    }

    /// <summary>For a list: the first changes of each of these, two at most, so that a line can say one or that there are more.</summary>
    public async Task<IReadOnlyDictionary<long, IReadOnlyList<ChangeLine>>> First(long storeId, IReadOnlyCollection<DeliveryRow> rows, CancellationToken cancel)
    {
        var ids = rows.Where(row => row.ChangeSetId is not null).Select(row => row.Id).ToArray();
        if (ids.Length == 0)
            return new Dictionary<long, IReadOnlyList<ChangeLine>>();
        await using var command = database.CreateCommand($"""
            select d.id, {ChangeLine.Columns} from webhook_deliveries d
            cross join lateral (select * from changes c where c.change_set_id = d.change_set_id and c.store_id = d.store_id and {IsItsOwn} order by c.id limit 2) c
            where d.store_id = $1 and d.id = any ($2) order by d.id, c.id
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = ids });
        var lines = new List<(long Id, ChangeLine Line)>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            lines.Add((reader.GetInt64(0), ChangeLine.Of(reader, from: 1)));
        return lines.GroupBy(line => line.Id).ToDictionary(same => same.Key, same => (IReadOnlyList<ChangeLine>)[.. same.Select(each => each.Line)]);
    }
}
