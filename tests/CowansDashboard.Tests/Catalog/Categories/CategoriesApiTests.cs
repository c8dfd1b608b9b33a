using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CowansDashboard.Accounts;
using CowansDashboard.Tests.Search;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Catalog.Categories;

[Trait("Category", "Integration")]
public sealed class CategoriesApiTests(CategoriesApiTests.Shop shop) : IClassFixture<CategoriesApiTests.Shop>
{
    private static readonly JsonSerializerOptions Deep = new() { MaxDepth = 256 };

    [Fact]
    public async Task A_tree_is_made_moved_read_and_taken_back()
    {
        var client = await shop.App.BearerFor(Roles.Merchandiser);
        var women = await Add(client, new { name = "Women", attributes = new { Season = new[] { "SS26" } } });
        var knitwear = await Add(client, new { name = "Knitwear", parentId = women });
        await Add(client, new { name = "Dresses", parentId = women, index = 0 });
        var men = await Add(client, new { name = "Men" });
        await Post(client, $"/api/v1/categories/{knitwear}/products", new { productIds = shop.Products }, HttpStatusCode.OK);

        var moved = await Post(client, $"/api/v1/categories/{knitwear}/move", new { parentId = men, version = 1 }, HttpStatusCode.OK);

        moved.GetProperty("data").GetProperty("version").GetInt32().ShouldBe(2);
        var tree = await Get(client, "/api/v1/categories/tree");
        tree.GetProperty("data").EnumerateArray().Where(each => each.GetProperty("id").GetString() is { } id && (id == women || id == men)).Select(each =>
            $"{each.GetProperty("name")} {each.GetProperty("products")} {string.Join(',', each.GetProperty("below").EnumerateArray().Select(below => below.GetProperty("name").GetString()))}")
            .ShouldBe(["Women 0 Dresses", "Men 2 Knitwear"]);
        (await Post(client, $"/api/v1/categories/{knitwear}/move", new { parentId = (string?)null, version = 1 }, HttpStatusCode.Conflict)).GetProperty("errors").GetProperty("version")[0].GetString()!.ShouldContain("version 2");
        (await Post(client, $"/api/v1/categories/{men}/move", new { parentId = knitwear, version = 1 }, HttpStatusCode.BadRequest)).GetProperty("errors").GetProperty("parentId")[0].GetString()!.ShouldContain("lies below");
        var set = moved.GetProperty("message").GetString()!.Split(' ')[^1].TrimEnd('.');
        (await Post(client, "/api/v1/categories/undo", new { changeSetId = set }, HttpStatusCode.OK)).GetProperty("data").GetProperty("returned").GetInt32().ShouldBe(1);
        var details = (await Get(client, $"/api/v1/categories/{knitwear}")).GetProperty("data");
        string.Join(" > ", details.GetProperty("path").EnumerateArray().Select(step => step.GetProperty("name").GetString())).ShouldBe("Women > Knitwear");
        details.GetProperty("template")[0].GetProperty("from").GetString().ShouldBe("Women");
        details.GetProperty("contents").GetProperty("skus").GetInt64().ShouldBe(2);
        (await Get(client, $"/api/v1/categories/{women}/products?size=1")).GetProperty("meta").GetProperty("next").GetString()!.ShouldContain("after=");
        (await Get(client, $"/api/v1/categories/{women}/products?below=false")).GetProperty("data").GetArrayLength().ShouldBe(0);
        (await Get(client, $"/api/v1/categories/{women}/skus")).GetProperty("data").GetArrayLength().ShouldBe(2);
        (await Get(client, "/api/v1/categories/search?q=knit")).GetProperty("data")[0].GetProperty("fullName").GetString().ShouldBe("Women > Knitwear");
    }

