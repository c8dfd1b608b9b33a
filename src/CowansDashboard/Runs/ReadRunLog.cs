using CowansDashboard.Runs.Progress;
using Npgsql;

namespace CowansDashboard.Runs;

/// <summary>Reads the log of a run in order, after a line already read; 0 for its beginning.</summary>
public sealed class ReadRunLog(NpgsqlDataSource database)
{
    public async Task<IReadOnlyList<RunLogLine>> Read(long runId, long after, int limit, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select id, at, level, text from run_log where run_id = $1 and id > $2 order by id limit $3");
        command.Parameters.Add(new() { Value = runId });
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = Math.Clamp(limit, 1, 5_000) });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var lines = new List<RunLogLine>();
        while (await reader.ReadAsync(cancel))
            lines.Add(new RunLogLine(
                reader.GetFieldValue<DateTimeOffset>(1), Enum.Parse<RunLogLevel>(reader.GetString(2), ignoreCase: true), reader.GetString(3))
            { Id = reader.GetInt64(0) });
        return lines;
    }
}
