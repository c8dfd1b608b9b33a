using CowansDashboard.Tests.Support;

namespace CowansDashboard.BrowserTests.Support;

/// <summary>A shop with one product, as a pull leaves it.</summary>
internal static class Pulled
{
    public static async Task<long> Product(TestDatabase database)
    {
        var store = await database.Scalar<long>(
            "insert into stores (name, shop, api_version, credential_kind, credentials) values ('Test', 'test.myshopify.com', '2026-10', 'token', '') returning id");
        return await database.Scalar<long>("""
            with p as (
                insert into products (store_id, shopify_id, title, handle, status) values ($1, 70, 'Aran Jumper', 'aran-jumper', 'ACTIVE') returning id
            ), v as (
                insert into variants (store_id, product_id, shopify_id, position, title, price) select $1, id, 71, 1, 'Default Title', 10 from p returning 1
            )
            insert into product_summaries (product_id, store_id, title, vendor, product_type, status, tags, variants, search_text, updated_at)
            select id, $1, 'Aran Jumper', '', '', 'ACTIVE', '{}', 1, 'aran jumper', now() from p returning product_id
            """, store);
    }
}
