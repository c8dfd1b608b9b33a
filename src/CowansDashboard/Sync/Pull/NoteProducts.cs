using CowansDashboard.Runs;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>Notes products that a run must read by id before it ends. One that is noted already stays as it is, read or not.</summary>
public static class NoteProducts
{
    public static async Task Note(FencedTransaction transaction, long runId, IReadOnlyCollection<long> shopifyIds, string reason, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "insert into pull_rereads (run_id, product_shopify_id, reason) select $1, p, $3 from unnest($2::bigint[]) p on conflict do nothing", transaction.Connection);
        command.Parameters.Add(new() { Value = runId });
        command.Parameters.Add(new() { Value = shopifyIds.ToArray() });
        command.Parameters.Add(new() { Value = reason });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
