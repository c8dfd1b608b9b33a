using CowansDashboard.Runs.Progress;
using Npgsql;

namespace CowansDashboard.Runs;

/// <summary>Reads speed and budget over the time of a run, evenly thinned to at most so many samples.</summary>
public sealed class ReadRunSamples(NpgsqlDataSource database)
{
    public async Task<IReadOnlyList<RunSample>> Read(long runId, int atMost, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select at, done, rate, points_left, points_max, points_rate, calls
            from (select *, row_number() over (order by at desc) - 1 as place, count(*) over () as all_of_them
                  from run_samples where run_id = $1) s
            where place % ((all_of_them + $2 - 1) / $2) = 0
            order by at
            """);
        command.Parameters.Add(new() { Value = runId });
        command.Parameters.Add(new() { Value = (long)Math.Clamp(atMost, 1, 10_000) });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var samples = new List<RunSample>();
        while (await reader.ReadAsync(cancel))
            samples.Add(new RunSample(
                reader.GetFieldValue<DateTimeOffset>(0), reader.GetInt64(1), reader.GetDouble(2),
                reader.IsDBNull(3) ? null : new RunBudget(reader.GetDouble(3), reader.GetDouble(4), reader.GetDouble(5)),
                reader.GetInt64(6)));
        return samples;
    }
}
