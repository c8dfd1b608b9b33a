using Npgsql;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>A metafield that products or variants of a shop carry: which, and how many do.</summary>
public sealed record MetafieldKind(string OwnerKind, string Namespace, string Key, string Type, long Count);

/// <summary>The metafields in use in a shop, the commonest first.</summary>
public sealed class ListMetafieldKinds(NpgsqlDataSource database)
{
    private const int Most = 200;

    public async Task<IReadOnlyList<MetafieldKind>> List(long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select owner_kind, namespace, key, type, count(*) from metafields
            where store_id = $1 and deleted_at is null and owner_kind in ('product', 'variant')
            group by 1, 2, 3, 4 order by 5 desc, 2, 3, 1, 4 limit $2
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = Most });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var kinds = new List<MetafieldKind>();
        while (await reader.ReadAsync(cancel))
            kinds.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt64(4)));
        return kinds;
    }
}
