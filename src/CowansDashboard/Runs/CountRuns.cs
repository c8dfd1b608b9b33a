using Npgsql;

namespace CowansDashboard.Runs;

/// <summary>How many runs a store has had, and which one is the first of a page of them, the newest first.</summary>
public sealed class CountRuns(NpgsqlDataSource database)
{
    public async Task<(long Total, long? FirstOfPage)> Count(long storeId, int offset, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select (select count(*) from runs where store_id = $1),
                (select id from runs where store_id = $1 order by id desc offset $2 limit 1)
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = (long)offset });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return (reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetInt64(1));
    }
}
