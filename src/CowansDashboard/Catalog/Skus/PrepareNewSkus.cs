using System.Globalization;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.Runs;
using Npgsql;

namespace CowansDashboard.Catalog.Skus;

/// <summary>
/// Prepares SKUs of their own for variants that share one: the oldest keeps it, the others get it with a number behind.
/// Changes nothing; what it proposes is looked through like any bulk edit.
/// </summary>
public sealed class PrepareNewSkus(NpgsqlDataSource database)
{
    /// <summary>More variants than one look can take in are done in turns.</summary>
    public const int MostVariants = 10_000;

    private const int NumbersMore = 20;

    /// <param name="storeId">Whose.</param>
    /// <param name="sku">Which SKU; null for all that are shared.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The preview; null where no two variants share it any more.</returns>
    public async Task<long?> Prepare(long storeId, string? sku, AskedBy by, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var sharers = new List<(long ProductId, long VariantId, string Sku)>();
        await using (var read = new NpgsqlCommand($"""
            select product_id, id, sku from (
                select product_id, id, sku, row_number() over (partition by sku order by id) as place
                from variants where store_id = $1 and sku <> '' and ($2::text is null or sku = $2) and deleted_at is null and mark <> 2) v
            where place > 1 order by sku, id limit {MostVariants}
            """, connection))
        {
            read.Parameters.Add(new() { Value = storeId });
            read.Parameters.Add(new() { Value = (object?)sku ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
            await using var reader = await read.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
                sharers.Add((reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2)));
        }
        if (sharers.Count == 0)
            return null;
        var taken = await Taken(connection, storeId, sharers.GroupBy(one => one.Sku).Select(of => (of.Key, of.Count())), cancel);
        var rows = sharers.Select(one => new BulkChangeRow(one.ProductId, "variant", one.VariantId, "sku", one.Sku, Free(one.Sku, taken))).ToList();
        var preview = await PrepareCells.Prepare(connection, storeId, Title(sku, rows.Count), rows, by, cancel);
        await transaction.CommitAsync(cancel);
        return preview;
    }

    private static string Title(string? sku, int variants) => sku is not null ? $"SKUs of their own in place of {sku}"
        : variants < MostVariants ? "SKUs of their own" : string.Create(CultureInfo.GetCultureInfo("en-GB"), $"SKUs of their own, for the first {MostVariants:N0} variants");

    /// <summary>The SKU with the first number behind it that nobody has; it is taken from then on.</summary>
    internal static string Free(string sku, ISet<string> taken)
    {
        for (var number = 2; ; number++)
            if (Numbered(sku, number) is var free && taken.Add(free))
                return free;
    }

    // Of the numbers that can be needed, and some more; one beyond them that somebody has is refused when it is applied.
    private static async Task<HashSet<string>> Taken(NpgsqlConnection connection, long storeId, IEnumerable<(string Sku, int Sharers)> shared, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select distinct sku from variants where store_id = $1 and sku = any($2) and deleted_at is null", connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = shared.SelectMany(one => Enumerable.Range(2, one.Sharers + NumbersMore).Select(number => Numbered(one.Sku, number))).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancel))
            taken.Add(reader.GetString(0));
        return taken;
    }

    private static string Numbered(string sku, int number) => string.Create(CultureInfo.InvariantCulture, $"{sku}-{number}");
}
