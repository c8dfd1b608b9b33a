using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.History;

/// <summary>The change set under which a run notes what Shopify changed; one for each run, whichever batch needs it first.</summary>
public static class OpenRemoteChangeSet
{
    public static async Task<long> Open(NpgsqlConnection connection, long storeId, long? runId, CancellationToken cancel)
    {
        while (true)
        {
            // Another batch may be about to commit it: this waits for that, and sees it in the next round.
            await using var command = new NpgsqlCommand("""
                with made as (
                    insert into change_sets (store_id, kind, title, made_by_name, run_id) values ($1, 'remote', 'Changed in Shopify', 'Shopify', $2)
                    on conflict (run_id) where kind = 'remote' and run_id is not null do nothing returning id)
                select id from made union all select id from change_sets where run_id = $2 and kind = 'remote' limit 1
                """, connection);
            command.Parameters.Add(new() { Value = storeId });
            command.Parameters.Add(new() { Value = (object?)runId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
            if (await command.ExecuteScalarAsync(cancel) is long id)
                return id;
        }
    }
}
