using Npgsql;

namespace CowansDashboard.Schedules.Recurring;

/// <summary>Deletes webhook deliveries that are done and so old that nobody replays them, a few at a time.</summary>
public sealed class SweepDeliveries(NpgsqlDataSource database) : IRecurringTask
{
    private const int AtOnce = 5_000;

    string IRecurringTask.Work => RecurringKind.Sweep.Name;

    public async Task<RecurringResult> Perform(long storeId, CancellationToken cancel)
    {
        var swept = 0L;
        for (var more = true; more;)
        {
            await using var command = database.CreateCommand("""
                delete from webhook_deliveries where id in (
                    select id from webhook_deliveries where store_id = $1 and state <> 'queued' and heard_at < now() - interval '30 days' order by id limit $2)
                """);
            command.Parameters.Add(new() { Value = storeId });
            command.Parameters.Add(new() { Value = AtOnce });
            var deleted = await command.ExecuteNonQueryAsync(cancel);
            swept += deleted;
            more = deleted == AtOnce;
        }
        return new RecurringResult(true, swept == 0 ? "Nothing was old enough." : $"{swept} {(swept == 1 ? "delivery" : "deliveries")} deleted.");
    }
}
