using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Collections.Automatic;
using CowansDashboard.Schedules.Recurring;
using CowansDashboard.Tests.Catalog;
using CowansDashboard.Tests.Search;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Collections;

[Trait("Category", "Integration")]
public sealed class ChangeCollectionsApiTests(ChangeCollectionsApiTests.Shop shop) : IClassFixture<ChangeCollectionsApiTests.Shop>
{
    private const string Tagged = """{"inclusion": {"matchType": "ANY", "conditions": [{"__typename": "CollectionSourceInclusionConditionProductTag", "match": "ANY", "tagRelation": "TAGGED_WITH", "texts": ["red"]}]}}""";

    [Fact]
    public async Task A_collection_is_made_once_under_its_key_changed_by_its_version_and_duplicated()
    {
        var client = await shop.App.BearerFor("merchandiser");
        var body = new JsonObject
        {
            ["title"] = "Red things", ["handle"] = "red-things", ["sortOrder"] = "manual", ["seo"] = new JsonObject { ["title"] = "Red" }, ["publicationIds"] = new JsonArray($"{shop.Place}"),
            ["sources"] = new JsonArray(
                new JsonObject { ["title"] = "By tag", ["definition"] = JsonNode.Parse(Tagged) }, new JsonObject { ["productIds"] = new JsonArray($"{shop.Products[0]}", $"{shop.Products[1]}") },
                new JsonObject { ["title"] = "Others", ["collectionIds"] = new JsonArray($"{shop.Collection}") }),
        };

        var (made, again) = (await Made(client, body, "red-1"), await Made(client, body, "red-1"));
        var id = made.GetProperty("id").GetString();

        again.GetProperty("id").GetString().ShouldBe(id);
        (made.GetProperty("syncState").GetString(), made.GetProperty("publications")[0].GetString(), made.GetProperty("seo").GetProperty("title").GetString()).ShouldBe(("here-only", "Online Store", "Red"));
        made.GetProperty("sources").EnumerateArray().Select(source => source.GetProperty("title").GetString()).ShouldBe(["By tag", "Products", "Others"]);
        made.GetProperty("sources")[1].GetProperty("definition").GetProperty("inclusion").GetProperty("selections").GetArrayLength().ShouldBe(2);
        var (tag, others) = (made.GetProperty("sources")[0].GetProperty("id").GetString(), made.GetProperty("sources")[2].GetProperty("id").GetString());
        var version = made.GetProperty("version").GetInt32();
        var change = new JsonObject
        {
            ["version"] = version + 7, ["title"] = "Reds",
            ["sources"] = new JsonArray(new JsonObject { ["id"] = tag, ["title"] = "Red by tag" }, new JsonObject { ["id"] = others, ["remove"] = true }),
        };
        (await Status(client.PutAsJsonAsync($"/api/collections/{id}", change))).ShouldBe(HttpStatusCode.Conflict);
        change["version"] = version;
        var changed = await Data(client.PutAsJsonAsync($"/api/collections/{id}", change));
        (changed.GetProperty("title").GetString(), changed.GetProperty("version").GetInt32() > version).ShouldBe(("Reds", true));
        changed.GetProperty("sources").EnumerateArray().Select(source => source.GetProperty("title").GetString()).ShouldBe(["Red by tag", "Products"]);

        var copy = await Data(client.PostAsJsonAsync($"/api/collections/{id}/duplicate", new { title = "Reds again" }));

        (copy.GetProperty("title").GetString(), copy.GetProperty("publications").GetArrayLength(), copy.GetProperty("sources").GetArrayLength()).ShouldBe(("Reds again", 0, 2));
        // Of one that Shopify does not know the source names who is put in by hand.
        var filled = await Data(client.PostAsJsonAsync($"/api/collections/{copy.GetProperty("id").GetString()}/products", new { productIds = new[] { shop.Products[2] } }));
        filled.GetProperty("sources").EnumerateArray().Sum(source => source.GetProperty("definition").GetProperty("inclusion").TryGetProperty("selections", out var picked) ? picked.GetArrayLength() : 0).ShouldBe(3);
    }

