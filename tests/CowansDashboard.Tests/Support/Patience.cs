using System.Diagnostics;
using Npgsql;

namespace CowansDashboard.Tests.Support;

/// <summary>
/// Waits for what will come to hold, for as long as a busy machine may need, and bears a database that is away meanwhile: only a
/// condition that never holds fails.
/// </summary>
internal static class Patience
{
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(300);
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(20);

    public static async Task<T> Until<T>(Func<Task<T>> read, Func<T, bool> holds, Func<T, string>? otherwise = null)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var isOver = Stopwatch.GetElapsedTime(began) > Most;
            try
            {
                var now = await read();
                if (holds(now))
                    return now;
                if (isOver)
                    throw new TimeoutException(otherwise?.Invoke(now) ?? $"It never came to hold; at last it was {now}.");
            }
            catch (NpgsqlException) when (!isOver)
            {
                // Away, restarted, or it ended the session that was just about to be used.
            }
            await Task.Delay(Again);
        }
    }

    public static Task Until(Func<Task<bool>> holds) => Until(holds, now => now);

    public static Task Until(Func<bool> holds) => Until(() => Task.FromResult(holds()), now => now);

    /// <summary>What the database answers, as soon as it does.</summary>
    public static Task<T> Answer<T>(Func<Task<T>> read) => Until(read, _ => true);
}
