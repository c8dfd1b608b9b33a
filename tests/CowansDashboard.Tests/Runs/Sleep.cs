using System.Diagnostics;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Runs;

/// <summary>A process that sleeps (SIGSTOP) for a minute, and its awakening.</summary>
internal static class Sleep
{
    public static Task UntilAMinuteAfter(long stopped)
    {
        var rest = TimeSpan.FromSeconds(60) - Stopwatch.GetElapsedTime(stopped);
        return rest > TimeSpan.Zero ? Task.Delay(rest) : Task.CompletedTask;
    }

    /// <summary>Continues the process and waits until it has beaten again, and then a few seconds more.</summary>
    public static async Task WhileItWakes(TestDatabase database, Action<string> signal, string node)
    {
        var before = await Beat(database, node);
        signal("CONT");
        await Patience.Until(() => Beat(database, node), beat => beat > before);
        await Task.Delay(TimeSpan.FromSeconds(4));
    }

    private static Task<DateTime> Beat(TestDatabase database, string node) =>
        database.Scalar<DateTime>("select max(heartbeat) from run_nodes where name = $1", node);
}
