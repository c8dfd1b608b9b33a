using CowansDashboard.Shopify.Errors;
using Polly;

namespace CowansDashboard.Shopify.Retries;

/// <summary>
/// What one request has met so far. Failures are counted; Shopify's call limit is not a failure but a queue, and ends by time: under
/// a storm a request may be turned away a dozen times and still be served soon.
/// </summary>
internal sealed class RetryTally
{
    private static readonly ResiliencePropertyKey<RetryTally> Key = new("cowan.retries");

    private long? throttledSince;

    /// <summary>Failures that were not the call limit.</summary>
    public int Failures { get; private set; }

    public static RetryTally Of(ResilienceContext context)
    {
        if (!context.Properties.TryGetValue(Key, out var tally))
        {
            tally = new RetryTally();
            context.Properties.Set(Key, tally);
        }

        return tally;
    }

    public bool Allows(ShopifyFault fault, RetryOptions options, TimeProvider clock)
    {
        if (IsCallLimit(fault))
        {
            throttledSince ??= clock.GetTimestamp();
            return clock.GetElapsedTime(throttledSince.Value) < options.LongestThrottled;
        }

        return ++Failures <= options.MaxRetries;
    }

    private static bool IsCallLimit(ShopifyFault fault) =>
        fault is ShopifyFault.Throttled || fault is ShopifyFault.Http { Status: System.Net.HttpStatusCode.TooManyRequests, RetryAfter: not null };
}
