using Npgsql;

namespace CowansDashboard.Conflicts;

/// <summary>How many conflicts wait for a person, and since when the oldest.</summary>
public sealed record OpenConflicts(long Fields, DateTimeOffset? Since);

/// <summary>Counts what waits in a store; cheap enough for every page's frame.</summary>
public sealed class CountOpenConflicts(NpgsqlDataSource database)
{
    public async Task<OpenConflicts> Count(long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select count(*), min(detected_at) from conflicts where store_id = $1 and closed_at is null");
        command.Parameters.Add(new() { Value = storeId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return new(reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetFieldValue<DateTimeOffset>(1));
    }
}
