using Npgsql;

namespace CowansDashboard.Webhooks;

/// <summary>One time that somebody had a delivery handled once more.</summary>
/// <param name="AskedAt">When.</param>
/// <param name="AskedBy">Who.</param>
/// <param name="State">One of <see cref="DeliveryState"/>.</param>
/// <param name="Outcome">One of <see cref="DeliveryOutcome"/>; null until it is handled, or after it was given up.</param>
/// <param name="DoneAt">When it was handled, or given up.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="TryAt">When one that waits is tried next.</param>
/// <param name="Error">Why not, the last time.</param>
/// <param name="ChangeSetId">What it changed.</param>
public sealed record ReplayRow(
    DateTimeOffset AskedAt, string? AskedBy, string State, string? Outcome, DateTimeOffset? DoneAt, int Attempts, DateTimeOffset TryAt, string? Error, long? ChangeSetId);

/// <summary>Each time that a delivery was handled once more: when, by whom, and what came of it.</summary>
public sealed class ReadReplays(NpgsqlDataSource database)
{
    private const int Most = 20;

    /// <summary>The last twenty, the oldest of them first.</summary>
    public async Task<IReadOnlyList<ReplayRow>> Of(long storeId, long deliveryId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"""
            select asked_at, asked_by, state, outcome, done_at, attempts + postponed, try_at, error, change_set_id
            from webhook_replays where delivery_id = $2 and store_id = $1 order by id desc limit {Most}
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = deliveryId });
        var rows = new List<ReplayRow>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            rows.Add(new(reader.GetFieldValue<DateTimeOffset>(0), Text(reader, 1), reader.GetString(2), Text(reader, 3), reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4),
                reader.GetInt32(5), reader.GetFieldValue<DateTimeOffset>(6), Text(reader, 7), reader.IsDBNull(8) ? null : reader.GetInt64(8)));
        rows.Reverse();
        return rows;
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
