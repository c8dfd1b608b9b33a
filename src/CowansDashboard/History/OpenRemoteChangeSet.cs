using Npgsql;

namespace CowansDashboard.History;

/// <summary>
/// The change set under which it is noted what Shopify changed: one for each run, whichever batch needs it first, and outside of
/// runs one for each transaction.
/// </summary>
public static class OpenRemoteChangeSet
{
    private const string Setting = "cowan.remote_change_set";

    /// <summary>The one that this transaction has opened outside of a run; null when nothing was noted.</summary>
    public static async Task<long?> Opened(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select nullif(current_setting('{Setting}', true), '')::bigint", connection);
        return await command.ExecuteScalarAsync(cancel) as long?;
    }

    public static async Task<long> Open(NpgsqlConnection connection, long storeId, long? runId, CancellationToken cancel)
    {
        if (runId is null)
            return await Opened(connection, cancel) ?? await OpenForTransaction(connection, storeId, cancel);
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
            command.Parameters.Add(new() { Value = runId.Value });
            if (await command.ExecuteScalarAsync(cancel) is long id)
                return id;
        }
    }

    private static async Task<long> OpenForTransaction(NpgsqlConnection connection, long storeId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"""
            with made as (
                insert into change_sets (store_id, kind, title, made_by_name) values ($1, 'remote', 'Changed in Shopify', 'Shopify') returning id)
            select id, set_config('{Setting}', id::text, true) from made
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }
}
