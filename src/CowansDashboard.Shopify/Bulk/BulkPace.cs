namespace CowansDashboard.Shopify.Bulk;

/// <summary>When to look again at an operation of which it is known how much it has to do. Pure.</summary>
internal static class BulkPace
{
    private static readonly TimeSpan Close = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Behind = TimeSpan.FromMilliseconds(100);

    /// <summary>No shop does more lines of a mutation in a second.</summary>
    private const double MostPerSecond = 1_000;

    /// <summary>How long after its start an operation is looked at for the first time: not before it can be far.</summary>
    public static TimeSpan FirstLook(long all, BulkOptions options)
    {
        var first = TimeSpan.FromSeconds(all / MostPerSecond);
        return first < options.FirstPoll ? options.FirstPoll : first < options.LongestPoll ? first : options.LongestPoll;
    }

    /// <summary>
    /// A little before the end that its pace so far promises, and close to it just behind. Never longer than it has run: an operation
    /// that has only begun is slow, and says nothing yet of its pace.
    /// </summary>
    /// <param name="elapsed">Since its start.</param>
    /// <param name="done">Objects that it has written.</param>
    /// <param name="all">Objects that it is going to write.</param>
    /// <param name="options">The shortest and the longest pause.</param>
    public static TimeSpan NextLook(TimeSpan elapsed, long done, long all, BulkOptions options)
    {
        var longest = elapsed < options.FirstPoll ? options.FirstPoll : elapsed < options.LongestGuess ? elapsed : options.LongestGuess;
        if (done <= 0)
        {
            return longest;
        }

        var left = elapsed * Math.Max(0, (double)(all - done) / done);
        var pause = left < Close ? left + Behind : left * 0.9;
        return pause < options.FirstPoll ? options.FirstPoll : pause < longest ? pause : longest;
    }
}
