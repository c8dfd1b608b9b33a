using CowansDashboard.Collections.Ordering;
using CowansDashboard.History;
using CowansDashboard.Schedules.Recurring;
using CowansDashboard.Tests.History;
using CowansDashboard.Tests.Runs;
using CowansDashboard.Tests.Search;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Collections;

[Trait("Category", "Integration")]
public sealed class OrderRulesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_kept_rule_puts_a_collection_in_order_each_night_and_undo_brings_the_old_order_back()
    {
        var (store, collection, products) = await Shelf();
        var (read, save) = (new ReadOrderRule(database.Source), new SaveOrderRule(database.Source));
        var saving = new SaveChangeSet(database.Source);
        var night = new OrderCollectionsAgain(new ListKeptOrders(database.Source), new ApplyOrderRule(read, saving), new NoteOrderRun(database.Source), new SendKeptCollections(null!, null!, null!));
        (await night.Perform(store, default)).Said.ShouldBe("No collection has an order that is kept.");

        var rule = new OrderRule(SortedBy.Price, [products[3]], SoldOutLast: true) { IsKept = true };
        (await save.Save(store, collection, rule, RunsOfTests.Ann, default)).ShouldBeNull();
        var plan = (await read.Read(store, collection, null, default))!;
        plan.Now.ShouldBe([products[0], products[1], products[2], products[3]]);
        plan.Wanted.ShouldBe([products[3], products[2], products[0], products[1]]);
        plan.Moved.ShouldBe(2);

        (await night.Perform(store, default)).ShouldBe(new RecurringResult(true, "1 collection put in order; it waits for a push."));
        (await read.Read(store, collection, null, default))!.Now.ShouldBe(plan.Wanted);
        (await night.Perform(store, default)).ShouldBe(new RecurringResult(true, "Everything stands in its order."));
        (await read.Read(store, collection, null, default))!.Last.ShouldNotBeNull().ShouldSatisfyAllConditions(last => last.Said.ShouldBe("Everything stood in its order, which waits for a push."), last => last.IsHindered.ShouldBeFalse());
        (await database.Scalar<string>("select sort_order || ' ' || (pending ->> 'sort_order') || ' ' || (pending ? 'member_order') from collections where id = $1", collection)).ShouldBe("MANUAL BEST_SELLING true");

        var set = await database.Scalar<long>("select max(id) from change_sets where store_id = $1", store);
        (await new UndoChanges(database.Source, saving).Undo(new UndoScope(store, set), RunsOfTests.Ann.Id, RunsOfTests.Ann.Name, null, default)).ShouldBeOfType<SaveOutcome.Saved>();
        (await read.Read(store, collection, null, default))!.Now.ShouldBe([products[0], products[1], products[2], products[3]]);

        (await save.Save(store, collection, null, RunsOfTests.Ann, default)).ShouldBeNull();
        (await read.Read(store, collection, null, default))!.Rule.ShouldBeNull();
        (await new ApplyOrderRule(read, saving).Apply(store, collection, RunsOfTests.Ann, default)).ShouldBeNull();
        (await read.Read(store + 1, collection, null, default)).ShouldBeNull();
    }

    private async Task<(long Store, long Collection, long[] Products)> Shelf()
    {
        var store = (await EditedShop.Open(database)).Store;
        var products = await database.Source.Copy(
            new CopiedProduct { StoreId = store, Title = "Belt", Price = 20 }, new CopiedProduct { StoreId = store, Title = "Cap", Price = 5, Stock = 0 },
            new CopiedProduct { StoreId = store, Title = "Apron", Price = 8 }, new CopiedProduct { StoreId = store, Title = "Dress", Price = 90, Stock = 0 });
        var collection = await database.Scalar<long>("insert into collections (store_id, shopify_id, title, handle, sort_order) values ($1, $1, 'Shelf', 'shelf', 'BEST_SELLING') returning id", store);
        foreach (var (at, product) in products.Index())
            await database.Scalar<long>("insert into collection_members (store_id, collection_id, product_id, position) values ($1, $2, $3, $4) returning product_id", store, collection, product, at + 1);
        return (store, collection, products);
    }
}
