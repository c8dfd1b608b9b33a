using Npgsql;

namespace CowansDashboard.Insights;

/// <summary>Counts the products whose edits Shopify does not have yet.</summary>
public sealed class CountPendingProducts(NpgsqlDataSource database)
{
    internal const string Deleted = """
        -- One that is deleted waits too: for the push that archives it.
        (select count(*) as deleted from products where store_id = $1 and removal is not null and removal <> 'exclude' and deleted_at is null and pending ? 'status')
        """;

    public async Task<long> Count(long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"""
            select (select count(*) from product_summaries where store_id = $1 and sync_state in (1, 2)) + {Deleted}
            """);
        command.Parameters.Add(new() { Value = storeId });
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }
}
