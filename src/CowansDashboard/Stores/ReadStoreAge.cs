using Npgsql;

namespace CowansDashboard.Stores;

/// <summary>How old the copy of a store is, and whether it was ever pulled as a whole.</summary>
public sealed class ReadStoreAge(NpgsqlDataSource database)
{
    public async Task<(bool EverPulled, DateTimeOffset? DataAsOf)> Read(long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select last_full_pull_at is not null, data_as_of from stores where id = $1");
        command.Parameters.Add(new() { Value = storeId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? (reader.GetBoolean(0), reader.IsDBNull(1) ? null : reader.GetFieldValue<DateTimeOffset>(1))
            : (false, null);
    }
}
