using Npgsql;

namespace CowansDashboard.Data;

/// <summary>
/// Whoever changes rows of a product holds the product first, in the order of ids: two who change the same products cannot
/// lock each other out.
/// </summary>
public static class HoldProducts
{
    public static async Task Hold(NpgsqlConnection connection, IEnumerable<long> products, CancellationToken cancel)
    {
        long[] ids = [.. products.Distinct().Order()];
        if (ids.Length == 0)
            return;
        await using var command = new NpgsqlCommand("select from products where id = any($1) order by id for update", connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = ids });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
