using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Runs.Progress;

/// <summary>Adds a batch of progress to the run's rows in one statement, if the run is still owned under this epoch.</summary>
internal sealed class WriteProgress(NpgsqlDataSource database)
{
    // The second update must see what the first commit of the same batch did, so the number is compared, not the time.
    private const string Sql = """
        with moved as (
            update runs set
                done = done + $4, counters = run_counters_add(counters, $5), total = $6, rate = $7, waiting_for = $8,
                status = case when status = 'running' and $8 is not null then 'waiting'
                              when status = 'waiting' and $8 is null then 'running' else status end,
                progressed_at = case when $4 <> 0 or progressed_at is null then now() else progressed_at end,
                progress_seq = $3
            where id = $1 and epoch = $2 and progress_seq < $3
            returning id),
        streamed as (
            insert into run_streams (run_id, position, name, how, stage, done, total, finished_at)
            select moved.id, s.position, s.name, s.how, s.stage, s.done, s.total, case when s.is_done then now() end
            from moved, unnest($9::int[], $10::text[], $11::text[], $12::text[], $13::bigint[], $14::bigint[], $15::boolean[])
                as s (position, name, how, stage, done, total, is_done)
            on conflict (run_id, name) do update set
                how = excluded.how, stage = excluded.stage, done = run_streams.done + excluded.done,
                total = excluded.total, finished_at = excluded.finished_at),
        logged as (
            insert into run_log (run_id, at, level, text)
            select moved.id, l.at, l.level, l.text
            from moved, unnest($16::timestamptz[], $17::text[], $18::text[]) with ordinality as l (at, level, text, place)
            order by l.place),
        sampled as (
            insert into run_samples (run_id, at, done, rate, points_left, points_max, points_rate, calls)
            select moved.id, $19, $20, $21, $22, $23, $24, $25 from moved where $19 is not null
            on conflict do nothing)
        select (select count(*) from moved), (select epoch from runs where id = $1)
        """;

    public async Task Write(long runId, int epoch, ProgressBatch batch, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(Sql);
        var add = command.Parameters;
        add.Add(new() { Value = runId });
        add.Add(new() { Value = epoch });
        add.Add(new() { Value = batch.Number });
        add.Add(new() { Value = batch.Streams.Sum(stream => stream.Done) });
        add.Add(Counters(batch.Counters));
        add.Add(Nullable(batch.Total, NpgsqlDbType.Bigint));
        add.Add(new() { Value = batch.Rate });
        add.Add(Nullable(batch.WaitingFor, NpgsqlDbType.Text));
        add.Add(new() { Value = batch.Streams.Select(stream => stream.Position).ToArray() });
        add.Add(new() { Value = batch.Streams.Select(stream => stream.Name).ToArray() });
        add.Add(new() { Value = batch.Streams.Select(stream => stream.How).ToArray() });
        add.Add(new() { Value = batch.Streams.Select(stream => stream.Stage).ToArray() });
        add.Add(new() { Value = batch.Streams.Select(stream => stream.Done).ToArray() });
        add.Add(new() { Value = batch.Streams.Select(stream => stream.Total).ToArray() });
        add.Add(new() { Value = batch.Streams.Select(stream => stream.IsDone).ToArray() });
        add.Add(new() { Value = batch.Lines.Select(line => line.At).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        add.Add(new() { Value = batch.Lines.Select(line => line.Level.ToString().ToLowerInvariant()).ToArray() });
        add.Add(new() { Value = batch.Lines.Select(line => line.Text).ToArray() });
        add.Add(Nullable(batch.Sample?.At, NpgsqlDbType.TimestampTz));
        add.Add(Nullable(batch.Sample?.Done, NpgsqlDbType.Bigint));
        add.Add(Nullable(batch.Sample?.RatePerSecond, NpgsqlDbType.Double));
        add.Add(Nullable(batch.Sample?.Budget?.Left, NpgsqlDbType.Double));
        add.Add(Nullable(batch.Sample?.Budget?.Max, NpgsqlDbType.Double));
        add.Add(Nullable(batch.Sample?.Budget?.RestoredPerSecond, NpgsqlDbType.Double));
        add.Add(Nullable(batch.Sample?.Calls, NpgsqlDbType.Bigint));

        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        var moved = reader.GetInt64(0) == 1;
        // Not moved under our own epoch: this very batch was committed before, and the answer got lost.
        if (!moved && (await reader.IsDBNullAsync(1, cancel) || reader.GetInt32(1) != epoch))
            throw new RunFencedException(runId, epoch);
    }

    internal static NpgsqlParameter Counters(IReadOnlyDictionary<RunCounter, long> counters) => new()
    {
        NpgsqlDbType = NpgsqlDbType.Jsonb,
        Value = JsonSerializer.Serialize(
            counters.ToDictionary(pair => JsonNamingPolicy.CamelCase.ConvertName(pair.Key.ToString()), pair => pair.Value),
            RunJson.Default.DictionaryStringInt64),
    };

    private static NpgsqlParameter Nullable(object? value, NpgsqlDbType type) =>
        new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
