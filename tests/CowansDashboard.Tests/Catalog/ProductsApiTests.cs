using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CowansDashboard.Tests.Search;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Catalog;

[Trait("Category", "Integration")]
public sealed class ProductsApiTests(ProductsApiTests.Shop shop) : IClassFixture<ProductsApiTests.Shop>
{
    [Fact]
    public async Task A_list_follows_its_own_next_link_through_every_product()
    {
        var client = await shop.App.BearerFor("viewer");
        var titles = new List<string>();
        var next = "/api/products?size=2&sort=title&vendor=Aran+Mills";
        while (next is not null)
        {
            var answer = await client.GetFromJsonAsync<JsonElement>(next);
            answer.GetProperty("status").GetString().ShouldBe("ok");
            answer.GetProperty("meta").GetProperty("total").GetInt64().ShouldBe(5);
            titles.AddRange(answer.GetProperty("data").EnumerateArray().Select(product => product.GetProperty("title").GetString()!));
            next = answer.GetProperty("meta").GetProperty("next").GetString();
        }

        titles.ShouldBe(["Cardigan 0", "Cardigan 1", "Cardigan 2", "Cardigan 3", "Cardigan 4"]);
    }

    [Fact]
    public async Task A_product_of_a_list_has_the_shape_that_programs_rely_on()
    {
        var client = await shop.App.BearerFor("viewer");

        var answer = await client.GetFromJsonAsync<JsonElement>("/api/products?search=scarf");

        var product = answer.GetProperty("data").EnumerateArray().ShouldHaveSingleItem();
        foreach (var name in new[] { "id", "shopifyId", "title", "handle", "status", "vendor", "productType", "tags", "variantsCount", "syncState", "version", "updatedAt" })
            product.TryGetProperty(name, out _).ShouldBeTrue(name);
        product.GetProperty("shopifyId").GetString().ShouldBe("9007199254740993");
        product.GetProperty("maxPrice").GetString().ShouldBe("19.90");
        product.GetProperty("updatedAt").GetString().ShouldEndWith("+00:00");
    }

    [Theory]
    [InlineData("page=0", "page")]
    [InlineData("size=101", "size")]
    [InlineData("sort=colour", "sort")]
    [InlineData("price.min=cheap", "price.min")]
    [InlineData("colour=red", "colour")]
    [InlineData("after=nonsense", "after")]
    [InlineData("storeId=77", "storeId")]
    public async Task A_wrong_parameter_is_a_problem_that_names_it(string query, string field)
    {
        using var answer = await (await shop.App.BearerFor("viewer")).GetAsync($"/api/products?{query}");

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("errors").EnumerateObject().ShouldHaveSingleItem().Name.ShouldBe(field);
    }

    [Fact]
    public async Task One_product_brings_its_variants_and_an_unknown_one_is_not_found()
    {
        var client = await shop.App.BearerFor("viewer");
        var listed = await client.GetFromJsonAsync<JsonElement>("/api/products?search=scarf");
        var id = listed.GetProperty("data")[0].GetProperty("id").GetString();

        var product = (await client.GetFromJsonAsync<JsonElement>($"/api/products/{id}")).GetProperty("data");

        product.GetProperty("variants").EnumerateArray().Select(variant => variant.GetProperty("sku").GetString()).ShouldBe(["SC-1", "SC-2"]);
        product.GetProperty("variants")[0].GetProperty("price").GetString().ShouldBe("19.90");
        foreach (var name in new[] { "descriptionHtml", "seo", "options", "media", "metafields", "collections", "category", "pending" })
            product.TryGetProperty(name, out _).ShouldBeTrue(name);
        (await client.GetAsync("/api/products/987654")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await client.GetAsync("/api/products/abc")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await shop.App.Stranger().GetAsync($"/api/products/{id}")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task With_several_shops_a_request_says_which()
    {
        await using var app = await WebApp.Start();
        var (one, other) = (await NewStore(app.Database), await NewStore(app.Database));
        await app.Database.Source.Copy(new CopiedProduct { StoreId = one, Title = "Ours" }, new CopiedProduct { StoreId = other, Title = "Theirs" });
        var client = await app.BearerFor("viewer");

        using var unnamed = await client.GetAsync("/api/products");
        var named = await client.GetFromJsonAsync<JsonElement>($"/api/products?storeId={other}");

        unnamed.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await unnamed.Content.ReadAsStringAsync()).ShouldContain("storeId");
        named.GetProperty("data").EnumerateArray().ShouldHaveSingleItem().GetProperty("title").GetString().ShouldBe("Theirs");
        var theirs = named.GetProperty("data")[0].GetProperty("id").GetString();
        (await client.GetAsync($"/api/products/{theirs}?storeId={one}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    internal static Task<long> NewStore(TestDatabase database) => database.Scalar<long>(
        "insert into stores (name, shop, api_version, credential_kind, credentials) values ('Test', $1, '2026-10', 'token', '') returning id", Guid.NewGuid() + ".myshopify.com");

    public sealed class Shop : IAsyncLifetime
    {
        internal WebApp App { get; } = new();

        public async Task InitializeAsync()
        {
            await App.InitializeAsync();
            var store = await NewStore(App.Database);
            await App.Database.Source.Copy([
                .. Enumerable.Range(0, 5).Select(i => new CopiedProduct { StoreId = store, Title = $"Cardigan {i}" }),
                new() { StoreId = store, Title = "Scarf", Vendor = "Glen", Price = 19.90m, Skus = ["SC-1", "SC-2"], ShopifyId = 9_007_199_254_740_993 }]);
        }

        public Task DisposeAsync() => App.DisposeAsync();
    }
}
