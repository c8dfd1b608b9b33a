using CowansDashboard.Runs;

namespace CowansDashboard.Sync.Push;

/// <summary>What settled items add to the figures of a run.</summary>
public static class PushCounts
{
    public static void Count(FencedTransaction transaction, IReadOnlyList<SettledItem> settled)
    {
        transaction.Count(RunCounter.Failed, settled.Count(item => item.Status is PushStatus.Refused or PushStatus.Failed));
        transaction.Count(RunCounter.Unchanged, settled.Count(item => item.Status is PushStatus.Skipped));
    }
}
