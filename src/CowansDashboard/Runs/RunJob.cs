using System.Globalization;
using Quartz;

namespace CowansDashboard.Runs;

/// <summary>What Quartz fires: it only dispatches, the row decides whether there is anything to do.</summary>
internal sealed class RunJob(PerformRun perform) : IJob
{
    public const string RunId = "run";

    public static JobKey Key { get; } = new("run", "runs");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
        await perform.Perform(long.Parse(context.MergedJobDataMap.GetString(RunId)!, CultureInfo.InvariantCulture), cancellationToken);
}