    [Fact]
    public async Task Kept_rules_that_send_make_a_plan_of_their_own_collections_within_what_one_person_may_send_and_say_so()
    {
        var database = shop.App.Database;
        var store = await ProductsApiTests.NewStore(database);
        // The other tests choose their shop by its being the only one.
        await database.Scalar<long>("update stores set deleted_at = now() where id = $1 returning id", store);
        await database.Source.Copy(new CopiedProduct { StoreId = store, Title = "A", Type = "Gilets" }, new CopiedProduct { StoreId = store, Title = "B", Type = "Belts", Vendor = "Knot" });
        var edited = await database.Scalar<long>("insert into collections (store_id, shopify_id, title, handle, sort_order, member_order, pending) values ($1, $1, 'Edited', 'edited', 'MANUAL', '{2,1}', '{\"title\": \"Old\", \"member_order\": [1, 2]}') returning id", store);
        await database.Scalar<int>("insert into guard_limits (store_id, most_products, most_price_percent, stop_percent, changed_by_name, most_pushed) values ($1, 100, 50, 10, 'Ann', 1) returning most_pushed", store);
        var tasks = shop.App.Get<IEnumerable<IRecurringTask>>().ToList();
        var keep = tasks.Single(task => task.Work == "automatic-collections");
        var save = shop.App.Get<SaveAutomaticRule>();
        var read = shop.App.Get<ReadAutomaticCollections>();

        (await save.Save(store, new AutomaticRule(GroupedBy.ProductType, "{name}", 1, 0) { IsKept = true, Sends = true }, new("7", "Ann"), default)).ShouldBeNull();
        var held = await keep.Perform(store, default);

        held.IsDone.ShouldBeFalse();
        held.Said.ShouldStartWith("2 collections made. Not sent yet: a second person has to approve push plan ");
        (await read.Read(store, GroupedBy.ProductType, null, default)).Last.ShouldNotBeNull().IsHindered.ShouldBeTrue();
        (await database.Scalar<string>("select made_by_name || ' ' || collections || ' ' || needs_approval || ' ' || (run_id is null) from push_plans where store_id = $1", store)).ShouldBe("Ann 2 true true");

        (await save.Save(store, new AutomaticRule(GroupedBy.Vendor, "{name}", 1, 0) { IsKept = true, Sends = true, LeftOut = ["Aran Mills"] }, new("7", "Ann"), default)).ShouldBeNull();
        (await keep.Perform(store, default)).ShouldBe(new RecurringResult(true, "1 collection made. A push sends them."));
        (await read.Read(store, GroupedBy.Vendor, null, default)).Last.ShouldNotBeNull().Said.ShouldStartWith("1 collection made. Push plan ");
        (await read.Read(store, GroupedBy.ProductType, null, default)).Last.ShouldNotBeNull().Said.ShouldBe("Nothing was missing.");
        (await database.Scalar<string>("select string_agg(collections || ' ' || (run_id is null), ', ' order by id) from push_plans where store_id = $1", store)).ShouldBe("2 true, 1 false");

        // An order goes without the title that somebody may not have finished.
        (await shop.App.Get<SendKeptCollections>().Send(store, "Edited put in order", [edited], new("7", "Ann"), default, onlyOrder: true)).Goes.ShouldBeTrue();
        (await database.Scalar<string>("select string_agg(array_to_string(array(select jsonb_object_keys(fields)), '+'), ', ') from push_items where collection_id = $1", edited)).ShouldBe("member_order");
    }

