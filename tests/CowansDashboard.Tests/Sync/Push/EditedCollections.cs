using System.Text.Json.Nodes;
using CowansDashboard.Runs;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Sync.Push;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Sync.Push;

/// <summary>The collections of a pulled shop, edited in the copy as a save leaves them.</summary>
internal sealed class EditedCollections(TestDatabase database, EditedShop shop) : IAsyncDisposable
{
    public EditedShop Shop => shop;

    public static async Task<EditedCollections> Start(TestDatabase database, int products) => new(database, await EditedShop.Start(database, products));

    /// <summary>A new collection with sources; answers our id.</summary>
    public async Task<long> Make(string title, params JsonObject[] sources)
    {
        var id = await database.Scalar<long>("""
            insert into collections (store_id, title, handle, description_html, sort_order, seo_title, mark) values ($1, $2, '', '<p>Made here</p>', 'MANUAL', 'Seen by engines', 1) returning id
            """, shop.Store, title);
        foreach (var source in sources)
            await AddSource(id, source);
        return id;
    }

    public Task<long> AddSource(long collection, JsonObject definition) => database.Scalar<long>("""
        insert into collection_sources (store_id, collection_id, position, source_type, title, definition, mark)
        select $1, $2, 1 + count(*), $3, $4, $5::jsonb, 1 from collection_sources where collection_id = $2 returning id
        """, shop.Store, collection, (string)definition["__typename"]!, (string?)definition["title"] ?? "More", definition.ToJsonString());

    public Task<long> Id(string title) => database.Scalar<long>("select id from collections where store_id = $1 and title = $2 and deleted_at is null", shop.Store, title);

    /// <summary>Another value of a column, over what both sides agree on.</summary>
    public Task Set(string table, long id, string column, string expression) => database.Scalar<long>($$"""
        with e as (
            update {{table}} t set pending = jsonb_build_object('{{column}}', to_jsonb(t) -> '{{column}}') || coalesce(pending, '{}'), {{column}} = {{expression}} where id = $1 returning 1)
        select count(*) from e
        """, id);

    public async Task<JsonObject> Definition(long source) =>
        (JsonObject)JsonNode.Parse(await database.Scalar<string>("select definition::text from collection_sources where id = $1", source))!;

    public Task SetDefinition(long source, JsonObject definition) => Set("collection_sources", source, "definition", $"$json${definition.ToJsonString()}$json$::jsonb");

    public Task<long[]> Sources(long collection) =>
        database.Scalar<long[]>("select array_agg(id order by position) from collection_sources where collection_id = $1 and deleted_at is null", collection);

    public Task<long> Remove(string table, string where, long id) =>
        database.Scalar<long>($"with e as (update {table} set mark = 2 where {where} returning 1) select count(*) from e", id);

    /// <summary>Our ids in Shopify's order.</summary>
    public Task<long[]> Members(long collection) =>
        database.Scalar<long[]>("select coalesce(array_agg(product_id order by position), '{}') from collection_members where collection_id = $1", collection);

    public Task Order(long collection, long[] wanted) => database.Scalar<long>("""
        with e as (
            update collections c set member_order = $2, pending = coalesce(pending, '{}') || jsonb_build_object('member_order',
                (select jsonb_agg(m.product_id order by m.position) from collection_members m where m.collection_id = c.id)) where id = $1 returning 1)
        select count(*) from e
        """, collection, wanted);

    public Task Publish(long collection) => database.Scalar<long>("""
        with e as (
            insert into collection_publications (store_id, collection_id, publication_id, mark)
            select store_id, $2, id, 1 from publications where store_id = $1 on conflict do nothing returning 1)
        select count(*) from e
        """, shop.Store, collection);

    public Task<long> ShopifyId(long collection) => database.Scalar<long>("select shopify_id from collections where id = $1", collection);

    public async Task<long> Prepare() =>
        (await shop.Host.Get<PreparePush>().Prepare(new PushRequest(shop.Store, "Collections", PullHost.Ann), default)).ShouldBeOfType<PreparePushOutcome.Prepared>().PlanId;

