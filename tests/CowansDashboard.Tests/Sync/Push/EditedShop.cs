using System.Text.Json;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Search;
using CowansDashboard.Sync;
using CowansDashboard.Sync.Push;
using CowansDashboard.Tests.Support;
using CowansDashboard.Tests.Sync.Pull;
using Npgsql;

namespace CowansDashboard.Tests.Sync.Push;

/// <summary>A pulled shop whose copy is edited here, row by row, as an editor leaves it: the new value, and the base under pending.</summary>
internal sealed class EditedShop : IAsyncDisposable
{
    private readonly TestDatabase _database;

    private EditedShop(TestDatabase database, ChangingShop shop) => (_database, Shop) = (database, shop);

    public ChangingShop Shop { get; }

    public DemoStore Demo => Shop.Demo;

    public PullHost Host => Shop.Host;

    public long Store => Shop.Store;

    public static async Task<EditedShop> Start(TestDatabase database, int products, params string[] more) =>
        new(database, await ChangingShop.Pulled(database, products, null, more));

    /// <summary>A shop that somebody else has pulled and throws away.</summary>
    public static EditedShop Of(TestDatabase database, ChangingShop shop) => new(database, shop);

    /// <summary>Edits columns of rows that a condition chooses, such as <c>Edit("products", "title", "title || ' new'", "id &lt; 50")</c>.</summary>
    public async Task<long[]> Edit(string table, string column, string expression, string where = "true", int most = 1_000_000)
    {
        await using var command = _database.Source.CreateCommand($$"""
            with chosen as (select id from {{table}} where store_id = $1 and deleted_at is null and {{where}} order by id limit {{most}}),
            edited as (
                update {{table}} t set pending = jsonb_build_object('{{column}}', to_jsonb(t) -> '{{column}}') || coalesce(pending, '{}'), {{column}} = {{expression}},
                    version = version + 1
                where id in (select id from chosen) returning id)
            select coalesce(array_agg(id order by id), '{}') from edited
            """);
        command.Parameters.Add(new() { Value = Store });
        return (long[])(await command.ExecuteScalarAsync())!;
    }

    /// <summary>New products with one variant each, "Made 1" and so on, as the editor leaves them; answers our ids.</summary>
    public Task<long[]> Make(int products) => _database.Scalar<long[]>("""
        with p as (
            insert into products (store_id, title, handle, status, tags, vendor, mark)
            select $1, 'Made ' || n, 'made-' || n, 'DRAFT', '{}', 'Us', 1 from generate_series(1, $2) n returning id),
        v as (insert into variants (store_id, product_id, option_values, position, price, mark) select $1, id, '{}', 1, 9.5, 1 from p)
        select array_agg(id order by id) from p
        """, Store, products);

    /// <summary>As if the node of a run had died and the run had been cancelled a minute ago.</summary>
    public async Task EndAsLost(long run)
    {
        await _database.Scalar<long>("with e as (update runs set status = 'cancelling' where id = $1 returning 1) select count(*) from e", run);
        await _database.Scalar<long>("with e as (update runs set status = 'cancelled', epoch = epoch + 1, finished_at = now() - interval '1 minute' where id = $1 returning 1) select count(*) from e", run);
    }

    /// <summary>Who edits, and what the history calls it.</summary>
    public ChangeSetHead Head(string kind = ChangeSetKind.Edit, string title = "Edited", string by = "Ann") => new(Store, kind, title, null, by.ToLowerInvariant(), by);

    /// <summary>A bulk edit of every product, previewed and applied; answers its change set.</summary>
    public async Task<long> EditAll(BulkAction action) => await EditMany(ProductSelection.All(ProductFilter.Everything), action);

    public async Task<long> EditMany(ProductSelection selection, BulkAction action)
    {
        var preview = (await Host.Get<PreviewBulkEdit>().Preview(new BulkRequest(Store, selection, action, PullHost.Ann), default)).ShouldBeOfType<PreviewOutcome.Prepared>().PreviewId;
        var run = (await Host.Get<StartBulkEdit>().Start(Store, preview, new BulkConsent { ToWarnings = true }, PullHost.Ann, default)).ShouldBeOfType<StartBulkOutcome.Started>().RunId;
        await Host.Until(run, done => done.Now.Status == RunStatus.Succeeded);
        return (await Host.Get<ReadBulkPreview>().Find(Store, preview, default))!.ChangeSetId!.Value;
    }