    [Fact]
    public async Task Products_are_put_in_taken_out_and_ordered_and_places_change()
    {
        var client = await shop.App.BearerFor("merchandiser");
        var path = $"/api/collections/{shop.Collection}";

        await Data(client.PostAsJsonAsync($"{path}/products", new { productIds = new[] { shop.Products[2] } }));
        await Data(client.DeleteAsync($"{path}/products/{shop.Products[0]}"));
        await Data(client.PostAsJsonAsync($"{path}/order", new { productIds = new[] { shop.Products[2], shop.Products[1] } }));
        await Data(client.PostAsJsonAsync($"{path}/publications", new { publicationIds = new[] { $"{shop.Place}" } }));
        var published = await Data(client.GetAsync(path));
        var taken = await Data(client.DeleteAsync($"{path}/publications/{shop.Place}"));

        (await shop.App.Database.Scalar<string>("select string_agg(product_id || ' ' || mark, ',' order by product_id) from collection_members where collection_id = $1", shop.Collection))
            .ShouldBe($"{shop.Products[0]} 2,{shop.Products[1]} 0,{shop.Products[2]} 1");
        (await shop.App.Database.Scalar<long[]>("select member_order from collections where id = $1", shop.Collection)).ShouldBe([shop.Products[2], shop.Products[1]]);
        (published.GetProperty("publications").GetArrayLength(), taken.GetProperty("publications").GetArrayLength()).ShouldBe((1, 0));
        (await Status(client.PostAsJsonAsync($"{path}/publications", new { publicationIds = new[] { "999999" } }))).ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_deleted_collection_takes_no_change_and_returns_with_its_places()
    {
        var client = await shop.App.BearerFor("merchandiser");
        var id = await shop.Add("Leaving", 9);
        await shop.App.Database.Scalar<long>("insert into collection_publications (store_id, collection_id, publication_id) values ($1, $2, $3) returning id", shop.Store, id, shop.Place);

        (await Status(client.DeleteAsync($"/api/collections/{id}"))).ShouldBe(HttpStatusCode.BadRequest);
        (await Status(client.DeleteAsync($"/api/collections/{id}?version=5"))).ShouldBe(HttpStatusCode.Conflict);
        (await Data(client.DeleteAsync($"/api/collections/{id}?version=0&rollbackHours=48"))).GetProperty("rollbackHours").GetInt32().ShouldBe(48);
        var removed = await Data(client.GetAsync($"/api/collections/{id}"));
        (await Status(client.PutAsJsonAsync($"/api/collections/{id}", new { version = removed.GetProperty("version").GetInt32(), title = "Staying" }))).ShouldBe(HttpStatusCode.BadRequest);
        await Data(client.PostAsJsonAsync($"/api/collections/{id}/rollback", new { reason = "Wrong one" }));
        var back = await Data(client.GetAsync($"/api/collections/{id}"));

        (removed.GetProperty("publications").GetArrayLength(), back.GetProperty("publications").GetArrayLength()).ShouldBe((0, 1));
        var far = removed.GetProperty("removal");
        (far.GetProperty("rollbackHours").GetInt32(), far.GetProperty("endsAt").ValueKind, back.GetProperty("removal").ValueKind).ShouldBe((48, JsonValueKind.Null, JsonValueKind.Null), "its place has to be taken back first");
        (await Status(client.PostAsJsonAsync($"/api/collections/{id}/rollback", new { }))).ShouldBe(HttpStatusCode.Conflict);
        (await shop.App.Database.Scalar<string>("select hours || ' ' || closed_as from collection_removals where collection_id = $1", id)).ShouldBe("48 restored");
    }

    [Theory]
    [InlineData("""{"handle": "x"}""", "title")]
    [InlineData("""{"title": "X", "colour": "red"}""", "colour")]
    [InlineData("""{"title": "X", "sortOrder": "by mood"}""", "sortOrder")]
    [InlineData("""{"title": "X", "sources": [{"title": "A"}]}""", "sources[0]")]
    [InlineData("""{"title": "X", "sources": [{"productIds": ["999999999"]}]}""", "sources.definition")]
    [InlineData("""{"title": "X", "handle": "c-1"}""", "handle")]
    [InlineData("""{"title": "X", "handle": 5}""", "handle")]
    [InlineData("""{"title": "X", "handle": "a\u0000"}""", "handle")]
    [InlineData("""{"title": "X", "Title": "Y"}""", "title")]
    [InlineData("""{"title": "X", "sources": [{"title": "A", "title": "B"}]}""", "title")]
    [InlineData("""{"title": "X", "sources": [{"definition": {"__typename": 5}}]}""", "sources.definition")]
    [InlineData("""{"title": "X", "sources": [{"definition": {"collections": [5]}}]}""", "sources.definition")]
    [InlineData("""{"title": "X", "sources": [{"definition": {"inclusion": {"matchType": "ALL", "conditions": null}}}]}""", "sources.definition")]
    [InlineData("""{"title": "X", "sources": [{"definition": {"inclusion": {"conditions": [{"__typename": "CollectionSourceInclusionConditionProductTag", "texts": ["a\u0000"]}]}}}]}""", "sources.definition")]
    public async Task What_cannot_be_made_is_a_problem_that_names_its_field(string body, string field)
    {
        var client = await shop.App.BearerFor("merchandiser");

        using var answer = await client.PostAsync("/api/collections", Json(body));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().ShouldHaveSingleItem().Name.ShouldBe(field);
    }

    [Fact]
    public async Task Values_of_the_wrong_kind_are_refused_wherever_they_stand()
    {
        var client = await shop.App.BearerFor("merchandiser");
        var path = $"/api/collections/{await shop.Add("Odd", 11)}";

        (await Status(client.PutAsync(path, Json("""{"version": 0, "sortOrder": 5}""")))).ShouldBe(HttpStatusCode.BadRequest);
        (await Status(client.PutAsync(path, Json("""{"version": 0, "title": "\ud800"}""")))).ShouldBe(HttpStatusCode.BadRequest);
        (await Status(client.PostAsync($"{path}/duplicate", Json("""{"title": "A", "title": "B"}""")))).ShouldBe(HttpStatusCode.BadRequest);
        (await Status(client.DeleteAsync($"{path}?version=0&reason=a%00b"))).ShouldBe(HttpStatusCode.BadRequest);
        (await Status(client.PostAsync($"{path}/rollback", Json($$"""{"reason": "{{new string('a', 501)}}"}""")))).ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_source_without_lists_that_the_copy_holds_hinders_nobody()
    {
        var client = await shop.App.BearerFor("merchandiser");
        var id = await shop.Add("Held", 12);
        await shop.App.Database.Scalar<long>("""
            insert into collection_sources (store_id, collection_id, position, source_type, title, definition)
            values ($1, $2, 1, 'CollectionConditionsSource', 'A', '{"inclusion": {"conditions": null, "selections": 5}}') returning id
            """, shop.Store, id);

        (await Status(client.GetAsync("/api/collections"))).ShouldBe(HttpStatusCode.OK);
        (await Data(client.GetAsync($"/api/collections/{id}"))).GetProperty("title").GetString().ShouldBe("Held");
    }

    [Fact]
    public async Task A_collection_is_scheduled_and_read_and_brought_back_as_it_was()
    {
        var client = await shop.App.BearerFor("merchandiser");
        var id = await shop.Add("Launching", 13);
        var source = await shop.App.Database.Scalar<long>("""
            insert into collection_sources (store_id, collection_id, position, source_type, title, definition) values ($1, $2, 1, 'CollectionConditionsSource', 'Red', $3::jsonb) returning id
            """, shop.Store, id, Tagged);
        var (start, end) = (TimeProvider.System.GetUtcNow().AddDays(2).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture), TimeProvider.System.GetUtcNow().AddDays(4).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture));
        object Wanted(object source) => new { start, end, title = "Launch", changes = new { title = "Launched", sources = new[] { source } }, publicationIds = new[] { $"{shop.Place}" } };
        var blue = JsonNode.Parse(Tagged.Replace("red", "blue", StringComparison.Ordinal));

        (await Status(client.PostAsJsonAsync($"/api/collections/{id}/schedule", Wanted(new { title = "More", definition = blue })))).ShouldBe(HttpStatusCode.Conflict, "a source that comes does not fit a layer");
        (await Status(client.PostAsJsonAsync($"/api/collections/{id}/schedule", new { start, changes = new { title = "Launching" } }))).ShouldBe(HttpStatusCode.Conflict, "nothing would change");
        (await Status(client.PostAsJsonAsync($"/api/collections/{id}/schedule", new { start, addProductIds = new[] { shop.Products[0] }.Select(one => $"{one}"), changes = new { sources = new[] { new { id = $"{source}", definition = blue } } } })))
            .ShouldBe(HttpStatusCode.Conflict, "Shopify writes who is put in into a source");
        using var twice = new StringContent($$"""{ "start": "{{start}}", "changes": { "title": "A", "title": "B" } }""", Encoding.UTF8, "application/json");
        (await Status(client.PostAsync($"/api/collections/{id}/schedule", twice))).ShouldBe(HttpStatusCode.BadRequest, "a title comes twice");
        var scheduled = await Data(client.PostAsJsonAsync($"/api/collections/{id}/schedule", Wanted(new { id = $"{source}", definition = blue })));

        (scheduled.GetProperty("title").GetString(), scheduled.GetProperty("collections").GetInt64(), scheduled.GetProperty("fields").GetInt64()).ShouldBe(("Launch", 1, 3));
        var values = (await Data(client.GetAsync($"/api/schedules/{scheduled.GetProperty("id").GetString()}/values"))).EnumerateArray().ToList();
        values.Select(value => $"{value.GetProperty("collection").GetString()}: {value.GetProperty("field").GetString()} {value.GetProperty("words").GetString()}").Order(StringComparer.Ordinal)
            .ShouldBe(["Launching: definition Tag is blue", "Launching: publications ", "Launching: title "]);
        (await Data(client.DeleteAsync($"/api/schedules/{scheduled.GetProperty("id").GetString()}"))).GetProperty("state").GetString().ShouldBe("cancelled");
        (await shop.App.Database.Scalar<string>("select title || mark || (pending is null) from collections where id = $1", id)).ShouldBe("Launching0true", "nothing of the trial stayed");

        var then = Uri.EscapeDataString(TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture));
        await Data(client.PutAsJsonAsync($"/api/collections/{id}", new { version = 0, title = "Otherwise", sources = new[] { new { id = $"{source}", definition = blue } } }));
        var asOf = await Data(client.GetAsync($"/api/collections/{id}/as-of?at={then}"));
        (asOf.GetProperty("fields").GetProperty("title").GetString(), asOf.GetProperty("sources")[0].GetProperty("words").GetString(), asOf.GetProperty("differences").GetArrayLength()).ShouldBe(("Launching", "Tag is red", 2));
        await Data(client.PostAsJsonAsync($"/api/collections/{id}/as-of/restore", new { at = Uri.UnescapeDataString(then), differences = new[] { new { entity = "collection", entityId = $"{id}", field = "title" } } }));
        (await shop.App.Database.Scalar<string>("select title from collections where id = $1", id)).ShouldBe("Launching");
        (await Status(client.GetAsync($"/api/collections/{id}/as-of?at=2090-01-01"))).ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Whoever_may_only_look_changes_nothing() =>
        (await Status((await shop.App.BearerFor("viewer")).PostAsJsonAsync("/api/collections", new { title = "X" }))).ShouldBe(HttpStatusCode.Forbidden);

