using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CowansDashboard.Collections;
using CowansDashboard.Tests.Catalog;
using CowansDashboard.Tests.Search;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Collections;

[Trait("Category", "Integration")]
public sealed class CollectionsApiTests(CollectionsApiTests.Shop shop) : IClassFixture<CollectionsApiTests.Shop>
{
    [Theory]
    [InlineData("title", "Autumn|Émile|Spring|Winter knits")]
    [InlineData("-title", "Winter knits|Spring|Émile|Autumn")]
    [InlineData("-products", "Winter knits|Émile|Spring|Autumn")]
    [InlineData("updated", "Winter knits|Spring|Autumn|Émile")]
    public async Task A_list_follows_its_own_next_link_through_every_collection(string sort, string expected)
    {
        var client = await shop.App.BearerFor("viewer");
        var titles = new List<string>();
        for (var next = $"/api/collections?size=1&sort={sort}"; next is not null;)
        {
            var answer = await client.GetFromJsonAsync<JsonElement>(next);
            answer.GetProperty("meta").GetProperty("total").GetInt64().ShouldBe(4);
            titles.Add(answer.GetProperty("data").EnumerateArray().ShouldHaveSingleItem().GetProperty("title").GetString()!);
            next = answer.GetProperty("meta").GetProperty("next").GetString();
        }

        string.Join('|', titles).ShouldBe(expected);
    }

