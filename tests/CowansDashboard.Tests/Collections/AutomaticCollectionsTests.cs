using CowansDashboard.Collections;
using CowansDashboard.Collections.Automatic;
using CowansDashboard.History;
using CowansDashboard.Tests.History;
using CowansDashboard.Tests.Runs;
using CowansDashboard.Tests.Search;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Collections;

[Trait("Category", "Integration")]
public sealed class AutomaticCollectionsTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly ReadAutomaticCollections read = new(database.Source);

    [Fact]
    public async Task Values_are_counted_without_case_and_what_is_not_on_sale_makes_no_collection()
    {
        var store = await Shop();

        var types = await Plan(store, GroupedBy.ProductType, 2, 1);
        types.Lines.Select(line => (line.Group.Value, line.Group.Products, line.Group.Active, line.Group.InStock, line.Step)).ShouldBe(
        [
            ("Gilets", 4, 4, 3, AutomaticStep.New),
            ("Belts", 3, 1, 1, AutomaticStep.Below),
            ("Caps", 2, 2, 0, AutomaticStep.Below),
        ], ignoreOrder: true);
        (await Plan(store, GroupedBy.Tag, 2, 0)).New.Select(line => (line.Group.Value, line.Group.Products)).ShouldBe([("Sale", 5)]);
        (await Plan(store, GroupedBy.Vendor, 8, 0)).New.ShouldHaveSingleItem().Group.Name.ShouldBe("Acme");
        (await Plan(store, GroupedBy.Category, 1, 0)).New.Select(line => (line.Group.Value, line.Group.Products)).ShouldBe([("aa-1", 4), ("aa-1-13", 3)]);
    }

    [Fact]
    public async Task What_a_rule_asks_for_is_made_once_however_often_and_from_where_it_is_asked()
    {
        var store = await Shop();
        var (save, make) = (new SaveAutomaticRule(database.Source), new MakeAutomaticCollections(database.Source, read, new SaveChangeSet(database.Source)));
        await database.Scalar<long>("insert into collections (store_id, shopify_id, title, handle, sort_order) values ($1, $1 + 1, 'Other gilets', 'all-gilets', 'MANUAL') returning id", store);
        var online = await database.Scalar<long>("insert into publications (store_id, shopify_id, title) values ($1, $1, 'Online Store') returning id", store);
        (await save.Save(store, new AutomaticRule(GroupedBy.ProductType, "All {name}", 1, 0) { LeftOut = ["caps"], IsKept = true, Publications = [online, online + 999] }, RunsOfTests.Ann, default)).ShouldBeNull();

        var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => make.Make(store, GroupedBy.ProductType, null, RunsOfTests.Ann, default)));

        made.Select(one => one.Made).Order().ShouldBe([0, 0, 0, 2]);
        made.Single(one => one.Made > 0).Problems.ShouldBeEmpty();
        var plan = await read.Read(store, GroupedBy.ProductType, null, default);
        plan.Rule.IsKept.ShouldBeTrue();
        plan.Lines.Select(line => (line.Group.Value, line.Step, line.Collection?.Title)).ShouldBe(
            [("Gilets", AutomaticStep.Waits, "All Gilets"), ("Belts", AutomaticStep.Waits, "All Belts"), ("Caps", AutomaticStep.LeftOut, null)]);
        (await database.Scalar<string>("select string_agg(handle || ' ' || mark, ', ' order by handle) from collections where store_id = $1", store)).ShouldBe("all-belts 1, all-gilets 0, all-gilets-1 1");
        (await database.Scalar<long>("select count(*) from collection_publications where store_id = $1 and publication_id = $2 and mark = 1", store, online)).ShouldBe(2);
        (await database.Scalar<string>("select string_agg(title || ' by ' || made_by_name, ', ') from change_sets where store_id = $1 and kind = 'create'", store)).ShouldBe("2 collections made from a rule by Ann");
    }

    [Fact]
    public async Task What_a_person_deleted_is_not_made_anew_unasked()
    {
        var store = await Shop();
        var saving = new SaveChangeSet(database.Source);
        var (save, make) = (new SaveAutomaticRule(database.Source), new MakeAutomaticCollections(database.Source, read, saving));
        await save.Save(store, new AutomaticRule(GroupedBy.ProductType, "{name}", 1, 0), RunsOfTests.Ann, default);
        (await make.Make(store, GroupedBy.ProductType, null, RunsOfTests.Ann, default)).Collections.Count.ShouldBe(3);
        var gilets = await database.Scalar<long>("select id from collections where store_id = $1 and title = 'Gilets'", store);
        (await new DeleteCollections(saving).Delete(new ChangeSetHead(store, ChangeSetKind.Delete, "Gilets deleted", null, "ann", "Ann"), [gilets], 24, null, default)).ShouldBeOfType<SaveOutcome.Saved>();

        (await make.Make(store, GroupedBy.ProductType, null, RunsOfTests.Ann, default)).Made.ShouldBe(0);
        (await read.Read(store, GroupedBy.ProductType, null, default)).Lines.Single(line => line.Step == AutomaticStep.Gone).Group.Value.ShouldBe("Gilets");
        (await make.Make(store, GroupedBy.ProductType, ["gilets"], RunsOfTests.Ann, default)).Made.ShouldBe(1);
    }

    private async Task<AutomaticPlan> Plan(long store, GroupedBy by, int products, int inStock) => await read.Read(store, by, AutomaticRule.Usual(by) with { FewestProducts = products, FewestInStock = inStock }, default);

    private async Task<long> Shop()
    {
        var store = (await EditedShop.Open(database)).Store;
        CopiedProduct Product(string type, string status = "ACTIVE", long? stock = null, string? category = null, params string[] tags) =>
            new() { StoreId = store, Title = type, Type = type, Vendor = "Acme", Status = status, Stock = stock, Category = category, Tags = tags };
        await database.Source.Copy(
        [
            Product("Gilets", stock: 3, category: "aa-1-13", tags: ["Sale", "Wool"]), Product("Gilets", category: "aa-1-13", tags: ["Sale"]), Product("gilets", stock: 0, tags: ["sale", "Sale"]), Product("Gilets", stock: 1),
            Product("Belts", stock: 2, category: "aa-1", tags: ["Sale"]), Product("Belts", "DRAFT"), Product("Belts", "ARCHIVED", category: "aa-1-13", tags: ["SALE"]),
            Product("Caps", stock: 0), Product("Caps", stock: -1), Product(""),
        ]);
        return store;
    }
}
