using Quartz;

namespace CowansDashboard.Schedules.Recurring;

/// <summary>What Quartz fires, on one node at a time: it only looks whether something is due.</summary>
[DisallowConcurrentExecution]
internal sealed class LookAtRecurringWork(DispatchRecurringWork dispatch, RecurringOptions options) : IJob
{
    public static JobKey Key { get; } = new("look", "recurring");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        if (options.Recurring)
            await dispatch.Dispatch(cancellationToken);
    }
}
