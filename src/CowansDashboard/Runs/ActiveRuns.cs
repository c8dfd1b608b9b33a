using CowansDashboard.Runs.Progress;
using Npgsql;

namespace CowansDashboard.Runs;

/// <summary>The one unfinished run of a store and exclusive group.</summary>
internal static class ActiveRuns
{
    public static async Task<Run?> Find(ReadRuns rows, long storeId, string group, NpgsqlTransaction transaction, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand("""
            select id from runs where store_id = $1 and exclusive_group = $2 and status not in ('succeeded', 'failed', 'cancelled')
            """, transaction.Connection, transaction);
        find.Parameters.Add(new() { Value = storeId });
        find.Parameters.Add(new() { Value = group });
        return await find.ExecuteScalarAsync(cancel) is long id ? await rows.Find(id, transaction, cancel) : null;
    }

    public static string Sentence(RunSnapshot active)
    {
        var what = $"One at a time in a shop: run {active.Id}, started by {active.AskedBy.Name},";
        return active.Status switch
        {
            RunStatus.Paused => $"{what} is paused. {active.Reason} Resume or cancel it first.",
            RunStatus.Enqueued => $"{what} is in the queue. Wait for it or cancel it first.",
            _ => $"{what} is {active.Status.Text()}. Wait for it or cancel it first.",
        };
    }
}
