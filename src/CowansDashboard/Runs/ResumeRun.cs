using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Runs;

/// <summary>Lets a paused run go on from its cursor, with the answer to what it asked, if it asked something.</summary>
public sealed class ResumeRun
{
    private readonly AskRun _ask;
    private readonly DispatchRun _dispatch;

    internal ResumeRun(AskRun ask, DispatchRun dispatch) => (_ask, _dispatch) = (ask, dispatch);

    public Task<AskOutcome> Resume(long runId, JsonElement? answer, CancellationToken cancel) => _ask.Ask(
        runId, status => status == RunStatus.Paused ? RunStatus.Enqueued : null,
        status => status switch
        {
            RunStatus.Pausing => "It is still stopping. Resume it when it is paused.",
            RunStatus.Failed or RunStatus.Cancelled => $"A run that is {status.Text()} is not resumed but retried.",
            _ => $"Only a paused run can be resumed; this one is {status.Text()}.",
        },
        "answer = coalesce($3, answer), reason = null, resume_at = null, asked_to_stop_at = null, enqueued_at = now(), lost = 0",
        new NpgsqlParameter { Value = (object?)answer?.GetRawText() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Jsonb },
        async transaction => await _dispatch.Dispatch(runId, transaction, cancel), cancel);
}
