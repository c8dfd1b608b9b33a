namespace CowansDashboard.Shopify.Throttling;

/// <summary>
/// What one piece of work asks of Shopify, whatever else goes on with the shop in the same seconds: everything that is sent from
/// where it was begun, and from what was started there, until it is disposed.
/// </summary>
public sealed class CallTally : IDisposable
{
    private static readonly AsyncLocal<CallTally?> Current = new();

    private readonly Lock gate = new();
    private readonly CallTally? outer = Current.Value;
    private (long Calls, long Throttled, double Points) counted;

    /// <summary>Counts from now on.</summary>
    public CallTally() => Current.Value = this;

    /// <summary>Requests answered, how many of them were refused for lack of points, and points spent.</summary>
    public (long Calls, long Throttled, double Points) Counted
    {
        get
        {
            lock (gate)
            {
                return counted;
            }
        }
    }

    /// <summary>What is sent from here on counts for whoever counted before.</summary>
    public void Dispose()
    {
        if (Current.Value == this)
        {
            Current.Value = outer;
        }
    }

    internal static void Note(double points, bool isThrottled) => Current.Value?.Add(points, isThrottled);

    private void Add(double points, bool isThrottled)
    {
        lock (gate)
        {
            counted = (counted.Calls + 1, counted.Throttled + (isThrottled ? 1 : 0), counted.Points + (isThrottled ? 0 : points));
        }
    }
}
