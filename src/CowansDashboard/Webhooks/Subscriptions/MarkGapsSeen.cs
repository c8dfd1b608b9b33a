using Npgsql;

namespace CowansDashboard.Webhooks.Subscriptions;

/// <summary>A person has read what was not heard: it asks for nobody's attention any more. The record stays.</summary>
public sealed class MarkGapsSeen(NpgsqlDataSource database)
{
    public async Task Mark(long storeId, string by, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("update webhook_gaps set seen_at = now(), seen_by = $2 where store_id = $1 and seen_at is null");
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = by });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
