using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Collections;
using CowansDashboard.Conflicts;
using CowansDashboard.History;
using CowansDashboard.Search;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Sync.Pull;

/// <summary>A collection that was edited here and in the shop, pulled again.</summary>
[Trait("Category", "Integration")]
public sealed class EditedCollectionsTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private static readonly ChangeSetHead Edited = new(0, ChangeSetKind.Edit, "Edited", null, "7", "Ann");
    private static readonly HttpClient Http = new() { DefaultRequestHeaders = { { "X-Shopify-Access-Token", DemoStore.Token } } };
    private static readonly ResolvedBy Ann = new("7", "Ann");

    private DemoStore _demo = null!;
    private PullHost _host = null!;
    private long _store;

    public async Task InitializeAsync()
    {
        _demo = await DemoStore.Start(products: 40);
        _host = await PullHost.Start(database, _demo);
        _store = await _host.Connect(database, _demo);
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _demo.DisposeAsync();
    }

    [Fact]
    public async Task What_both_sides_changed_of_a_collection_waits_for_a_person_and_everything_else_merges()
    {
        var products = (await _demo.State("products")).Take(6).Select(product => $"gid://shopify/Product/{product.GetProperty("id")}").ToArray();
        var gid = await Make(products);
        await _host.Pull(_store);
        var collection = await database.Scalar<long>("select id from collections where store_id = $1 and 'gid://shopify/Collection/' || shopify_id = $2", _store, gid);
        var source = await database.Scalar<long>("select id from collection_sources where collection_id = $1", collection);
        var order = await Order(collection);
        var places = await database.Scalar<long[]>("select array_agg(id order by id) from publications where store_id = $1 and deleted_at is null", _store);
        order.Length.ShouldBe(6);
        (await Taken(await Save(new WantedChanges
        {
            Fields =
            [
                new("collection", collection, "title", "Knits", "Ours"), new("collection", collection, "sort_order", "MANUAL", "MANUAL"), new("collection", collection, "seo_title", null, "Warm"),
                new("collection", collection, "member_order", Ids(order), Ids([.. order.Reverse()])),
                new("collection source", source, "definition", await Definition(source), Tagged(await Definition(source), "ours")),
            ],
            Added = [Place(collection, places[0]), Place(collection, places[1])],
        }))).ShouldBe(6);

        await InShop(gid, "Theirs", "theirs", [products[5], products[0]], places[..1]);
        await _host.Pull(_store);

        (await Value(collection, "title, handle, seo_title, pending ->> 'title', pending ? 'seo_title', sort_order")).ShouldBe("Ours|theirs|Warm|Knits|true|MANUAL");
        // Both published it there: nothing waits any more. Where only we did it still does.
        (await database.Scalar<string>("select string_agg(mark::text, ',' order by publication_id) from collection_publications where collection_id = $1", collection)).ShouldBe("0,1");
        var open = (await new FindConflicts(database.Source).Find(_store, new ConflictFilter { Collection = collection }, null, 10, default)).Rows;
        open.Select(row => $"{row.Entity} {row.Field} {row.Title} {row.CollectionId == collection}").Order().ShouldBe(
            ["collection member_order Ours True", "collection source definition Ours True", "collection title Ours True"]);
        var details = (await new ReadConflict(database.Source).Read(_store, open.First(row => row.Field == "member_order").Id, default))!;
        details.InProduct.Count.ShouldBe(3);
        details.Names.Keys.Order().ShouldBe(order.Select(id => $"{id}").Order());
        (await new ReadCollection(database.Source).Read(_store, collection, default))!.Row.Sync.ShouldBe(SyncState.Conflict);

        var resolve = new ResolveConflicts(database.Source);
        (await resolve.Resolve(_store, new Resolution.Ours(), [Seen("title")], Ann, default)).Fields.ShouldBe(1);
        (await resolve.Resolve(_store, new Resolution.Shopifys(), [Seen("definition")], Ann, default)).Fields.ShouldBe(1);
        var taken = await resolve.Resolve(_store, new Resolution.Shopifys(), [Seen("member_order")], Ann, default);
        (await Value(collection, "title, pending ->> 'title', member_order, pending ? 'member_order'")).ShouldBe("Ours|Theirs||false");
        JsonNode.DeepEquals(Tagged(await Definition(source), "theirs"), await Definition(source)).ShouldBeTrue();
        (await database.Scalar<string>("select coalesce(pending::text, '') from collection_sources where id = $1", source)).ShouldBe("");

        // Taken back, the order is in conflict again; once the shop has ours, both agree and nothing waits.
        (await new ReopenConflicts(database.Source).Reopen(_store, taken.ChangeSetId!.Value, Ann, default)).Fields.ShouldBe(1);
        (await Value(collection, "cardinality(member_order), pending ? 'member_order'")).ShouldBe("6|true");
        await Reorder(gid, [.. order.Reverse()]);
        await _host.Pull(_store);

        (await Value(collection, "member_order, pending ? 'member_order', title")).ShouldBe("|false|Ours");
        (await Order(collection)).ShouldBe(order.Reverse());
        (await database.Scalar<string>("select closed_as from conflicts where entity = 'collection' and field = 'member_order' and entity_id = $1", collection)).ShouldBe("agreed");
        (await database.Scalar<long>("select count(*) from conflicts where store_id = $1 and closed_at is null", _store)).ShouldBe(0);

        // Gone in Shopify: no window and no place is left over.
        await Save(new WantedChanges { Fields = [new("collection", collection, "removal", null, "delete:24")] });
        await Ask("mutation($id: ID!) { collectionDelete(input: {id: $id}) { userErrors { message } } }", new JsonObject { ["id"] = gid });
        await _host.Pull(_store);

        (await database.Scalar<string>("select closed_as from collection_removals where collection_id = $1", collection)).ShouldBe("gone");
        (await database.Scalar<long>("select count(*) from collection_publications where collection_id = $1", collection)).ShouldBe(0);

        SeenConflict Seen(string field) => open.First(row => row.Field == field) is var row ? new(row.Id, row.Revision) : default;
    }

    private async Task<string> Make(string[] products)
    {
        var answer = await Ask("mutation($c: CollectionCreateInput!) { collectionCreate(collection: $c) { collection { id } userErrors { message } } }", new JsonObject
        {
            ["c"] = new JsonObject
            {
                ["title"] = "Knits", ["sortOrder"] = "MANUAL",
                ["sources"] = new JsonArray(new JsonObject
                {
                    ["source"] = new JsonObject
                    {
                        ["title"] = "Some",
                        ["inclusion"] = new JsonObject
                        {
                            ["matchType"] = "ANY",
                            ["conditions"] = new JsonArray(new JsonObject { ["productTag"] = new JsonObject { ["relation"] = "TAGGED_WITH", ["matchType"] = "ANY", ["values"] = new JsonArray("nobody-has-this") } }),
                            ["selections"] = new JsonArray([.. products.Select(id => new JsonObject { ["productId"] = id })]),
                        },
                    },
                }),
            },
        });
        return answer["collectionCreate"]!["collection"]!["id"]!.GetValue<string>();
    }

    /// <summary>Other fields, another condition, two products in front, and published at some places.</summary>
    private async Task InShop(string gid, string title, string handle, string[] front, long[] places)
    {
        var sources = (await Ask("query($id: ID!) { collection(id: $id) { sources { id ... on CollectionConditionsSource { inclusion { conditions { id } } } } } }", new JsonObject { ["id"] = gid }))["collection"]!["sources"]![0]!;
        await Ask("mutation($c: CollectionUpdateInput!) { collectionUpdate(collection: $c) { userErrors { message } } }", new JsonObject
        {
            ["c"] = new JsonObject
            {
                ["id"] = gid, ["title"] = title, ["handle"] = handle,
                ["sourcesToUpdate"] = new JsonArray(new JsonObject
                {
                    ["condition"] = new JsonObject
                    {
                        ["id"] = sources["id"]!.DeepClone(),
                        ["inclusion"] = new JsonObject
                        {
                            ["conditionsToUpdate"] = new JsonArray(new JsonObject
                            {
                                ["id"] = sources["inclusion"]!["conditions"]![0]!["id"]!.DeepClone(),
                                ["condition"] = new JsonObject { ["productTag"] = new JsonObject { ["relation"] = "TAGGED_WITH", ["matchType"] = "ANY", ["values"] = new JsonArray("theirs") } },
                            }),
                        },
                    },
                }),
            },
        });
        await Move(gid, [.. front.Select((id, place) => (id, place))]);
        var published = await database.Scalar<string[]>("select array_agg('gid://shopify/Publication/' || shopify_id) from publications where id = any($1)", places);
        await Ask("mutation($id: ID!, $input: [PublicationInput!]!) { publishablePublish(id: $id, input: $input) { userErrors { message } } }",
            new JsonObject { ["id"] = gid, ["input"] = new JsonArray([.. published.Select(id => new JsonObject { ["publicationId"] = id })]) });
    }

    private async Task Reorder(string gid, long[] order)
    {
        var products = await database.Scalar<string[]>("select array_agg('gid://shopify/Product/' || p.shopify_id order by w.place) from unnest($1) with ordinality w (id, place) join products p on p.id = w.id", order);
        await Move(gid, [.. products.Select((id, place) => (id, place))]);
    }

    private async Task Move(string gid, (string Id, int Place)[] moves)
    {
        var job = (await Ask("mutation($id: ID!, $moves: [MoveInput!]!) { collectionReorderProducts(id: $id, moves: $moves) { job { id } userErrors { message } } }", new JsonObject
        {
            ["id"] = gid,
            ["moves"] = new JsonArray([.. moves.Select(move => new JsonObject { ["id"] = move.Id, ["newPosition"] = $"{move.Place}" })]),
        }))["collectionReorderProducts"]!["job"]!["id"]!;
        await Patience.Until(async () => (await Ask("query($id: ID!) { job(id: $id) { done } }", new JsonObject { ["id"] = job.DeepClone() }))["job"]!["done"]!.GetValue<bool>(), done => done, done => $"The job is done: {done}.");
    }

    private async Task<JsonNode> Ask(string query, JsonObject variables)
    {
        using var answer = await Http.PostAsJsonAsync(new Uri(_demo.BaseUrl, "/admin/api/2026-10/graphql.json"), new JsonObject { ["query"] = query, ["variables"] = variables });
        var body = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        var data = body["data"] as JsonObject ?? throw new InvalidOperationException($"{body} for {variables}");
        foreach (var (name, payload) in data)
            (((payload as JsonObject)?["userErrors"] as JsonArray)?.Count ?? 0).ShouldBe(0, $"{name}: {payload}");
        return data;
    }

    private async Task<SaveOutcome> Save(WantedChanges wanted) => await _host.Get<SaveChangeSet>().Save(Edited with { StoreId = _store }, wanted, StaleMeans.Refuse, default);

    private static Task<int> Taken(SaveOutcome outcome) => Task.FromResult(outcome.ShouldBeOfType<SaveOutcome.Saved>().Fields);

    private async Task<JsonNode> Definition(long source) => JsonNode.Parse(await database.Scalar<string>("select definition::text from collection_sources where id = $1", source))!;

    private static JsonNode Tagged(JsonNode definition, string tag)
    {
        var changed = definition.DeepClone();
        changed["inclusion"]!["conditions"]![0]!["texts"] = new JsonArray(tag);
        return changed;
    }

    private Task<long[]> Order(long collection) => database.Scalar<long[]>("select array_agg(product_id order by position) from collection_members where collection_id = $1 and mark <> 2", collection);

    private Task<string> Value(long collection, string columns) => database.Scalar<string>($"select concat_ws('|', {string.Join(", ", columns.Split(", ").Select(column => $"coalesce(({column})::text, '')"))}) from collections where id = $1", collection);

    private static NewRow Place(long collection, long publication) => new("collection publication", -publication, new JsonObject { ["collection_id"] = collection, ["publication_id"] = publication });

    private static JsonArray Ids(long[] ids) => [.. ids.Select(id => (JsonNode)id)];
}
