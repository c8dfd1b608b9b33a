namespace CowansDashboard.Shopify.Errors;

/// <summary>The wait that a response's <c>Retry-After</c> header names, in seconds or as a date.</summary>
internal static class RetryAfter
{
    public static TimeSpan? Of(HttpResponseMessage response, TimeProvider clock)
    {
        var header = response.Headers.RetryAfter;
        if (header?.Delta is { } delta)
        {
            return delta;
        }

        // Shopify writes fractions ("2.0"), which the typed header does not take.
        if (response.Headers.TryGetValues("Retry-After", out var raw)
            && double.TryParse(raw.FirstOrDefault(), System.Globalization.CultureInfo.InvariantCulture, out var seconds)
            && seconds is >= 0 and < 1e7)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        // A date counts from the server's own clock, when it tells the time.
        if (header?.Date is not { } date)
        {
            return null;
        }

        var wait = date - (response.Headers.Date ?? clock.GetUtcNow());
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }
}