    private static async Task<JsonElement> Made(HttpClient client, JsonObject body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/collections") { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key);
        return await Data(client.SendAsync(request));
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static async Task<JsonElement> Data(Task<HttpResponseMessage> asking)
    {
        using var answer = await asking;
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonSerializer.Deserialize<JsonElement>(text).GetProperty("data");
    }

    private static async Task<HttpStatusCode> Status(Task<HttpResponseMessage> asking)
    {
        using var answer = await asking;
        return answer.StatusCode;
    }

    public sealed class Shop : IAsyncLifetime
    {
        internal WebApp App { get; } = new();

        public long Store { get; private set; }

        public long[] Products { get; private set; } = [];

        public long Collection { get; private set; }

        public long Place { get; private set; }

        public async Task InitializeAsync()
        {
            await App.InitializeAsync();
            Store = await ProductsApiTests.NewStore(App.Database);
            Products = [.. await App.Database.Source.Copy(new CopiedProduct { StoreId = Store, Title = "Cardigan" }, new CopiedProduct { StoreId = Store, Title = "Gilet" }, new CopiedProduct { StoreId = Store, Title = "Scarf" })];
            await App.Database.Scalar<long>("with p as (update products set shopify_id = coalesce(shopify_id, id) where store_id = $1 returning 1) select count(*) from p", Store);
            Place = await App.Database.Scalar<long>("insert into publications (store_id, shopify_id, title) values ($1, 1, 'Online Store') returning id", Store);
            Collection = await Add("Winter knits", 1);
            for (var i = 0; i < 2; i++)
                await App.Database.Scalar<long>("insert into collection_members (store_id, collection_id, product_id, position) values ($1, $2, $3, $4) returning id", Store, Collection, Products[i], i + 1);
        }

        public Task DisposeAsync() => App.DisposeAsync();

        public Task<long> Add(string title, long number) => App.Database.Scalar<long>(
            "insert into collections (store_id, shopify_id, title, handle, sort_order) values ($1, $2, $3, 'c-' || $2, 'MANUAL') returning id", Store, number, title);
    }
}
