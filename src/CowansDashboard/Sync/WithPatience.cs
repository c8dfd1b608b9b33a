using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Shopify.Errors;

namespace CowansDashboard.Sync;

/// <summary>
/// Does work that can be taken up again where it stood. A fault that may pass is waited out a few times, longer each
/// time; then, and at a daily limit, the run is paused with the reason and goes on by itself later. Faults far apart do
/// not add up: a long run meets many.
/// </summary>
public static class WithPatience
{
    private const int MostAttempts = 6;
    private static readonly TimeSpan GoOnAfter = TimeSpan.FromMinutes(15);

    public static async Task Do(RunContext run, SyncOptions options, TimeProvider clock, Func<CancellationToken, Task> work, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (done, began) = (run.Progress.SoFar, clock.GetTimestamp());
            try
            {
                await work(cancel);
                return;
            }
            catch (ShopifyFaultException fault) when (fault.Fault is ShopifyFault.DailyLimit)
            {
                throw new RunPausedException(fault.Message, clock.GetUtcNow() + (fault.Fault.RetryAfter ?? TimeSpan.FromHours(1)));
            }
            catch (ShopifyFaultException fault) when (fault.Fault.CanRetry)
            {
                if (run.Progress.SoFar > done || clock.GetElapsedTime(began) > options.RepeatAfter * Math.Pow(2, MostAttempts))
                    attempt = 1;
                if (attempt == MostAttempts)
                {
                    var later = fault.Fault.RetryAfter is { } asked && asked > GoOnAfter ? asked : GoOnAfter;
                    throw new RunPausedException($"{fault.Message} It was tried again {MostAttempts - 1} times. It goes on by itself later.", clock.GetUtcNow() + later);
                }
                var wait = options.RepeatAfter * Math.Pow(2, attempt - 1);
                wait = fault.Fault.RetryAfter is { } named && named > wait ? named : wait;
                run.Progress.Log(RunLogLevel.Warning, $"{fault.Message} Going on in {wait.TotalSeconds:0.#} s.");
                run.Progress.WaitFor(fault.Message);
                await Task.Delay(wait, clock, cancel);
                run.Progress.WaitFor(null);
            }
        }
    }
}
