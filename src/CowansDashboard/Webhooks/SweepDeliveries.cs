using Npgsql;

namespace CowansDashboard.Webhooks;

/// <summary>Forgets a shop's deliveries that were handled long ago, some at a time. What waits is never forgotten.</summary>
public sealed class SweepDeliveries(NpgsqlDataSource database, WebhookOptions options)
{
    private const int AtOnce = 5_000;

    /// <returns>How many went.</returns>
    public async Task<long> Sweep(long storeId, CancellationToken cancel)
    {
        for (var swept = 0L; ;)
        {
            // Ids rise with time: the oldest are found without an index of their own.
            await using var command = database.CreateCommand("""
                delete from webhook_deliveries where id in (
                    select id from webhook_deliveries
                    where store_id = $1 and (state = 'done' and heard_at < now() - $2 or state = 'dead' and heard_at < now() - 2 * $2)
                    order by id limit $3 for update skip locked)
                """);
            command.CommandTimeout = 0;
            command.Parameters.Add(new() { Value = storeId });
            command.Parameters.Add(new() { Value = TimeSpan.FromDays(options.KeptDays) });
            command.Parameters.Add(new() { Value = (long)AtOnce });
            var some = await command.ExecuteNonQueryAsync(cancel);
            swept += some;
            if (some < AtOnce)
                return swept;
        }
    }
}
