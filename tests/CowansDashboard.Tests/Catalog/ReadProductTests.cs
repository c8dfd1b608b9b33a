using CowansDashboard.Tests.Support;
using CowansDashboard.Catalog;

namespace CowansDashboard.Tests.Catalog;

[Trait("Category", "Integration")]
public sealed class ReadProductTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task All_that_hangs_on_a_product_is_read_and_nothing_of_its_neighbours()
    {
        await database.Scalar<int>("""
            with one as (
                insert into products (id, store_id, shopify_id, title, handle, status, pending, category_id) values
                    (1, 1, 9007199254740993, 'Jumper', 'jumper', 'ACTIVE', '{"title": "Old", "tags": ["a"]}', 'gid://shopify/TaxonomyCategory/aa-1'), (2, 1, 2, 'Other', 'other', 'ACTIVE', null, null) returning 1
            ), two as (
                insert into taxonomy_categories (id, name, full_name, level, is_leaf) values ('gid://shopify/TaxonomyCategory/aa-1', 'Clothing', 'Apparel > Clothing', 2, false) returning 1
            ), three as (
                insert into product_options (store_id, product_id, name, position, option_values) values (1, 1, 'Size', 1, '[{"name": "S"}, {"name": "M"}]') returning 1
            ), four as (
                insert into variants (id, store_id, product_id, position, title, option_values, price, compare_at_price, sku, tracked, deleted_at) values
                    (11, 1, 1, 2, 'M', '{M}', 12.50, 20, 'SKU-M', true, null), (12, 1, 1, 1, 'S', '{S}', 10, null, null, false, null),
                    (13, 1, 1, 3, 'Gone', '{L}', 10, null, null, true, now()), (21, 1, 2, 1, 'Other', '{}', 1, null, null, true, null) returning 1
            ), five as (
                insert into locations (id, store_id, shopify_id, name) values (5, 1, 1, 'Leith'), (6, 1, 2, 'Empty'), (7, 2, 3, 'Another shop') returning 1
            ), six as (
                insert into inventory_levels (store_id, variant_id, inventory_item_id, location_id, available, on_hand) values (1, 11, 1, 5, 7, 9), (1, 12, 2, 5, 100, 100), (1, 21, 3, 5, 1000, 1000) returning 1
            ), seven as (
                insert into media (store_id, product_id, position, media_type, status, alt, url) values (1, 1, 2, 'IMAGE', 'READY', 'back', 'https://x/2'), (1, 1, 1, 'IMAGE', 'PROCESSING', null, null), (1, 2, 1, 'IMAGE', 'READY', null, 'https://x/3') returning 1
            ), eight as (
                insert into metafields (store_id, owner_kind, owner_id, namespace, key, type, value) values (1, 'product', 1, 'custom', 'care', 'single_line_text_field', 'Wash cold'), (1, 'variant', 11, 'custom', 'bin', 'number_integer', '4'), (1, 'collection', 1, 'x', 'y', 'z', 'not ours') returning 1
            ), nine as (
                insert into collections (id, store_id, title, handle, sort_order) values (31, 1, 'Winter', 'winter', 'MANUAL') returning 1
            ), ten as (
                insert into collection_members (collection_id, product_id, store_id, position) values (31, 1, 1, 4) returning 1
            ), eleven as (
                insert into publications (id, store_id, shopify_id, title) values (41, 1, 1, 'Online shop'), (42, 1, 2, 'Till') returning 1
            )
            insert into product_publications (product_id, publication_id, store_id) values (1, 41, 1) returning 1
            """);
        var read = new ReadProduct(database.Source);

        var product = (await read.Read(1, 1, default)).ShouldNotBeNull();

        product.ShopifyId.ShouldBe(9_007_199_254_740_993);
        product.CategoryName.ShouldBe("Apparel > Clothing");
        product.Pending.Select(field => (field.Name, field.Base.ToString())).ShouldBe([("title", "Old"), ("tags", "[\"a\"]")], ignoreOrder: true);
        product.Options.ShouldHaveSingleItem().Values.ShouldBe(["S", "M"]);
        product.Variants.Select(variant => (variant.Title, variant.Price, variant.Stock)).ShouldBe([("S", 10m, null), ("M", 12.50m, 7L)]);
        product.Variants[1].Levels.ShouldHaveSingleItem().OnHand.ShouldBe(9);
        product.Locations.Select(location => (location.Name, location.Available)).ShouldBe([("Empty", null), ("Leith", 7L)]);
        product.Media.Select(media => media.Status).ShouldBe(["PROCESSING", "READY"]);
        product.Metafields.Select(field => field.Value).ShouldBe(["Wash cold", "4"]);
        product.Collections.ShouldHaveSingleItem().ShouldBe(new ProductCollection(31, "Winter", 4, null));
        product.Publications.Select(place => (place.Title, place.Published)).ShouldBe([("Online shop", true), ("Till", false)]);
        (await read.Read(2, 1, default)).ShouldBeNull("another store's page must not open it");
        (await read.Read(1, 404, default)).ShouldBeNull();
    }
}
