using Npgsql;

namespace CowansDashboard.Runs;

/// <summary>Asks a run to pause; its work stops at its next safe place and goes on from there when resumed.</summary>
public sealed class PauseRun
{
    private readonly AskRun _ask;

    private readonly NpgsqlDataSource _database;

    internal PauseRun(AskRun ask, NpgsqlDataSource database) => (_ask, _database) = (ask, database);

    public async Task<AskOutcome> Pause(long runId, AskedBy by, CancellationToken cancel) =>
        await Ask(runId, by, cancel) is var outcome && outcome is AskOutcome.Refused && await Hold(runId, by, cancel)
            ? new AskOutcome.Accepted(RunStatus.Paused)
            : outcome;

    // A run that paused itself until a time would go on by itself; asked to pause, it waits for a person.
    private async Task<bool> Hold(long runId, AskedBy by, CancellationToken cancel)
    {
        await using var hold = _database.CreateCommand("""
            update runs set resume_at = null, reason = concat_ws(' ', reason, 'Paused by ' || $2 || ': it does not go on by itself.')
            where id = $1 and status = 'paused' and resume_at is not null
            """);
        hold.Parameters.Add(new() { Value = runId });
        hold.Parameters.Add(new() { Value = by.Name });
        return await hold.ExecuteNonQueryAsync(cancel) > 0;
    }

    private Task<AskOutcome> Ask(long runId, AskedBy by, CancellationToken cancel) => _ask.Ask(
        runId, RunStatusMoves.AskToPause,
        status => status switch
        {
            RunStatus.Pausing => "It is pausing already.",
            RunStatus.Paused => "It is paused already.",
            _ => $"A run that is {status.Text()} cannot be paused.",
        },
        "reason = 'Paused by ' || $3 || '.', asked_to_stop_at = now()", new NpgsqlParameter { Value = by.Name },
        _ => Task.FromResult<IDisposable?>(null), cancel);
}
