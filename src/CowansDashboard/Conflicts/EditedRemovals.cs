using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Conflicts;

/// <summary>Products that were removed here and edited in Shopify while they could be restored: a person says whether they go.</summary>
internal static class EditedRemovals
{
    /// <summary>They go as Shopify holds them now; the next purge compares with that.</summary>
    public static async Task DeleteAnyway(NpgsqlConnection connection, long[] products, CancellationToken cancel)
    {
        if (products.Length == 0)
            return;
        await using var command = new NpgsqlCommand($"""
            update removals r set anyway = true, confirmed = ({RemovalWindow.Held}) from products p
            where r.product_id = any($1) and r.closed_at is null and p.id = r.product_id
            """, connection);
        command.Parameters.Add(new() { Value = products });
        await command.ExecuteNonQueryAsync(cancel);
        await Touch(connection, "version = version + 1", products, cancel);
    }

    /// <summary>They are here again, as Shopify holds them.</summary>
    public static async Task Keep(NpgsqlConnection connection, long[] products, CancellationToken cancel)
    {
        if (products.Length == 0)
            return;
        await RemovalWindow.Close(connection, products, "kept", null, cancel);
        await Touch(connection, "removal = null, version = version + 1", products, cancel);
    }

    private static async Task Touch(NpgsqlConnection connection, string set, long[] products, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"update products set {set}, updated_at = now() where id = any($1)", connection);
        command.Parameters.Add(new() { Value = products });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
