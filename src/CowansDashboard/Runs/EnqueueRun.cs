using System.Text.Json;
using CowansDashboard.Runs.Progress;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Runs;

public sealed record RunRequest(RunKind Kind, long StoreId, AskedBy AskedBy, JsonElement? Parameters = null);

public abstract record EnqueueOutcome
{
    private EnqueueOutcome()
    {
    }

    public sealed record Enqueued(long RunId) : EnqueueOutcome;

    /// <summary>A run of the same exclusive group and store is unfinished; nothing was enqueued.</summary>
    public sealed record AlreadyActive(RunSnapshot Run) : EnqueueOutcome
    {
        public string Sentence => ActiveRuns.Sentence(Run);
    }
}

/// <summary>
/// Enqueues a run, in the caller's transaction or in its own: it exists and is dispatched if and when that commits.
/// In the caller's it should come last, since the schedule's lock is held until the commit.
/// </summary>
public sealed class EnqueueRun
{
    private readonly NpgsqlDataSource _database;
    private readonly DispatchRun _dispatch;
    private readonly ReadRuns _rows;

    internal EnqueueRun(NpgsqlDataSource database, DispatchRun dispatch, ReadRuns rows) =>
        (_database, _dispatch, _rows) = (database, dispatch, rows);

    public async Task<EnqueueOutcome> Enqueue(RunRequest request, NpgsqlTransaction? transaction, CancellationToken cancel)
    {
        if (transaction is not null)
        {
            var inside = await Insert(request, transaction, cancel);
            if (inside is EnqueueOutcome.Enqueued(var id))
                using (await _dispatch.Dispatch(id, transaction, cancel))
                    return inside;
            return inside;
        }

        await using var connection = await _database.OpenConnectionAsync(cancel);
        await using var own = await connection.BeginTransactionAsync(cancel);
        var outcome = await Insert(request, own, cancel);
        if (outcome is EnqueueOutcome.Enqueued(var runId))
            // Disposed after the commit, so that the schedule looks at once.
            using (await _dispatch.Dispatch(runId, own, cancel))
                await own.CommitAsync(cancel);
        return outcome;
    }

    private async Task<EnqueueOutcome> Insert(RunRequest request, NpgsqlTransaction transaction, CancellationToken cancel)
    {
        while (true)
        {
            await using var insert = new NpgsqlCommand("""
                insert into runs (store_id, kind, exclusive_group, parameters, asked_by_id, asked_by_name)
                values ($1, $2, $3, $4, $5, $6)
                on conflict (store_id, exclusive_group)
                    where exclusive_group is not null and status not in ('succeeded', 'failed', 'cancelled') do nothing
                returning id
                """, transaction.Connection, transaction);
            insert.Parameters.Add(new() { Value = request.StoreId });
            insert.Parameters.Add(new() { Value = request.Kind.Name });
            insert.Parameters.Add(Text(request.Kind.ExclusiveGroup));
            insert.Parameters.Add(new() { Value = request.Parameters?.GetRawText() ?? "{}", NpgsqlDbType = NpgsqlDbType.Jsonb });
            insert.Parameters.Add(Text(request.AskedBy.Id));
            insert.Parameters.Add(new() { Value = request.AskedBy.Name });
            if (await insert.ExecuteScalarAsync(cancel) is long id)
                return new EnqueueOutcome.Enqueued(id);
            if (await ActiveRuns.Find(_rows, request.StoreId, request.Kind.ExclusiveGroup!, transaction, cancel) is { } active)
                return new EnqueueOutcome.AlreadyActive(active.Now);
            // It finished in between: now there is room.
        }
    }

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