    [Theory]
    [InlineData("search=emile", "Émile")]
    [InlineData("search=knits%20winter", "Winter knits")]
    [InlineData("search=50%25", "")]
    [InlineData("source=conditions", "Winter knits")]
    [InlineData("source=picked", "Émile|Winter knits")]
    [InlineData("source=sub-collections", "Spring")]
    [InlineData("source=unknown", "Autumn")]
    public async Task A_list_holds_what_was_asked_for(string query, string expected)
    {
        var answer = await (await shop.App.BearerFor("viewer")).GetFromJsonAsync<JsonElement>($"/api/collections?{query}");

        string.Join('|', answer.GetProperty("data").EnumerateArray().Select(row => row.GetProperty("title").GetString())).ShouldBe(expected);
        answer.GetProperty("meta").GetProperty("total").GetInt64().ShouldBe(expected.Split('|', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task One_collection_tells_its_sources_places_and_products_in_order()
    {
        var client = await shop.App.BearerFor("viewer");
        var row = (await client.GetFromJsonAsync<JsonElement>("/api/collections?search=winter")).GetProperty("data")[0];
        var id = row.GetProperty("id").GetString();

        row.GetProperty("productsCount").GetInt64().ShouldBe(3);
        row.GetProperty("syncState").GetString().ShouldBe("pending");
        var one = (await client.GetFromJsonAsync<JsonElement>($"/api/collections/{id}")).GetProperty("data");
        one.GetProperty("publications").EnumerateArray().ShouldHaveSingleItem().GetString().ShouldBe("Online Store");
        one.GetProperty("sources")[0].GetProperty("definition").GetProperty("inclusion").GetProperty("conditions").GetArrayLength().ShouldBe(1);

        var products = new List<string>();
        for (var next = $"/api/collections/{id}/products?size=2"; next is not null;)
        {
            var page = await client.GetFromJsonAsync<JsonElement>(next);
            products.AddRange(page.GetProperty("data").EnumerateArray().Select(each => $"{each.GetProperty("position").GetInt32()} {each.GetProperty("title").GetString()}"));
            next = page.GetProperty("meta").GetProperty("next").GetString();
        }
        products.ShouldBe(["1 Scarf", "2 Cardigan", "3 Gilet"]);
    }

    [Theory]
    [InlineData("?size=101", "size")]
    [InlineData("?sort=colour", "sort")]
    [InlineData("?source=magic", "source")]
    [InlineData("?after=nonsense", "after")]
    [InlineData("?page=2", "page")]
    [InlineData("?search=%00", "search")]
    [InlineData("/x", "id")]
    public async Task A_wrong_parameter_is_a_problem_that_names_it(string query, string field)
    {
        using var answer = await (await shop.App.BearerFor("viewer")).GetAsync($"/api/collections{query}");

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().ShouldHaveSingleItem().Name.ShouldBe(field);
    }

    [Fact]
    public async Task A_place_of_another_order_is_a_problem_and_an_unknown_collection_is_not_found()
    {
        var client = await shop.App.BearerFor("viewer");
        var next = (await client.GetFromJsonAsync<JsonElement>("/api/collections?size=1&sort=title")).GetProperty("meta").GetProperty("next").GetString()!;

        using var wrong = await client.GetAsync(next.Replace("sort=title", "sort=products", StringComparison.Ordinal));
        using var unknown = await client.GetAsync("/api/collections/999999999");

        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    public sealed class Shop : IAsyncLifetime
    {
        private const string Picked = """{"inclusion": {"conditions": [], "selections": []}}""";
        private const string Both = """{"inclusion": {"conditions": [{"__typename": "CollectionSourceInclusionConditionProductType"}], "selections": [{"product": {"id": "gid://shopify/Product/1"}}]}}""";

        internal WebApp App { get; } = new();

        public async Task InitializeAsync()
        {
            await App.InitializeAsync();
            var store = await ProductsApiTests.NewStore(App.Database);
            var products = await App.Database.Source.Copy(
                new CopiedProduct { StoreId = store, Title = "Cardigan" }, new CopiedProduct { StoreId = store, Title = "Gilet" }, new CopiedProduct { StoreId = store, Title = "Scarf" }, new CopiedProduct { StoreId = store, Title = "Leaving" });
            var winter = await Add(store, "Winter knits", 1, "CollectionConditionsSource", Both, products[2], products[0], products[1]);
            await App.Database.Scalar<long>("insert into collection_members (store_id, collection_id, product_id, position, mark) values ($1, $2, $3, 2, 2) returning id", store, winter, products[3]);
            await Add(store, "Spring", 2, "CollectionSubCollectionsSource", "{}", products[0]);
            await Add(store, "Autumn", 3, "CollectionSourceFromTheFuture", "{}");
            await Add(store, "Émile", 4, "CollectionConditionsSource", Picked, products[0], products[1]);
            var gone = await Add(store, "Gone", 5, "CollectionConditionsSource", Picked);
            await App.Database.Scalar<long>("update collections set deleted_at = now() where id = $1 returning id", gone);
            await App.Database.Scalar<long>("insert into publications (store_id, shopify_id, title) values ($1, 1, 'Online Store') returning id", store);
            await App.Database.Scalar<long>("insert into collection_publications (store_id, collection_id, publication_id) select $1, $2, id from publications where store_id = $1 returning publication_id", store, winter);
        }

        public Task DisposeAsync() => App.DisposeAsync();

        private async Task<long> Add(long store, string title, int day, string type, string definition, params long[] products)
        {
            var id = await App.Database.Scalar<long>(
                "insert into collections (store_id, shopify_id, title, handle, sort_order, updated_at) values ($1, $2, $3, $4, 'MANUAL', make_timestamptz(2026, 11, $2::int, 9, 0, 0.25, 'UTC')) returning id", store, (long)day, title, $"c-{day}");
            await App.Database.Scalar<long>(
                "insert into collection_sources (store_id, collection_id, gid, position, source_type, definition) values ($1, $2, $3, 1, $4, $5::jsonb) returning id", store, id, $"gid://shopify/{type}/{day}", type, definition);
            for (var i = 0; i < products.Length; i++)
                await App.Database.Scalar<long>("insert into collection_members (store_id, collection_id, product_id, position) values ($1, $2, $3, $4) returning id", store, id, products[i], i + 1);
            return id;
        }
    }
}
