using Npgsql;

namespace CowansDashboard.Data;

/// <summary>
/// The products that are to be put into a collection or taken out of it, and their rows: held by whoever brings them to Shopify, with the
/// products or with the collection, so that one of the two does it. The products come first, as everywhere.
/// </summary>
public static class HoldMembers
{
    public static async Task Hold(NpgsqlConnection connection, long collection, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand("select coalesce(array_agg(product_id order by product_id), '{}') from collection_members where collection_id = $1 and mark <> 0", connection);
        find.Parameters.Add(new() { Value = collection });
        if ((long[])(await find.ExecuteScalarAsync(cancel))! is { Length: > 0 } products)
            await HoldProducts.Hold(connection, products, cancel);
    }
}
