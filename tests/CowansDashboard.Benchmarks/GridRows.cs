using Npgsql;

namespace CowansDashboard.Benchmarks;

/// <summary>A shop's rows made by PostgreSQL itself: three variants a product, 800 vendors, 700 tags, prices, stock and gaps.</summary>
internal static class GridRows
{
    public static async Task Fill(NpgsqlDataSource database, int products)
    {
        foreach (var sql in new[]
        {
            $"""
            insert into products (id, store_id, shopify_id, title, handle, vendor, product_type, tags, status)
            overriding system value
            select i, 1, 7700000000000 + i, title, replace(lower(title), ' ', '-') || '-' || i, vendor, type, tags, status from ({Made(products)}) made
            """,
            $"""
            insert into variants (store_id, product_id, shopify_id, title, position, sku, barcode, price)
            select 1, i, 8800000000000 + i * 3 + n, n::text, n + 1, 'SKU-' || i || '-' || (array['S','M','L'])[n + 1], (5055200000000 + i * 3 + n)::text, 10
            from generate_series(1, {products}) i, generate_series(0, 2) n
            """,
            $"""
            insert into product_summaries (product_id, store_id, title, vendor, product_type, status, tags, category_id, variants, min_price, max_price, stock, thumbnail_url, sync_state, search_text, updated_at)
            select i, 1, title, vendor, type, status, tags, 'gid://shopify/TaxonomyCategory/aa-1-' || (h % 20), 3, price, price * 1.2,
                case when h % 17 = 0 then null else (h / 7) % 600 end,
                case when h % 29 = 0 then null else 'https://cdn.shopify.com/s/files/1/0000/0001/products/' || i || '.jpg?v=1' end,
                case when h % 97 = 0 then 1 when h % 991 = 0 then 3 else 0 end,
                lower(unaccent(concat_ws(' ', title, vendor, type, array_to_string(tags, ' '), replace(lower(title), ' ', '-') || '-' || i,
                    'SKU-' || i || '-S', 5055200000000 + i * 3, 'SKU-' || i || '-M', 5055200000001 + i * 3, 'SKU-' || i || '-L', 5055200000002 + i * 3))),
                timestamptz '2026-11-01' - (h % 5000000) * interval '1 second'
            from ({Made(products)}) made
            """,
            "vacuum analyze",
        })
        {
            await using var command = database.CreateCommand(sql);
            command.CommandTimeout = 0;
            await command.ExecuteNonQueryAsync();
        }
    }

    private static string Made(int products) => $"""
        select i, h, (5 + (h % 20000) / 100.0)::numeric(10, 2) as price,
            (array['Lambswool','Merino','Cotton','Cashmere','Donegal','Linen','Alpaca','Mohair','Organic','Brushed','Ribbed','Quilted','Waxed','Corduroy','Denim','Velvet','Silk','Café','Tweed','Flannel'])[1 + h % 20] || ' ' ||
            (array['Crew','Boyfriend','Fisherman','Cable','Oversized','Slim','Relaxed','Cropped','Longline','Roll Neck','Half-Zip','Shawl','Fleck','Raglan','Double'])[1 + (h / 20) % 15] || ' ' ||
            (array['Jumper','Cardigan','Scarf','Gilet','Beanie','Dress','Polo','Coat','Trousers','Shirt','Skirt','Jacket','Socks','Gloves','Tee','Hoodie','Blazer','Shorts','Vest','Pyjamas'])[1 + (h / 300) % 20] || ' ' || (h % 900) as title,
            'Vendor ' || (array['Harlow','Aran','Glen','Finch','Leith','Moss','Rowan','Thorn','Birch','Ashby'])[1 + (h / 11) % 10] || ' ' || ((h / 13) % 80) as vendor,
            (array['Knitwear','Outerwear','Accessories','Dresses','Tops','Bottoms','Footwear','Nightwear'])[1 + (h / 300) % 8] || ' ' || ((h / 31) % 6) as type,
            case when h % 10 < 8 then 'ACTIVE' when h % 10 = 8 then 'DRAFT' else 'ARCHIVED' end as status,
            array['tag-' || (h / 3) % 700, 'season-' || (h / 5) % 12, case when h % 3 = 0 then 'core' else 'fashion' end] as tags
        from (select i, abs(hashint8(i::bigint))::bigint as h from generate_series(1, {products}) i) hashed
        """;
}
