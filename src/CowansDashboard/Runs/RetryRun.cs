using Npgsql;

namespace CowansDashboard.Runs;

/// <summary>Tries a failed or cancelled run again, from the cursor it saved.</summary>
public sealed class RetryRun
{
    private readonly AskRun _ask;
    private readonly DispatchRun _dispatch;

    internal RetryRun(AskRun ask, DispatchRun dispatch) => (_ask, _dispatch) = (ask, dispatch);

    public Task<AskOutcome> Retry(long runId, AskedBy by, CancellationToken cancel) => _ask.Ask(
        runId, status => status is RunStatus.Failed or RunStatus.Cancelled ? RunStatus.Enqueued : null,
        status => $"Only a failed or cancelled run can be retried; this one is {status.Text()}.",
        """
        attempt = attempt + 1, asked_by_name = $3, reason = null, error = null, finished_at = null,
        asked_to_stop_at = null, answer = null, enqueued_at = now(), lost = 0
        """, new NpgsqlParameter { Value = by.Name },
        async transaction => await _dispatch.Dispatch(runId, transaction, cancel), cancel);
}
