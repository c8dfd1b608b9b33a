using Quartz;

namespace CowansDashboard.Schedules;

/// <summary>What Quartz fires: it only looks whether something is due.</summary>
internal sealed class LookAtSchedules(WakeSchedules wake) : IJob
{
    public static JobKey Key { get; } = new("look", "schedules");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await wake.Wake(cancellationToken);
}
