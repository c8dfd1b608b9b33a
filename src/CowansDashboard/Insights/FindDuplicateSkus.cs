using Npgsql;

namespace CowansDashboard.Insights;

/// <summary>One SKU that several variants share.</summary>
public sealed record DuplicateSku(string Sku, long Variants);

/// <summary>How many SKUs are shared, with those shared most.</summary>
public sealed record DuplicateSkus(long Skus, IReadOnlyList<DuplicateSku> Worst);

/// <summary>Reports SKUs that are not unique. Shopify allows them, so the copy holds them as they are.</summary>
public sealed class FindDuplicateSkus(NpgsqlDataSource database)
{
    public async Task<DuplicateSkus> Find(long storeId, int atMost, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select sku, count(*), count(*) over () from variants
            where store_id = $1 and deleted_at is null and sku is not null and sku <> ''
            group by sku having count(*) > 1
            order by count(*) desc, sku limit $2
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = (long)atMost });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var worst = new List<DuplicateSku>();
        long all = 0;
        while (await reader.ReadAsync(cancel))
        {
            worst.Add(new DuplicateSku(reader.GetString(0), reader.GetInt64(1)));
            all = reader.GetInt64(2);
        }
        return new DuplicateSkus(all, worst);
    }
}
