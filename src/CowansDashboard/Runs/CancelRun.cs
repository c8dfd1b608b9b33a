using Npgsql;

namespace CowansDashboard.Runs;

/// <summary>Asks a run to end before it is done; what it has committed stays.</summary>
public sealed class CancelRun
{
    private readonly AskRun _ask;

    internal CancelRun(AskRun ask) => _ask = ask;

    public Task<AskOutcome> Cancel(long runId, AskedBy by, CancellationToken cancel) => _ask.Ask(
        runId, RunStatusMoves.AskToCancel,
        status => status == RunStatus.Cancelling ? "It is being cancelled already." : $"A run that is {status.Text()} cannot be cancelled.",
        """
        reason = 'Cancelled by ' || $3 || '.', asked_to_stop_at = now(), resume_at = null,
        finished_at = case when $2 = 'cancelled' then now() end
        """, new NpgsqlParameter { Value = by.Name },
        _ => Task.FromResult<IDisposable?>(null), cancel);
}
