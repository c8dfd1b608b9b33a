using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CowansDashboard.Data;

/// <summary>Once a day, and at the start, lets go of what nobody needs any more; after trouble it tries again soon.</summary>
public abstract partial class DailySweep(TimeProvider clock, ILogger log) : BackgroundService
{
    private static readonly TimeSpan Often = TimeSpan.FromHours(24);
    private static readonly TimeSpan AfterTrouble = TimeSpan.FromMinutes(5);

    protected TimeProvider Clock { get; } = clock;

    /// <summary>What is swept, as the log calls it.</summary>
    protected abstract string What { get; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var next = Often;
            try
            {
                await Sweep(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            // An exception that left this loop would stop the whole host.
            catch (Exception error)
            {
                LogUnswept(What, error.Message);
                next = AfterTrouble;
            }
            await Task.Delay(next, Clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    protected internal abstract Task Sweep(CancellationToken cancel);

    [LoggerMessage(1010, LogLevel.Warning, "{What} could not be swept away yet: {Error}")]
    private partial void LogUnswept(string what, string error);
}
