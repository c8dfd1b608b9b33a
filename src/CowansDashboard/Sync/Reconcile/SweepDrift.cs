using Npgsql;

namespace CowansDashboard.Sync.Reconcile;

/// <summary>Forgets differences of a shop that were settled long ago, and changes of which a webhook should have told then.</summary>
public sealed class SweepDrift(NpgsqlDataSource database)
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    /// <returns>How many went.</returns>
    public async Task<long> Sweep(long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            with settled as (delete from drift where store_id = $1 and state <> 'open' and settled_at < now() - $2 returning 1),
            found as (delete from found_changes where store_id = $1 and found_at < now() - $2 returning 1)
            select (select count(*) from settled) + (select count(*) from found)
            """);
        command.CommandTimeout = 0;
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = Kept });
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }
}
