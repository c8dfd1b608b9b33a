using Npgsql;

namespace CowansDashboard.Catalog.Skus;

/// <summary>A variant that shares its SKU.</summary>
/// <param name="Title">The product's and the variant's.</param>
/// <param name="IsEdited">The SKU stands so here only; Shopify does not have it yet.</param>
public sealed record SkuHolder(long VariantId, long ProductId, string Title, string Status, bool IsEdited);

/// <summary>One SKU that several variants have, the oldest of them first.</summary>
public sealed record SharedSku(string Sku, long Variants, IReadOnlyList<SkuHolder> Holders);

/// <summary>Lists SKUs that several variants of a shop have. Shopify allows them, so the copy holds them as they are.</summary>
public sealed class ReadSharedSkus(NpgsqlDataSource database)
{
    /// <summary>So many variants of one SKU are named; the rest is counted.</summary>
    public const int MostHolders = 10;

    /// <param name="storeId">Whose.</param>
    /// <param name="after">SKUs behind this one; empty from the first.</param>
    /// <param name="take">How many.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<IReadOnlyList<SharedSku>> Read(long storeId, string after, int take, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select s.sku, s.variants, h.id, h.product_id, h.name, h.status, h.edited
            from (select v.sku, count(*) as variants from variants v where v.store_id = $1 and v.sku > $2 and v.deleted_at is null and v.mark <> 2
                group by v.sku having count(*) > 1 order by v.sku limit $3) s
            cross join lateral (
                select v.id, v.product_id, p.title || case when v.title in ('', 'Default Title') then '' else ', ' || v.title end as name, p.status, coalesce(v.pending ? 'sku', false) or v.mark = 1 as edited
                from variants v join products p on p.id = v.product_id
                where v.store_id = $1 and v.sku = s.sku and v.deleted_at is null and v.mark <> 2 order by v.id limit $4) h
            order by s.sku, h.id
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = take });
        command.Parameters.Add(new() { Value = MostHolders });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<(string Sku, long Variants, SkuHolder Holder)>();
        while (await reader.ReadAsync(cancel))
            rows.Add((reader.GetString(0), reader.GetInt64(1), new(reader.GetInt64(2), reader.GetInt64(3), reader.GetString(4), reader.GetString(5), reader.GetBoolean(6))));
        return [.. rows.GroupBy(row => (row.Sku, row.Variants)).Select(of => new SharedSku(of.Key.Sku, of.Key.Variants, [.. of.Select(row => row.Holder)]))];
    }
}
