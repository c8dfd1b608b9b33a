using CowansDashboard.Catalog.Bulk;
using CowansDashboard.Catalog.ProductTypes;
using CowansDashboard.Runs;
using CowansDashboard.Search;
using CowansDashboard.Tests.History;
using CowansDashboard.Tests.Runs;
using CowansDashboard.Tests.Search;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Catalog.ProductTypes;

[Trait("Category", "Integration")]
public sealed class ProductTypesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Types_are_counted_and_a_clean_up_says_who_else_names_them()
    {
        var (store, read) = ((await EditedShop.Open(database)).Store, new ReadProductTypes(database.Source));
        await database.Source.Copy([.. new[] { "T-shirts", "T-shirts", "T-shirts", "T-Shirt", "T-Shirt", "Tees", "Mugs", "" }.Select((type, at) => new CopiedProduct { StoreId = store, Title = $"P{at}", Type = type }), new() { StoreId = store, Title = "Gone", Type = "tshirt", Sync = 4 }]);
        await database.Scalar<long>("""
            with c as (insert into collections (store_id, title, handle, sort_order) values ($1, 'Tops', 'tops', 'MANUAL') returning id)
            insert into collection_sources (store_id, collection_id, position, source_type, definition)
            select $1, id, 1, 'CollectionConditionsSource', '{"inclusion": {"conditions": [{"typeRelation": "EQUALS", "match": "ANY", "texts": ["t-shirt"]}, {"tagRelation": "TAGGED_WITH", "texts": ["Tees"]}]}, "exclusion": null}'
            from c returning id
            """, store);
        await database.Scalar<long>("insert into saved_views (store_id, owner_id, name, filter, sort, shared) values ($1, 1, 'Small', 'q=s&type=Tees', 'title', true), ($1, 1, 'Mine', 'type=T-Shirt', 'title', false) returning id", store);

        var found = await read.Read(store, default);

        found.Spellings.Select(one => (one.Name, one.Products)).ShouldBe([("T-shirts", 3), ("T-Shirt", 2), ("Mugs", 1), ("Tees", 1)]);
        found.Without.ShouldBe(1);
        var group = found.Groups.ShouldHaveSingleItem();
        (group.Kept.Name, group.Products).ShouldBe(("T-shirts", 3));
        (string.Join(',', found.UseOf("T-Shirt").Collections), found.UseOf("T-Shirt").Views.Count).ShouldBe(("Tops", 0));
        (found.UseOf("Tees").Collections.Count, string.Join(',', found.UseOf("Tees").Views)).ShouldBe((0, "Small"));

        await new KeepTypesApart(database.Source).Keep(store, ["Tees", "T-shirts", "T-Shirt"], "Ann", default);
        (await read.Read(store, default)).ShouldSatisfyAllConditions(all => all.Groups.ShouldBeEmpty(), all => all.KeptApart.ShouldBe(3));
        await new KeepTypesApart(database.Source).Keep(store, null, "Ann", default);
        (await read.Read(store, default)).Groups.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_clean_up_is_an_edit_of_these_products_alone_with_before_and_after()
    {
        var shop = await EditedShop.Open(database);
        var (tee, shirt, mug) = (await shop.Product("Tee"), await shop.Product("Shirt"), await shop.Product("Mug"));
        foreach (var (product, type) in new[] { (tee, "Tees"), (shirt, "T-Shirt"), (mug, "Mugs") })
            await shop.Run("with p as (update products set product_type = $2 where id = $1) update product_summaries set product_type = $2 where product_id = $1", product, type);
        await using var node = await RunHost.Start(database.ConnectionString, Guid.NewGuid().ToString(), new ApplyBulkEdit(database.Source));
        var action = new UnifyTypes(new Dictionary<string, string> { ["Tees"] = "T-shirts", ["T-Shirt"] = " T-shirts " });
        var selection = ProductSelection.All(ProductFilter.Everything.With(FilterField.Type, FilterField.Any, ["Tees", "T-Shirt"]));

        var understand = new UnderstandSearch(database.Source, new(database.Source, TimeProvider.System));
        var previewing = new PreviewBulkEdit(database.Source, new ReadSelectedProducts(database.Source, understand, new ReadStoreTime(database.Source, TimeProvider.System)));
        var preview = (await previewing.Preview(new(shop.Store, selection, action, RunsOfTests.Ann), default)).ShouldBeOfType<PreviewOutcome.Prepared>().PreviewId;
        var started = (await new StartBulkEdit(database.Source, node.Get<EnqueueRun>()).Start(shop.Store, preview, new BulkConsent(), RunsOfTests.Ann, default)).ShouldBeOfType<StartBulkOutcome.Started>();
        await node.Until(started.RunId, RunStatus.Succeeded);

        foreach (var (product, type, pending) in new[] { (tee, "T-shirts", "{\"product_type\": \"Tees\"}"), (shirt, "T-shirts", "{\"product_type\": \"T-Shirt\"}"), (mug, "Mugs", "∅") })
            ((await shop.Value("products", product, "product_type")), await shop.Pending("products", product)).ShouldBe(($"\"{type}\"", pending));
        new UnifyTypes(new Dictionary<string, string> { ["Tees"] = " " }).Problem("EUR")!.Sentence.ShouldContain("“Tees”");
        new UnifyTypes(null!).Problem("EUR").ShouldNotBeNull();
    }
}
