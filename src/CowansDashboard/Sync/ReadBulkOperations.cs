using Npgsql;

namespace CowansDashboard.Sync;

/// <summary>One bulk operation of a run: a query of a pull or a file of a push.</summary>
public sealed record BulkOperationOfRun(string Name, string Status, string? Operation, long? Lines);

/// <summary>Reads which bulk operations a run has used and how far each is.</summary>
public sealed class ReadBulkOperations(NpgsqlDataSource database)
{
    public async Task<IReadOnlyList<BulkOperationOfRun>> Read(long runId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select kind, status, operation_id, nullif(object_count, 0) from pull_slices where run_id = $1
            union all select mutation, status, operation_id, lines from push_files where run_id = $1
            """);
        command.Parameters.Add(new() { Value = runId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var operations = new List<BulkOperationOfRun>();
        while (await reader.ReadAsync(cancel))
            operations.Add(new(reader.GetString(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetInt64(3)));
        return operations;
    }
}
