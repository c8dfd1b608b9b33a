using Npgsql;

namespace CowansDashboard.Sync.Push;

/// <summary>Lets the window of a removed collection run, from the moment in which Shopify publishes it nowhere.</summary>
internal static class CollectionWindow
{
    public static async Task Start(NpgsqlConnection connection, long collection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            update collection_removals r set confirmed_at = now(), ends_at = now() + make_interval(hours => r.hours)
            from collections c where r.collection_id = $1 and r.closed_at is null and r.confirmed_at is null
                and c.id = r.collection_id and c.removal is not null and c.shopify_id is not null and c.deleted_at is null
                and not exists (select from collection_publications p where p.collection_id = c.id)
            """, connection);
        command.Parameters.Add(new() { Value = collection });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
