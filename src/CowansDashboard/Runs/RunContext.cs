using System.Text.Json;
using CowansDashboard.Runs.Progress;
using Npgsql;

namespace CowansDashboard.Runs;

/// <summary>What work gets to know and may do: its parameters, the cursor it saved, its fence and its progress.</summary>
public sealed class RunContext
{
    private readonly NpgsqlDataSource _database;
    private readonly Action _fenced;

    internal RunContext(Run run, RunProgress progress, NpgsqlDataSource database, Action fenced)
    {
        (_database, _fenced) = (database, fenced);
        (RunId, StoreId, Kind, Epoch, Attempt) = (run.Now.Id, run.Now.StoreId, run.Now.Kind, run.Now.Epoch, run.Now.Attempt);
        (Parameters, Cursor, Answer, Progress, AskedBy) = (run.Parameters, run.Cursor, run.Answer, progress, run.Now.AskedBy);
    }

    public long RunId { get; }
    public long StoreId { get; }
    public string Kind { get; }
    public int Epoch { get; }

    /// <summary>1, and one more with every retry by a person.</summary>
    public int Attempt { get; }

    public AskedBy AskedBy { get; }
    public JsonElement Parameters { get; }

    /// <summary>As last saved; null in a run that begins.</summary>
    public JsonElement? Cursor { get; }

    /// <summary>What a person answered when resuming, for example {"goOn":true}; kept until the run pauses again.</summary>
    public JsonElement? Answer { get; }

    public RunProgress Progress { get; }

    /// <summary>
    /// A transaction that can only commit as long as this node owns the run: a take-over waits for it or it finds
    /// itself fenced. Everything that others may have to wait for (COPY, merges, row locks) belongs into one, since
    /// a take-over from a stopped process ends its transactions and so frees their locks.
    /// </summary>
    public async Task<FencedTransaction> Begin(CancellationToken cancel)
    {
        var connection = await _database.OpenConnectionAsync(cancel);
        try
        {
            var transaction = await connection.BeginTransactionAsync(cancel);
            // Key share lets progress and questions update the row meanwhile, but not a take-over, which locks for
            // update. The interval lets the server notice within a second that this process died in mid-statement.
            await using var fence = new NpgsqlCommand("""
                select set_config('client_connection_check_interval', '1000', true)
                from runs where id = $1 and epoch = $2 and status in ('running', 'waiting', 'pausing', 'cancelling') for key share
                """, connection, transaction);
            fence.Parameters.Add(new() { Value = RunId });
            fence.Parameters.Add(new() { Value = Epoch });
            if (await fence.ExecuteScalarAsync(cancel) is null)
                throw Fenced();
            return new FencedTransaction(this, connection, transaction);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Throws when another node has taken the run over, or it is settled. Asked before every send to Shopify.</summary>
    public async Task CheckFence(CancellationToken cancel)
    {
        await using var check = _database.CreateCommand(
            "select 1 from runs where id = $1 and epoch = $2 and status in ('running', 'waiting', 'pausing', 'cancelling')");
        check.Parameters.Add(new() { Value = RunId });
        check.Parameters.Add(new() { Value = Epoch });
        if (await check.ExecuteScalarAsync(cancel) is null)
            throw Fenced();
    }

    internal RunFencedException Fenced()
    {
        _fenced();
        return new RunFencedException(RunId, Epoch);
    }
}
