using System.Globalization;
using System.Text.Json;
using CowansDashboard.Catalog;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Search;
using CowansDashboard.Sync.Purge;
using CowansDashboard.Sync.Push;
using CowansDashboard.Tests.Support;
using CowansDashboard.Tests.Sync.Push;

namespace CowansDashboard.Tests.Sync.Purge;

/// <summary>A pulled shop from which products are deleted here, restored, and purged.</summary>
internal sealed class RemovedShop(TestDatabase database, EditedShop shop) : IAsyncDisposable
{
    private static readonly TimeSpan AWindowLater = TimeSpan.FromHours(25);

    public EditedShop Shop => shop;

    public PullHost Host => shop.Host;

    public DemoStore Demo => shop.Demo;

    public long Store => shop.Store;

    private SaveChangeSet Saving { get; } = new(database.Source);

    public static async Task<RemovedShop> Start(TestDatabase database, int products) => new(database, await EditedShop.Start(database, products));

    public Task<SaveOutcome> Save(params FieldEdit[] edits) =>
        Saving.Save(new ChangeSetHead(Store, ChangeSetKind.Edit, "Edited", null, "7", "Ann"), edits, StaleMeans.Refuse, default);

    /// <summary>Products of the copy that are on sale, with few variants, in order.</summary>
    public Task<long[]> Active(int most) => database.Scalar<long[]>("""
        select array_agg(id order by id) from (
            select p.id from products p where p.store_id = $1 and p.status = 'ACTIVE' and p.deleted_at is null and p.removal is null
                and (select count(*) from variants v where v.product_id = p.id) between 2 and 40 order by p.id limit $2) p
        """, Store, most);

    public async Task<long> Delete(Removal how, params long[] products) =>
        (await new DeleteProducts(Saving).Delete(new DeleteRequest(Store, products, how, "Deleted", "7", "Ann") { Reason = "Sold out" }, default))
            .ShouldBeOfType<SaveOutcome.Saved>().ChangeSetId;

    /// <summary>Deleted here, and archived in Shopify.</summary>
    public async Task<long> Archive(params long[] products)
    {
        var set = await Delete(new Removal(24), products);
        await PushStatus(products);
        return set;
    }

    public async Task<long> PlanStatus(params long[] products) =>
        (await Host.Get<PreparePush>().Prepare(new PushRequest(Store, "Status", PullHost.Ann) { ProductIds = products, OnlyStatus = true }, default))
            .ShouldBeOfType<PreparePushOutcome.Prepared>().PlanId;

    public async Task PushStatus(params long[] products)
    {
        var plan = await PlanStatus(products);
        await shop.Push(plan);
        (await shop.Items(plan)).ShouldAllBe(item => item.Status == CowansDashboard.Sync.Push.PushStatus.Done);
    }

    public Task<RollBackOutcome> RollBack(params long[] products) =>
        new RollBackProducts(database.Source, Undoing).RollBack(Store, products, "Wanted again", "8", "Bea", default);

    public UndoChanges Undoing => new(database.Source, Saving);

    /// <summary>Lets the time of all windows go on by this much, as if they had begun so much earlier.</summary>
    public Task TimeGoesOn(TimeSpan by) => database.Scalar<long>("""
        with moved as (
            update removals set confirmed_at = confirmed_at - $2, ends_at = ends_at - $2, tried_at = tried_at - $2 where store_id = $1 and closed_at is null returning 1)
        select count(*) from moved
        """, Store, by);

    /// <summary>A purge from beginning to end, so much later than now.</summary>
    public async Task<Run> Purge(TimeSpan? later = null)
    {
        await TimeGoesOn(later ?? AWindowLater);
        var id = await Host.Enqueue(PurgeProducts.Name, Store);
        return await Host.Until(id, run => run.Now.Status == RunStatus.Succeeded);
    }

    public async Task<IReadOnlyList<ProductRow>> Listed(string filter = "")
    {
        var count = new CountProducts(database.Source, new(database.Source, new(database.Source, TimeProvider.System)), new(database.Source, TimeProvider.System));
        var find = new FindProducts(database.Source, new(database.Source, new(database.Source, TimeProvider.System)), count, new(database.Source, TimeProvider.System));
        var (parsed, problems) = FilterText.Read(FilterText.Parameters(filter), "search");
        problems.ShouldBeEmpty();
        return (await find.Find(new(Store, parsed, ProductSort.Default, 100, new PagePlace.Numbered(1)), default)).Rows;
    }

    /// <summary>What Shopify has of the product; null when it has none.</summary>
    public async Task<JsonElement?> InShopify(long product)
    {
        var id = await database.Scalar<long>("select shopify_id from products where id = $1", product);
        return (await Demo.State("products")).Cast<JsonElement?>().FirstOrDefault(row => row!.Value.GetProperty("id").GetString() == id.ToString(CultureInfo.InvariantCulture));
    }

    public async Task<string?> StatusInShopify(long product) => (await InShopify(product))?.GetProperty("status").GetString();

    public Task<string> Text(string sql, params object[] parameters) => database.Scalar<string>(sql, parameters);

    /// <summary>How the last removal of the product stands.</summary>
    public Task<string> Removed(long product) => Text("""
        select concat_ws(' ', kind, hours, confirmed_at is not null, extract(epoch from ends_at - confirmed_at)::int / 3600, closed_as) from removals where product_id = $1 order by id desc limit 1
        """, product);

    public ValueTask DisposeAsync() => shop.DisposeAsync();
}
