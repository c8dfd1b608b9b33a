using System.Text.Json;
using CowansDashboard.Runs.Progress;
using Npgsql;

namespace CowansDashboard.Runs;

/// <summary>Reads rows of runs as snapshots.</summary>
internal sealed class ReadRuns(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Select = """
        select r.id, r.store_id, r.kind, r.exclusive_group, r.status, r.reason, r.waiting_for, r.done, r.total, r.rate,
            r.counters::text, r.error, r.asked_by_id, r.asked_by_name, r.attempt, r.epoch, r.owner_name, r.resume_at,
            r.asked_to_stop_at, r.heartbeat, r.progressed_at, r.enqueued_at, r.started_at, r.finished_at,
            r.parameters::text, r.cursor::text, r.answer::text,
            (select jsonb_agg(jsonb_build_object('name', s.name, 'how', s.how, 'stage', s.stage, 'done', s.done,
                    'total', s.total, 'isDone', s.finished_at is not null) order by s.position, s.name)::text
                from run_streams s where s.run_id = r.id),
            b.points_left, b.points_max, b.points_rate
        from runs r
        left join lateral (select points_left, points_max, points_rate from run_samples
            where run_id = r.id order by at desc limit 1) b on true
        """;

    public async Task<Run?> Find(long id, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(Select + " where r.id = $1");
        command.Parameters.Add(new() { Value = id });
        await foreach (var run in Read(command, cancel))
            return run;
        return null;
    }

    public async Task<Run?> Find(long id, NpgsqlTransaction transaction, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Select + " where r.id = $1", transaction.Connection, transaction);
        command.Parameters.Add(new() { Value = id });
        Run? found = null;
        await foreach (var run in Read(command, cancel))
            found = run;
        return found;
    }

    public Task<IReadOnlyList<RunSnapshot>> UnfinishedAndLast(long storeId, CancellationToken cancel) => List("""
        where r.store_id = $1 and (r.status not in ('succeeded', 'failed', 'cancelled')
            or r.id in (select id from runs where store_id = $1 and status in ('succeeded', 'failed', 'cancelled') order by id desc limit 20))
        order by r.id
        """, [storeId], cancel);

    public Task<IReadOnlyList<RunSnapshot>> Unfinished(CancellationToken cancel) => List("""
        where r.status not in ('succeeded', 'failed', 'cancelled') or r.finished_at > now() - interval '1 minute' order by r.id
        """, [], cancel);

    public async Task<IReadOnlyList<RunSnapshot>> List(string condition, object[] parameters, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(Select + "\n" + condition);
        foreach (var parameter in parameters)
            command.Parameters.Add(new() { Value = parameter });
        var runs = new List<RunSnapshot>();
        await foreach (var run in Read(command, cancel))
            runs.Add(run.Now);
        return runs;
    }

    private async IAsyncEnumerable<Run> Read(NpgsqlCommand command, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            yield return One(reader);
    }

    private Run One(NpgsqlDataReader row)
    {
        var status = RunStatuses.Parse(row.GetString(4));
        var (done, total) = (row.GetInt64(7), Value<long>(row, 8));
        var rate = status is RunStatus.Running or RunStatus.Waiting || status.IsFinished() ? row.GetDouble(9) : 0;
        var now = new RunSnapshot
        {
            Id = row.GetInt64(0),
            StoreId = row.GetInt64(1),
            Kind = row.GetString(2),
            Status = status,
            Reason = Text(row, 5),
            WaitingFor = Text(row, 6),
            Done = done,
            Total = total,
            RatePerSecond = Math.Round(rate, 2),
            EtaSeconds = status.IsInHand() ? RunEta.Seconds(done, total, rate) : null,
            Counters = Json(row.GetString(10)).Deserialize(RunJson.Default.RunCounters)!,
            Error = Text(row, 11),
            AskedBy = new AskedBy(Text(row, 12), row.GetString(13)),
            Attempt = row.GetInt32(14),
            Epoch = row.GetInt32(15),
            Node = Text(row, 16),
            ResumeAt = Value<DateTimeOffset>(row, 17),
            AskedToStopAt = Value<DateTimeOffset>(row, 18),
            Heartbeat = Value<DateTimeOffset>(row, 19),
            ProgressedAt = Value<DateTimeOffset>(row, 20),
            EnqueuedAt = row.GetFieldValue<DateTimeOffset>(21),
            StartedAt = Value<DateTimeOffset>(row, 22),
            FinishedAt = Value<DateTimeOffset>(row, 23),
            Streams = Text(row, 27) is { } streams ? JsonSerializer.Deserialize(streams, RunJson.Default.IReadOnlyListRunStreamSnapshot)! : [],
            Budget = row.IsDBNull(28) ? null : new RunBudget(row.GetDouble(28), row.GetDouble(29), row.GetDouble(30)),
            PublishedAt = clock.GetUtcNow(),
        };
        return new Run(now, Text(row, 3), Json(row.GetString(24)), Element(row, 25), Element(row, 26));
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static T? Value<T>(NpgsqlDataReader row, int column) where T : struct => row.IsDBNull(column) ? null : row.GetFieldValue<T>(column);

    private static JsonElement? Element(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : Json(row.GetString(column));

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
