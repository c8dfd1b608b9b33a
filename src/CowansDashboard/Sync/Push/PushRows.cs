using Npgsql;

namespace CowansDashboard.Sync.Push;

/// <summary>The rows that items are about, as they are now, and which of their fields are in conflict.</summary>
public sealed class PushRows
{
    private readonly Dictionary<long, PendingProduct> _products;
    private readonly Dictionary<(string, long), PendingEntity> _rows;
    private readonly ILookup<(string, long), string> _conflicts;

    private PushRows(IReadOnlyList<PendingProduct> products, IEnumerable<(string Entity, long Id, string Field)> conflicts)
    {
        _products = products.ToDictionary(product => product.ProductId);
        _rows = products.SelectMany(product => product.Entities).ToDictionary(row => (row.Entity, row.Id));
        _conflicts = conflicts.ToLookup(one => (one.Entity, one.Id), one => one.Field);
    }

    public static async Task<PushRows> Read(NpgsqlConnection connection, long[] products, IReadOnlyCollection<PushItem> items, CancellationToken cancel) =>
        new(await ReadPendingChanges.Read(connection, products, [.. items.Select(item => (item.Entity, item.EntityId))], cancel), await Conflicts(connection, products, cancel));

    public PendingProduct? Product(long id) => _products.GetValueOrDefault(id);

    public PendingEntity? Row(string entity, long id) => _rows.GetValueOrDefault((entity, id));

    public IReadOnlySet<string> InConflict(string entity, long id) => _conflicts[(entity, id)].ToHashSet();

    /// <summary>Open conflicts of these products' rows.</summary>
    public static async Task<List<(string Entity, long Id, string Field)>> Conflicts(NpgsqlConnection connection, long[] products, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select entity, entity_id, field from conflicts where product_id = any($1) and closed_at is null", connection);
        command.Parameters.Add(new() { Value = products });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var conflicts = new List<(string, long, string)>();
        while (await reader.ReadAsync(cancel))
            conflicts.Add((reader.GetString(0), reader.GetInt64(1), reader.GetString(2)));
        return conflicts;
    }
}