    /// <summary>Pushes everything that waits; every row of it arrives.</summary>
    public async Task<IReadOnlyList<PushItemRow>> Push()
    {
        var plan = await Prepare();
        await shop.Push(plan);
        var items = await shop.Items(plan);
        items.Where(item => item.Status != PushStatus.Done).Select(Said).ShouldBeEmpty();
        return items;
    }

    public Task<long> Waiting() => database.Scalar<long>("""
        select (select count(*) from collections where store_id = $1 and (pending is not null or mark <> 0 or member_order is not null))
             + (select count(*) from collection_sources where store_id = $1 and (pending is not null or mark <> 0))
             + (select count(*) from collection_publications where store_id = $1 and mark <> 0)
             + (select count(*) from sent_fields where store_id = $1) + (select count(*) from push_collection_claims)
             + (select count(*) from conflicts where store_id = $1 and closed_at is null)
        """, shop.Store);

    /// <summary>Nothing waits, nothing differs, also after everything was read again, and nobody has anything to send.</summary>
    public async Task ShouldAgree()
    {
        (await Waiting()).ShouldBe(0);
        await Same();
        await shop.Host.Pull(shop.Store);
        (await Waiting()).ShouldBe(0);
        await shop.Shop.ShouldBeInTheCopy();
        await Same();
        (await shop.Host.Get<PreparePush>().Prepare(new PushRequest(shop.Store, "Again", PullHost.Ann), default)).ShouldBeOfType<PreparePushOutcome.NothingWaits>();
    }

    /// <summary>Collections, members and places, also those that the usual comparison leaves out.</summary>
    private async Task Same()
    {
        (await database.Differing(shop.Store, shop.Demo, "collections")).ShouldBeEmpty();
        (await database.Differing(shop.Store, shop.Demo, "collection-members")).ShouldBeEmpty();
        var truth = (await shop.Demo.State("collection-publications")).Select(row => $"{row.GetProperty("collectionId").GetString()} {row.GetProperty("publicationId").GetString()}").Order(StringComparer.Ordinal);
        var held = await database.Scalar<string[]>("""
            select coalesce(array_agg(c.shopify_id || ' ' || b.shopify_id), '{}') from collection_publications e
            join collections c on c.id = e.collection_id and c.deleted_at is null join publications b on b.id = e.publication_id where e.store_id = $1
            """, shop.Store);
        held.Order(StringComparer.Ordinal).ShouldBe(truth);
    }

    /// <summary>Somebody else makes a collection in Shopify.</summary>
    public Task Create(JsonObject collection) => Done(Mutations.CollectionCreate(collection));

    public async Task Done(Operation<CowansDashboard.Shopify.Wire.MutationData> mutation) =>
        (await shop.Demo.Admin().Send(mutation, CowansDashboard.Shopify.Lane.Interactive, default)).Accepted();

    public static string Said(PushItemRow item) => $"{item.Product} {item.Entity} {item.Kind}: {item.Status} {item.Outcome}";

    /// <summary>Shopify’s ids of the first products.</summary>
    public async Task<string[]> Products(int count) =>
        await database.Scalar<string[]>("select array_agg('gid://shopify/Product/' || shopify_id order by id) from (select id, shopify_id from products where store_id = $1 and deleted_at is null order by id limit $2) p", shop.Store, count);

    /// <summary>A source that holds these products and nothing else; the rest as another one has it.</summary>
    public static JsonObject Picked(string[] products, JsonObject? like = null)
    {
        var source = (JsonObject?)like?.DeepClone() ?? Json("""
            {"__typename": "CollectionConditionsSource", "title": "By hand", "targetType": "PRODUCTS", "inclusion": {"matchType": "ALL", "conditions": [], "selections": []}}
            """);
        source["inclusion"]!["selections"] = new JsonArray([.. products.Select(id => (JsonNode)new JsonObject { ["product"] = new JsonObject { ["id"] = id }, ["variantIds"] = new JsonArray() })]);
        return source;
    }

    public static JsonObject Json(string json) => (JsonObject)JsonNode.Parse(json)!;

    public ValueTask DisposeAsync() => shop.DisposeAsync();
}
