using CowansDashboard.Tests.Support;
using CowansDashboard.Search;
using Npgsql;

namespace CowansDashboard.Tests.Search;

/// <summary>A product as a test writes it into the copy, with the summary that a pull would write.</summary>
internal sealed record CopiedProduct
{
    public long StoreId { get; init; } = 1;
    public required string Title { get; init; }
    public string Vendor { get; init; } = "Aran Mills";
    public string Type { get; init; } = "Knitwear";
    public string Status { get; init; } = "ACTIVE";
    public string[] Tags { get; init; } = [];
    public string? Category { get; init; }
    public string? Handle { get; init; }
    public string[] Skus { get; init; } = [];
    public string[] Barcodes { get; init; } = [];
    public decimal? Price { get; init; } = 10m;
    public decimal? MaxPrice { get; init; }
    public long? Stock { get; init; } = 1;
    public string? Picture { get; init; }
    public short Sync { get; init; }
    public DateTime Updated { get; init; } = new(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc);
    public long? ShopifyId { get; init; }
}

internal static class ProductRowsInCopy
{
    /// <summary>Writes products and returns their ids in order. The summary is what RefreshSummaries promises.</summary>
    public static async Task<long[]> Copy(this NpgsqlDataSource database, params CopiedProduct[] products)
    {
        var ids = new List<long>();
        await using var connection = await database.OpenConnectionAsync();
        foreach (var product in products)
        {
            await using var insert = new NpgsqlCommand("""
                with p as (
                    insert into products (store_id, shopify_id, title, handle, vendor, product_type, tags, status, category_id)
                    values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id
                ), v as (
                    insert into variants (store_id, product_id, position, sku, barcode, price)
                    select $1, p.id, i, ($10::text[])[i], ($11::text[])[i], coalesce($12, 0)
                    from p, generate_series(1, greatest(cardinality($10::text[]), cardinality($11::text[]), 1)) i
                    returning 1
                )
                insert into product_summaries (product_id, store_id, title, vendor, product_type, status, tags, category_id, variants,
                    min_price, max_price, stock, thumbnail_url, sync_state, search_text, updated_at)
                select p.id, $1, $3, $5, $6, $8, $7, $9, greatest(cardinality($10::text[]), cardinality($11::text[]), 1), $12, $13, $14, $15, $16,
                    lower(unaccent(concat_ws(' ', $3, $5, $6, array_to_string($7::text[], ' '), $4, array_to_string($10::text[], ' '), array_to_string($11::text[], ' ')))), $17
                from p returning product_id
                """, connection);
            object?[] values = [
                product.StoreId, product.ShopifyId, product.Title, product.Handle ?? $"p-{Guid.NewGuid():N}", product.Vendor, product.Type, product.Tags,
                product.Status, product.Category, product.Skus, product.Barcodes, product.Price, product.MaxPrice ?? product.Price, product.Stock,
                product.Picture, product.Sync, product.Updated];
            NpgsqlTypes.NpgsqlDbType[] types = [
                NpgsqlTypes.NpgsqlDbType.Bigint, NpgsqlTypes.NpgsqlDbType.Bigint, NpgsqlTypes.NpgsqlDbType.Text, NpgsqlTypes.NpgsqlDbType.Text, NpgsqlTypes.NpgsqlDbType.Text,
                NpgsqlTypes.NpgsqlDbType.Text, NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Text, NpgsqlTypes.NpgsqlDbType.Text, NpgsqlTypes.NpgsqlDbType.Text,
                NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Text, NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Text,
                NpgsqlTypes.NpgsqlDbType.Numeric, NpgsqlTypes.NpgsqlDbType.Numeric, NpgsqlTypes.NpgsqlDbType.Bigint, NpgsqlTypes.NpgsqlDbType.Text, NpgsqlTypes.NpgsqlDbType.Smallint, NpgsqlTypes.NpgsqlDbType.TimestampTz];
            foreach (var (value, type) in values.Zip(types))
                insert.Parameters.Add(new() { Value = value ?? DBNull.Value, NpgsqlDbType = type });
            ids.Add((long)(await insert.ExecuteScalarAsync())!);
        }
        return [.. ids];
    }

    public static Finder Finder(this NpgsqlDataSource database) => new(database);
}

/// <summary>The finding use cases, wired as in the program.</summary>
internal sealed class Finder
{
    public Finder(NpgsqlDataSource database)
    {
        var understand = new UnderstandSearch(database, new(database, TimeProvider.System));
        var time = new ReadStoreTime(database, TimeProvider.System);
        Counter = new(database, understand, time);
        Products = new(database, understand, Counter, time);
        Facets = new(database, understand, time);
        Selections = new(database, understand, time);
        NotMatching = new(database, understand, time);
    }

    public FindProducts Products { get; }
    public CountProducts Counter { get; }
    public ListFacet Facets { get; }
    public ReadSelection Selections { get; }
    public NotMatching NotMatching { get; }

    public Task<FoundProducts> Page(string filter, string? sort = null, PagePlace? place = null, int size = 50, long storeId = 1)
    {
        var read = FilterText.Read(filter).Filter;
        return Products.Find(new(storeId, read, ProductSort.For(ProductSort.Read(sort), read), size, place ?? PagePlace.First), CancellationToken.None);
    }

    public async Task<string[]> Titles(string filter, string? sort = null, long storeId = 1) =>
        [.. (await Page(filter, sort, storeId: storeId)).Rows.Select(row => row.Title)];
}
