using System.Globalization;
using Npgsql;
using Quartz;

namespace CowansDashboard.Runs;

/// <summary>Schedules a run for now with Quartz, on whichever node has room, if and when the transaction commits.</summary>
internal sealed class DispatchRun(ISchedulerFactory schedulers)
{
    /// <summary>Dispose what it returns after the commit: only then the scheduler is told to look.</summary>
    public async Task<IDisposable> Dispatch(long runId, NpgsqlTransaction transaction, CancellationToken cancel)
    {
        // A process that is stopped right here must not keep the schedule's lock from the other nodes.
        await using (var limit = new NpgsqlCommand("set local idle_in_transaction_session_timeout = '15s'", transaction.Connection, transaction))
            await limit.ExecuteNonQueryAsync(cancel);
        var scheduler = await schedulers.GetScheduler(cancel);
        var trigger = TriggerBuilder.Create()
            .ForJob(RunJob.Key)
            .WithIdentity(Guid.NewGuid().ToString("n"), "runs")
            .UsingJobData(RunJob.RunId, runId.ToString(CultureInfo.InvariantCulture))
            .StartNow()
            .Build();
        var enlisted = scheduler.EnlistTransaction(transaction);
        try
        {
            await scheduler.ScheduleJob(trigger, cancellationToken: cancel);
            return enlisted;
        }
        catch
        {
            enlisted.Dispose();
            throw;
        }
    }
}
