using Npgsql;

namespace CowansDashboard.Webhooks;

/// <summary>
/// Forgets what removed shops signed with, and what is left of their deliveries. Until the longest of these would have been kept the door
/// still hears the demands of privacy laws of such a shop; after that nothing of it is left to be erased.
/// </summary>
public sealed class SweepSecrets(NpgsqlDataSource database, SweepDeliveries deliveries, WebhookOptions options)
{
    /// <returns>How many shops were forgotten.</returns>
    public async Task<int> Sweep(CancellationToken cancel)
    {
        var removed = new List<long>();
        await using (var command = database.CreateCommand("select s.id from stores s join webhook_secrets w on w.store_id = s.id where s.deleted_at is not null"))
        await using (var reader = await command.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel))
                removed.Add(reader.GetInt64(0));
        // Nobody schedules a sweep for a shop that is not connected.
        foreach (var store in removed)
            await deliveries.Sweep(store, cancel);
        await using var forget = database.CreateCommand("""
            delete from webhook_secrets w using stores s
            where s.id = w.store_id and s.deleted_at < now() - 2 * $1::interval and not exists (select from webhook_deliveries d where d.store_id = s.id)
            """);
        forget.Parameters.Add(new() { Value = TimeSpan.FromDays(options.KeptDays) });
        return await forget.ExecuteNonQueryAsync(cancel);
    }
}
