using System.Globalization;
using Npgsql;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>A metafield that products or variants of a shop carry: which, and how many of the rows that were looked at do.</summary>
public sealed record MetafieldKind(string OwnerKind, string Namespace, string Key, string Type, long Count);

/// <summary>
/// The metafields in use in a shop, the commonest first. Where there are millions of them a share of the rows and the newest
/// are looked at: a menu is not worth reading them all. A kind that only a handful of rows has may be missing then.
/// </summary>
public sealed class ListMetafieldKinds(NpgsqlDataSource database)
{
    private const int Most = 200;
    private const int RowsLookedAt = 200_000;
    private const int Newest = 20_000;

    public async Task<IReadOnlyList<MetafieldKind>> List(long storeId, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var estimate = new NpgsqlCommand("select reltuples::float8 from pg_class where oid = 'metafields'::regclass", connection);
        var rows = (double)(await estimate.ExecuteScalarAsync(cancel))!;
        var share = (RowsLookedAt / Math.Max(rows, RowsLookedAt) * 100).ToString("0.######", CultureInfo.InvariantCulture);
        await using var command = new NpgsqlCommand($"""
            select owner_kind, namespace, key, type, count(*) from ({(rows <= RowsLookedAt ? "select * from metafields" : $"""
                select * from metafields tablesample system ({share}) repeatable (1)
                union all (select * from metafields order by id desc limit {Newest})
                """)}) m
            where store_id = $1 and deleted_at is null and owner_kind in ('product', 'variant')
            group by 1, 2, 3, 4 order by 5 desc, 2, 3, 1, 4 limit $2
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = Most });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var kinds = new List<MetafieldKind>();
        while (await reader.ReadAsync(cancel))
            kinds.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt64(4)));
        return kinds;
    }
}
