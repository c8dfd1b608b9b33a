using CowansDashboard.Shopify.Errors;
using Polly;
using Polly.Retry;

namespace CowansDashboard.Shopify.Retries;

/// <summary>Sends again what a fault says could succeed: after the wait Shopify names, else after a growing one, with jitter and an end.</summary>
internal static class RetryPipeline
{
    public static ResiliencePipeline Build(
        RetryOptions options, TimeProvider clock, bool repeatIsSafe, Action<ShopifyFault, int, TimeSpan>? retrying = null) =>
        new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = int.MaxValue,
                UseJitter = false,
                ShouldHandle = arguments => new(
                    options.MaxRetries > 0
                    && arguments.Outcome.Exception is ShopifyFaultException { Fault: var fault }
                    && ShouldRetry(fault, options, repeatIsSafe)
                    && RetryTally.Of(arguments.Context).Allows(fault, options, clock)),
                DelayGenerator = arguments => new(
                    arguments.Outcome.Exception is ShopifyFaultException { Fault: var fault } ? Wait(fault, Math.Max(0, RetryTally.Of(arguments.Context).Failures - 1), options) : null),
                OnRetry = arguments =>
                {
                    if (arguments.Outcome.Exception is ShopifyFaultException { Fault: var fault })
                    {
                        retrying?.Invoke(fault, arguments.AttemptNumber + 1, arguments.RetryDelay);
                    }

                    return default;
                },
            })
            .Build();

    /// <summary>Whether to send again. A daily limit and a very long wait are for the run to pause on.</summary>
    public static bool ShouldRetry(ShopifyFault fault, RetryOptions options, bool repeatIsSafe) =>
        fault.CanRetry
        && fault is not ShopifyFault.DailyLimit
        && (repeatIsSafe || !fault.OutcomeUnknown)
        && !(fault.RetryAfter > options.LongestNamedWait);

    /// <summary>How long to wait before attempt number <paramref name="attempt"/> (from zero) is repeated.</summary>
    public static TimeSpan Wait(ShopifyFault fault, int attempt, RetryOptions options)
    {
        if (fault.RetryAfter is { } named)
        {
            // Never earlier than Shopify says; a little later, so that waiting workers do not come back as one.
            return named + TimeSpan.FromMilliseconds(250 * options.Random());
        }

        var grown = options.FirstWait.TotalSeconds * Math.Pow(2, Math.Min(attempt, 30));
        var capped = Math.Min(grown, options.LongestWait.TotalSeconds);
        return TimeSpan.FromSeconds(capped * (0.5 + options.Random() / 2));
    }
}
