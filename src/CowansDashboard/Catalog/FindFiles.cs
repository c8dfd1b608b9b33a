using Npgsql;

namespace CowansDashboard.Catalog;

/// <summary>A file of Shopify's that hangs on some product of the copy.</summary>
public sealed record ShopFile(long ShopifyId, string MediaType, string? Alt, string? Url, string? PreviewUrl, int? Width, int? Height, string? MimeType, string ProductTitle);

/// <summary>Finds files that products of the copy carry and one product does not yet, by the words of those products; the newest first.</summary>
public sealed class FindFiles(NpgsqlDataSource database)
{
    private const int MostProducts = 200;
    private const int MostFiles = 60;

    public async Task<IReadOnlyList<ShopFile>> Find(long storeId, long notOf, string typed, CancellationToken cancel)
    {
        var words = TypedWords.Patterns(typed);
        // One condition a word: only so the index of the words is used.
        var holds = string.Concat(words.Select((_, i) => $" and search_text like lower(unaccent(${i + 5}))"));
        await using var command = database.CreateCommand($"""
            with found as (
                select product_id from product_summaries
                where store_id = $1{holds}
                order by updated_at desc, product_id limit $3
            )
            select * from (
                select distinct on (m.shopify_id) m.shopify_id, m.media_type, m.alt, m.url, m.preview_url, m.width, m.height, m.mime_type, p.title
                from found f join media m on m.product_id = f.product_id join products p on p.id = f.product_id
                where m.shopify_id is not null and m.deleted_at is null and m.status = 'READY'
                  and not exists (select 1 from media own where own.product_id = $2 and own.shopify_id = m.shopify_id and own.deleted_at is null)
                order by m.shopify_id, m.position
            ) files
            order by shopify_id desc limit $4
            """);
        object[] values = [storeId, notOf, MostProducts, MostFiles, .. words];
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var files = new List<ShopFile>();
        while (await reader.ReadAsync(cancel))
            files.Add(new(reader.GetInt64(0), reader.GetString(1), Text(2), Text(3), Text(4), reader.Maybe<int>(5), reader.Maybe<int>(6), Text(7), reader.GetString(8)));
        return files;

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }
}
