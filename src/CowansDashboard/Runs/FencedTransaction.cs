using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CowansDashboard.Runs.Progress;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Runs;

/// <summary>A transaction of a run that its owner alone can commit. Disposing without a commit rolls back.</summary>
public sealed class FencedTransaction : IAsyncDisposable
{
    private const string Save = """
        with saved as (
            update runs set
                cursor = coalesce($3, cursor), lost = case when $3 is null and $4 = 0 then lost else 0 end,
                answer = case when $12 then null else answer end, done = done + $4, counters = run_counters_add(counters, $5),
                progressed_at = case when $4 <> 0 then now() else progressed_at end
            where id = $1 and epoch = $2 and status in ('running', 'waiting', 'pausing', 'cancelling')
            returning id),
        streamed as (
            insert into run_streams (run_id, position, name, how, stage, done, total)
            select saved.id, s.position, s.name, s.how, s.stage, s.done, s.total
            from saved, unnest($6::int[], $7::text[], $8::text[], $9::text[], $10::bigint[], $11::bigint[])
                as s (position, name, how, stage, done, total)
            on conflict (run_id, name) do update set done = run_streams.done + excluded.done)
        select count(*) from saved
        """;

    private readonly RunContext _run;
    private readonly Dictionary<RunStream, long> _advanced = [];
    private readonly Dictionary<RunCounter, long> _counted = [];
    private string? _cursor;
    private bool _answered;

    internal FencedTransaction(RunContext run, NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        (_run, Connection, Transaction) = (run, connection, transaction);

    public NpgsqlConnection Connection { get; }

    public NpgsqlTransaction Transaction { get; }

    /// <summary>The cursor that a resumed run gets; written with the commit, so that its row is not held longer than that.</summary>
    public Task SaveCursor<T>(T cursor, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        _cursor = JsonSerializer.Serialize(cursor, type);
        return Task.CompletedTask;
    }

    /// <summary>What a person answered is used up with the commit: the next question gets an answer of its own.</summary>
    public void ForgetAnswer() => _answered = true;

    /// <summary>Advances a stream with the commit: exactly once, whatever dies in between.</summary>
    public void Advance(RunStream stream, long n) => _advanced[stream] = _advanced.GetValueOrDefault(stream) + n;

    /// <summary>Counts with the commit: exactly once, whatever dies in between.</summary>
    public void Count(RunCounter counter, long n) => _counted[counter] = _counted.GetValueOrDefault(counter) + n;

    public async Task Commit(CancellationToken cancel)
    {
        await using (var save = new NpgsqlCommand(Save, Connection, Transaction))
        {
            RunStream[] streams = [.. _advanced.Keys.OrderBy(stream => stream.Name, StringComparer.Ordinal)];
            save.Parameters.Add(new() { Value = _run.RunId });
            save.Parameters.Add(new() { Value = _run.Epoch });
            save.Parameters.Add(new() { Value = (object?)_cursor ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Jsonb });
            save.Parameters.Add(new() { Value = _advanced.Values.Sum() });
            save.Parameters.Add(WriteProgress.Counters(_counted));
            save.Parameters.Add(new() { Value = streams.Select(stream => stream.Position).ToArray() });
            save.Parameters.Add(new() { Value = streams.Select(stream => stream.Name).ToArray() });
            save.Parameters.Add(new() { Value = streams.Select(stream => stream.How).ToArray() });
            save.Parameters.Add(new() { Value = streams.Select(stream => stream.Stage).ToArray() });
            save.Parameters.Add(new() { Value = streams.Select(stream => _advanced[stream]).ToArray() });
            save.Parameters.Add(new() { Value = streams.Select(stream => stream.Total).ToArray() });
            save.Parameters.Add(new() { Value = _answered });
            if ((long)(await save.ExecuteScalarAsync(cancel))! == 0)
                throw _run.Fenced();
        }
        await Transaction.CommitAsync(cancel);
        _run.Progress.Committed(_advanced, _counted);
    }

    public async ValueTask DisposeAsync()
    {
        await Transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }
}