    [Fact]
    public async Task Deleting_names_what_lies_in_it_and_a_restore_asks_for_another_name()
    {
        var client = await shop.App.BearerFor(Roles.Merchandiser);
        var (top, below) = (await Add(client, new { name = "Outerwear" }), "");
        below = await Add(client, new { name = "Coats", parentId = top });

        (await Read(await client.DeleteAsync($"/api/v1/categories/{top}"), HttpStatusCode.Conflict)).GetProperty("detail").GetString()!.ShouldStartWith("1 categories and 0 products lie in it.");
        (await client.DeleteAsync($"/api/v1/categories/{top}?force=true")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await Get(client, $"/api/v1/categories?parent_id={top}&include_deleted=true")).GetProperty("data")[0].GetProperty("deletedAt").ValueKind.ShouldBe(JsonValueKind.String);
        (await Get(client, $"/api/v1/categories?parent_id={top}")).GetProperty("meta").GetProperty("total").GetInt64().ShouldBe(0);
        await Add(client, new { name = "Outerwear" });
        (await Post(client, $"/api/v1/categories/{top}/restore", new { }, HttpStatusCode.Conflict)).GetProperty("errors").TryGetProperty("name", out _).ShouldBeTrue();

        await Post(client, $"/api/v1/categories/{top}/restore", new { name = "Coats and more" }, HttpStatusCode.OK);

        (await Get(client, $"/api/v1/categories/{below}")).GetProperty("data").GetProperty("category").GetProperty("deletedAt").ValueKind.ShouldBe(JsonValueKind.Null);
        (await client.DeleteAsync($"/api/v1/categories/{top}?to=up&version=1")).StatusCode.ShouldBe(HttpStatusCode.Conflict, "it was changed since");
        (await client.DeleteAsync($"/api/v1/categories/{top}?to=up")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await Get(client, $"/api/v1/categories/{below}")).GetProperty("data").GetProperty("path").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task A_key_acts_once_what_is_wrong_is_named_and_a_viewer_only_looks()
    {
        var client = await shop.App.BearerFor(Roles.Merchandiser);
        using (var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/categories") { Content = JsonContent.Create(new { name = "Shoes" }) })
        {
            request.Headers.Add("Idempotency-Key", "shoes-1");
            var first = (await Read(await client.SendAsync(request), HttpStatusCode.Created)).GetProperty("data").GetProperty("id").GetString();
            using var again = new HttpRequestMessage(HttpMethod.Post, "/api/v1/categories") { Content = JsonContent.Create(new { name = "Shoes" }) };
            again.Headers.Add("Idempotency-Key", "shoes-1");
            (await Read(await client.SendAsync(again), HttpStatusCode.Created)).GetProperty("data").GetProperty("id").GetString().ShouldBe(first);
            (await Post(client, "/api/v1/categories", new { name = "shoes" }, HttpStatusCode.Conflict)).GetProperty("errors").TryGetProperty("name", out _).ShouldBeTrue();
            (await Read(await client.PutAsJsonAsync($"/api/v1/categories/{first}", new { version = 1, name = "Footwear" }), HttpStatusCode.OK)).GetProperty("data").GetProperty("name").GetString().ShouldBe("Footwear");
            (await Read(await client.PutAsJsonAsync($"/api/v1/categories/{first}", new { version = 1, name = "Boots" }), HttpStatusCode.Conflict)).GetProperty("errors").TryGetProperty("version", out _).ShouldBeTrue();
        }
        foreach (var (address, body, field) in new (string, object, string)[]
        {
            ("/api/v1/categories", new { }, "name"), ("/api/v1/categories", new { name = "X", colour = "red" }, "colour"), ("/api/v1/categories", new { name = "X", attributes = new { Fit = 1 } }, "attributes"),
            ("/api/v1/categories", new { name = "X", taxonomyId = "zz" }, "taxonomyId"), ("/api/v1/categories/1/move", new { version = 1 }, "parentId"), ("/api/v1/categories/undo", new { changeSetId = "x" }, "changeSetId"),
            ("/api/v1/categories/1/products", new { productIds = Array.Empty<string>() }, "productIds"),
            ("/api/v1/categories", new { name = "X", attributes = new { Fit = new[] { "slim, long" } } }, "attributes"), ("/api/v1/categories", new { name = "X", attributes = new { Fit = new[] { "\0" } } }, "attributes"),
            ("/api/v1/categories", new { name = "X", attributes = new { Fit = new[] { "" } } }, "attributes"), ("/api/v1/categories", new { name = "X", taxonomyId = "\0" }, "taxonomyId"),
        })
            (await Post(client, address, body, HttpStatusCode.BadRequest)).GetProperty("errors").EnumerateObject().ShouldHaveSingleItem().Name.ShouldBe(field);
        (await Read(await client.PostAsync("/api/v1/categories/taxonomy", new StringContent("gid://shopify/TaxonomyCategory/vp : Vehicles & Parts")), HttpStatusCode.OK)).GetProperty("data").GetProperty("added").GetInt32().ShouldBe(1);
        (await Read(await client.GetAsync("/api/v1/categories/search?q=%00"), HttpStatusCode.BadRequest)).GetProperty("errors").TryGetProperty("q", out _).ShouldBeTrue();
        foreach (var (address, twice, field) in new[]
        {
            ("/api/v1/categories", "{\"parentId\":null,\"name\":\"A\",\"ParentID\":null}", "parentID"), ("/api/v1/categories", "{\"name\":\"A\",\"attributes\":{\"Fit\":[],\"fit\":[]}}", "fit"),
            ("/api/v1/categories/1/move", "{\"version\":1,\"version\":1}", "version"), ("/api/v1/categories/undo", "{\"a\":1,\"a\":1}", "a"), ("/api/v1/categories/1/products", "{\"a\":1,\"a\":1}", "a"),
            ("/api/products", "{\"title\":\"A\",\"title\":\"B\"}", "title"),
        })
            (await Read(await client.PostAsync(address, new StringContent(twice, null, "application/json")), HttpStatusCode.BadRequest)).GetProperty("errors").TryGetProperty(field, out _).ShouldBeTrue(twice);
        foreach (var address in new[] { "/api/v1/categories", "/api/v1/categories/undo", "/api/products" })
            (await client.PostAsync(address, new StringContent("""{"name": "\ud800"}""", null, "application/json"))).StatusCode.ShouldBe(HttpStatusCode.BadRequest, "half a character");
        (await Read(await client.PostAsync("/api/v1/categories/taxonomy", new StringContent("vp")), HttpStatusCode.BadRequest)).GetProperty("errors").GetProperty("body")[0].GetString()!.ShouldStartWith("Line 1:");
        (await client.GetAsync("/api/v1/categories/999999")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await client.GetAsync("/api/v1/categories?size=101")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var viewer = await shop.App.BearerFor(Roles.Viewer);
        (await viewer.GetAsync("/api/v1/categories/tree?depth=1")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await viewer.PostAsJsonAsync("/api/v1/categories", new { name = "No" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_deep_tree_is_read_to_its_end()
    {
        var client = await shop.App.BearerFor(Roles.Merchandiser);
        var top = await Add(client, new { name = "Level 1" });
        var last = top;
        for (var level = 2; level <= 40; level++)
            last = await Add(client, new { name = $"Level {level}", parentId = last });

        var branch = (await Get(client, $"/api/v1/categories/tree?parent_id={top}")).GetProperty("data")[0];

        for (var level = 3; level <= 40; level++)
            branch = branch.GetProperty("below")[0];
        branch.GetProperty("id").GetString().ShouldBe(last);
    }

    private static async Task<string> Add(HttpClient client, object body) => (await Post(client, "/api/v1/categories", body, HttpStatusCode.Created)).GetProperty("data").GetProperty("id").GetString()!;

    private static async Task<JsonElement> Post(HttpClient client, string address, object body, HttpStatusCode expected) => await Read(await client.PostAsJsonAsync(address, body), expected);

    private static async Task<JsonElement> Get(HttpClient client, string address) => await Read(await client.GetAsync(address), HttpStatusCode.OK);

    private static async Task<JsonElement> Read(HttpResponseMessage answer, HttpStatusCode expected)
    {
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(expected, text);
        return JsonSerializer.Deserialize<JsonElement>(text, Deep);
    }

    public sealed class Shop : IAsyncLifetime
    {
        internal WebApp App { get; } = new();

        internal string[] Products { get; private set; } = [];

        public async Task InitializeAsync()
        {
            await App.InitializeAsync();
            var store = await ProductsApiTests.NewStore(App.Database);
            var ids = await App.Database.Source.Copy([.. Enumerable.Range(0, 2).Select(i => new CopiedProduct { StoreId = store, Title = $"Cardigan {i}", Skus = [$"C-{i}"] })]);
            Products = [.. ids.Select(id => id.ToString(System.Globalization.CultureInfo.InvariantCulture))];
        }

        public Task DisposeAsync() => App.DisposeAsync();
    }
}
