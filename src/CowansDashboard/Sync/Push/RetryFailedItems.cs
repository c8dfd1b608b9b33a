using CowansDashboard.Runs;
using Npgsql;

namespace CowansDashboard.Sync.Push;

/// <summary>Sends again what of an applied plan failed or was refused, as it was planned, and nothing else.</summary>
public sealed class RetryFailedItems(NpgsqlDataSource database, StartPush start)
{
    public async Task<StartPushOutcome> Retry(long storeId, long planId, AskedBy by, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var hold = new NpgsqlCommand("""
            select r.status in ('succeeded', 'failed', 'cancelled') from push_plans p join runs r on r.id = p.run_id where p.id = $1 and p.store_id = $2 for update of p
            """, connection))
        {
            hold.Parameters.Add(new() { Value = planId });
            hold.Parameters.Add(new() { Value = storeId });
            switch (await hold.ExecuteScalarAsync(cancel))
            {
                case null:
                    return new StartPushOutcome.Refused("This plan has not been applied yet.");
                case false:
                    return new StartPushOutcome.Refused("The plan is still being sent.");
            }
        }
        // An addition to stock of which nobody knows whether it arrived goes under its old key, so that it counts once.
        // What was never sent because a limit forbids it stays as it is: it needs another plan, not another try. Products that were not in
        // Shopify may have come there since.
        await using (var reset = new NpgsqlCommand("""
            update push_items set status = 'waiting', outcome = null, attempts = 0, updated_at = now(),
                idempotency_key = case when entity = 'inventory level' and status in ('failed', 'sent') then idempotency_key else gen_random_uuid() end
            where plan_id = $1 and not excluded and (status in ('failed', 'sent', 'waiting') or status = 'refused' and (attempts > 0 or entity = $2))
            """, connection))
        {
            reset.Parameters.Add(new() { Value = planId });
            reset.Parameters.Add(new() { Value = CollectionMembers.Entity });
            if (await reset.ExecuteNonQueryAsync(cancel) == 0)
                return new StartPushOutcome.Refused("Nothing of this plan failed.");
        }
        return await start.Enqueue(connection, transaction, storeId, planId, retry: true, by, cancel);
    }
}
