using System.Text.Json.Nodes;
using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Sync.Purge;

/// <summary>A product whose window is over, as it is now.</summary>
/// <param name="Confirmed">What Shopify held when the window began.</param>
/// <param name="Held">What it holds now.</param>
/// <param name="Anyway">A person wants it deleted as <paramref name="Confirmed"/> says, archived or not.</param>
/// <param name="WasSent">Shopify was told to delete it, or was about to be.</param>
internal sealed record DueRemoval(
    long Id, long ProductId, long ShopifyId, string Title, string Status, string Removal, JsonObject Confirmed, JsonObject Held, bool Anyway, bool WasSent)
{
    /// <summary>
    /// Removals r whose time has come; what Shopify refused to delete is tried again after an hour. PostgreSQL's clock began
    /// the window and ends it: a node whose own clock is ahead must not delete what can still be restored.
    /// </summary>
    public const string IsDue = """
        r.closed_at is null and r.kind = 'delete' and r.ends_at <= now() and (r.problem is null or r.tried_at < now() - interval '1 hour')
        and not exists (select from conflicts c where c.entity = 'product' and c.entity_id = r.product_id and c.field = 'removal' and c.closed_at is null)
        """;

    /// <summary>What keeps it from being deleted, in words; nothing where it is as it was left. Pure.</summary>
    public IReadOnlyList<string> WhyNot()
    {
        var changed = RemovalWindow.Changed(Confirmed, Held);
        return changed.Count == 0 && !Anyway && Status != History.Removal.Archived ? ["status"] : changed;
    }

    /// <summary>Shopify's ids of what is due, the longest waiting first.</summary>
    public static async Task<long[]> Products(NpgsqlDataSource database, long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"""
            select coalesce(array_agg(p.shopify_id order by r.id), '{"{}"}') from removals r join products p on p.id = r.product_id
            where r.store_id = $1 and p.shopify_id is not null and p.deleted_at is null and {IsDue}
            """);
        command.Parameters.Add(new() { Value = storeId });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Those of these products that still are due, in the order of our ids.</summary>
    public static async Task<List<DueRemoval>> Read(NpgsqlConnection connection, long storeId, long[] shopifyIds, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"""
            select r.id, p.id, p.shopify_id, p.title, p.status, p.removal, r.confirmed::text, ({RemovalWindow.Held})::text, r.anyway, r.purge_sent_at is not null
            from removals r join products p on p.id = r.product_id
            where r.store_id = $1 and p.shopify_id = any($2) and p.deleted_at is null and p.removal is not null and {IsDue}
            order by p.id
            """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = shopifyIds });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<DueRemoval>();
        while (await reader.ReadAsync(cancel))
            rows.Add(new DueRemoval(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetString(3), reader.GetString(4), reader.GetString(5),
                (JsonObject)JsonNode.Parse(reader.GetString(6))!, (JsonObject)JsonNode.Parse(reader.GetString(7))!, reader.GetBoolean(8), reader.GetBoolean(9)));
        return rows;
    }
}
