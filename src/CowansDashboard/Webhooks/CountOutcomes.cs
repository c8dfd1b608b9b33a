using Npgsql;

namespace CowansDashboard.Webhooks;

/// <summary>What became of the deliveries since a moment: how many of each outcome, how many wait, how many were given up.</summary>
public sealed class CountOutcomes(NpgsqlDataSource database)
{
    /// <summary>By outcome; those that wait under "queued", those that were given up under "dead", how often one came again under "again".</summary>
    public async Task<IReadOnlyDictionary<string, long>> Count(long storeId, DateTimeOffset since, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select case state when 'done' then coalesce(outcome, 'noted') else state end, count(*), sum(repeats)::bigint
            from webhook_deliveries where store_id = $1 and heard_at >= $2 group by 1
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = since.UtcDateTime });
        var counts = new Dictionary<string, long>(StringComparer.Ordinal) { ["again"] = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            counts[reader.GetString(0)] = reader.GetInt64(1);
            counts["again"] += reader.GetInt64(2);
        }
        return counts;
    }
}