    public async Task<long> Prepare(IReadOnlyCollection<long>? products = null, bool needsApproval = false) =>
        (await Host.Get<PreparePush>().Prepare(new PushRequest(Store, "Test", PullHost.Ann) { ProductIds = products, NeedsApproval = needsApproval }, default))
            .ShouldBeOfType<PreparePushOutcome.Prepared>().PlanId;

    public async Task<PushPlanRow> Plan(long id) => (await Host.Get<ReadPushPlan>().Find(Store, id, default))!;

    public async Task<long> Apply(long plan) =>
        (await Host.Get<StartPush>().Start(Store, plan, null, PullHost.Ann, default)).ShouldBeOfType<StartPushOutcome.Started>().RunId;

    public async Task<Run> Push(long plan)
    {
        var id = await Apply(plan);
        return await Host.Until(id, run => run.Now.Status == RunStatus.Succeeded);
    }

    /// <summary>Forces the path, whatever the plan has chosen.</summary>
    public async Task Force(long plan, string path)
    {
        await _database.Scalar<long>("with changed as (update push_plans set path = $2 where id = $1 returning 1) select count(*) from changed", plan, path);
        await using var connection = await _database.Source.OpenConnectionAsync();
        await PlanHash.Write(connection, plan, default);
    }

    public async Task<IReadOnlyList<PushItemRow>> Items(long plan) => await Host.Get<ReadPushPlan>().Items(plan, null, null, 10_000, default);

    /// <summary>Our ids of the places where things are published.</summary>
    public Task<long[]> Places() => _database.Scalar<long[]>("select array_agg(id order by id) from publications where store_id = $1 and deleted_at is null", Store);

    public Task<long> Waiting() => _database.Scalar<long>("""
        select (select count(*) from products where store_id = $1 and (pending is not null or mark = 2 or mark = 1 and deleted_at is null)) + (select count(*) from variants where store_id = $1 and (pending is not null or mark = 2 or mark = 1 and deleted_at is null))
             + (select count(*) from product_options where store_id = $1 and (pending is not null or mark = 2 or mark = 1 and deleted_at is null)) + (select count(*) from media where store_id = $1 and (pending is not null or mark = 2 or mark = 1 and deleted_at is null))
             + (select count(*) from metafields where store_id = $1 and (pending is not null or mark = 2 or mark = 1 and deleted_at is null)) + (select count(*) from inventory_levels where store_id = $1 and pending is not null)
             + (select count(*) from product_publications where store_id = $1 and mark <> 0) + (select count(*) from sent_fields where store_id = $1) + (select count(*) from push_claims)
        """, Store);

    /// <summary>Both sides hold the same, but for collections: which rules take a product in after a push, the next pull tells.</summary>
    public Task ShouldAgree() => _database.ShouldEqual(Store, Demo, "collections", "collection-members");

    /// <summary>How often Shopify has executed a mutation.</summary>
    public async Task<long> Executed(string mutation) =>
        (await Mutations()).TryGetProperty(mutation, out var counted) ? counted.GetProperty("executed").GetInt64() : 0;

    /// <summary>How often Shopify was asked to change anything at all, whatever it answered.</summary>
    public async Task<long> Asked() =>
        (await Mutations()).EnumerateObject().Sum(one => one.Value.GetProperty("executed").GetInt64() + one.Value.GetProperty("refused").GetInt64());

    private async Task<JsonElement> Mutations()
    {
        using var http = new HttpClient();
        return JsonDocument.Parse(await http.GetStringAsync(new Uri(Demo.BaseUrl, "/_demo/mutations"))).RootElement.GetProperty("mutations");
    }

    public ValueTask DisposeAsync() => Shop.DisposeAsync();
}
