using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CowansDashboard.Tests.Search;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Catalog;

[Trait("Category", "Integration")]
public sealed class ChangeProductApiTests(ChangeProductApiTests.Shop shop) : IClassFixture<ChangeProductApiTests.Shop>
{
    [Fact]
    public async Task Only_what_the_body_names_changes_and_waits_for_Shopify()
    {
        var (client, id, product) = await Fresh();
        var variant = product.GetProperty("variants")[0].GetProperty("id").GetString();

        using var answer = await client.PutAsJsonAsync($"/api/products/{id}", new
        {
            version = Version(product), title = "Jumper, soft", status = "draft", seo = new { title = "Soft" }, tags = new[] { "b", "a" }, variants = new[] { new { id = variant, price = "12.50" } },
        });

        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        var now = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data");
        (now.GetProperty("title").GetString(), now.GetProperty("status").GetString(), now.GetProperty("seo").GetProperty("title").GetString(), now.GetProperty("vendor").GetString())
            .ShouldBe(("Jumper, soft", "draft", "Soft", "Aran Mills"));
        now.GetProperty("variants")[0].GetProperty("price").GetString().ShouldBe("12.50");
        now.GetProperty("pending").GetProperty("title").GetString().ShouldBe(product.GetProperty("title").GetString());
        now.GetProperty("syncState").GetString().ShouldBe("pending");
        Version(now).ShouldBeGreaterThan(Version(product));
    }

    [Fact]
    public async Task A_price_of_0_and_a_move_above_the_limit_have_to_be_confirmed()
    {
        var (client, id, product) = await Fresh();
        var variant = product.GetProperty("variants")[0].GetProperty("id").GetString();

        using (var asked = await client.PutAsJsonAsync($"/api/products/{id}", new { version = Version(product), variants = new[] { new { id = variant, price = "0.00" } } }))
        {
            asked.StatusCode.ShouldBe(HttpStatusCode.Conflict);
            (await asked.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString().ShouldBe("1 price would become 0. Nothing was saved; send confirm: true and confirmZeros: 1 to go on.");
        }
        var free = await Changed(client, id, new { version = Version(product), confirm = true, confirmZeros = 1, variants = new[] { new { id = variant, price = "0.00" } } });

        var store = await shop.App.Database.Scalar<long>($"select store_id from products where id = {id}");
        await shop.App.Database.Scalar<long>("insert into guard_limits (store_id, most_price_percent, changed_by_name) values ($1, 50, 'Ann') returning store_id", store);
        try
        {
            using var asked = await client.PutAsJsonAsync($"/api/products/{id}", new { version = Version(free), variants = new[] { new { id = variant, price = "999.00" } } });
            (await asked.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString().ShouldEndWith("Nothing was saved; send confirm: true to go on.");
            (await Changed(client, id, new { version = Version(free), confirm = true, variants = new[] { new { id = variant, price = "999.00" } } })).GetProperty("variants")[0].GetProperty("price").GetString().ShouldBe("999.00");
        }
        finally
        {
            await shop.App.Database.Scalar<long>("delete from guard_limits where store_id = $1 returning store_id", store);
        }
    }

    [Fact]
    public async Task An_old_version_changes_nothing_and_names_the_fields_that_differ()
    {
        var (client, id, product) = await Fresh();
        (await client.PutAsJsonAsync($"/api/products/{id}", new { version = Version(product), title = "First" })).EnsureSuccessStatusCode();

        using var late = await client.PutAsJsonAsync($"/api/products/{id}", new { version = Version(product), title = "Second", vendor = "Aran Mills" });

        late.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var problem = await late.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("errors").EnumerateObject().ShouldHaveSingleItem().Name.ShouldBe("title");
        (await client.GetFromJsonAsync<JsonElement>($"/api/products/{id}")).GetProperty("data").GetProperty("title").GetString().ShouldBe("First");
    }

    [Fact]
    public async Task The_same_key_with_the_same_body_acts_once_and_is_answered_the_same()
    {
        var (client, id, product) = await Fresh();
        var key = Guid.NewGuid().ToString();
        var body = JsonSerializer.Serialize(new { version = Version(product), title = "Once" });

        using var first = await Put(client, id, key, body);
        using var again = await Put(client, id, key, body);
        using var other = await Put(client, id, key, body.Replace("Once", "Twice", StringComparison.Ordinal));

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await again.Content.ReadFromJsonAsync<JsonElement>()).ToString().ShouldBe((await first.Content.ReadFromJsonAsync<JsonElement>()).ToString());
        other.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await shop.App.Database.Scalar<long>($"select count(*) from changes where product_id = {id}")).ShouldBe(1);
    }

    [Fact]
    public async Task A_refused_request_leaves_its_key_free_for_the_mended_one()
    {
        var (client, id, product) = await Fresh();
        var key = Guid.NewGuid().ToString();
        var mended = await Changed(client, id, new { version = Version(product), vendor = "Tweed & Sons" });

        using var late = await Put(client, id, key, JsonSerializer.Serialize(new { version = Version(product), vendor = "Linen Ltd" }));
        using var again = await Put(client, id, key, JsonSerializer.Serialize(new { version = Version(mended), vendor = "Linen Ltd" }));
        using var repeated = await Put(client, id, key, JsonSerializer.Serialize(new { version = Version(mended), vendor = "Linen Ltd" }));

        late.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        again.StatusCode.ShouldBe(HttpStatusCode.OK, await again.Content.ReadAsStringAsync());
        repeated.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await repeated.Content.ReadAsStringAsync()).ShouldBe(await again.Content.ReadAsStringAsync());
        (await shop.App.Database.Scalar<long>($"select count(*) from changes where product_id = {id}")).ShouldBe(2);
    }

    [Theory]
    [InlineData("""{"version": 0, "colour": "red"}""", "colour")]
    [InlineData("""{"version": 0, "title": ""}""", "title")]
    [InlineData("""{"version": 0, "variants": [{"id": "1", "price": "1"}]}""", "variants[0].id")]
    [InlineData("""{"version": 0, "metafields": [{"namespace": "custom", "key": "care"}]}""", "metafields[0].value")]
    [InlineData("""{"title": "No version"}""", "version")]
    public async Task A_wrong_body_is_a_problem_that_names_its_place(string body, string place)
    {
        var (client, id, _) = await Fresh();

        using var answer = await Put(client, id, null, body);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().ShouldHaveSingleItem().Name.ShouldBe(place);
    }

    [Fact]
    public async Task A_metafield_is_added_changed_and_removed_by_its_name()
    {
        var (client, id, product) = await Fresh();
        var added = await Changed(client, id, new { version = Version(product), metafields = new object[] { new { @namespace = "custom", key = "care", type = "single_line_text_field", value = "Wash cold" } } });
        added.GetProperty("metafields")[0].GetProperty("value").GetString().ShouldBe("Wash cold");
        var changed = await Changed(client, id, new { version = Version(added), metafields = new object[] { new { @namespace = "custom", key = "care", value = "Wash warm" } } });
        changed.GetProperty("metafields")[0].GetProperty("value").GetString().ShouldBe("Wash warm");
        var removed = await Changed(client, id, new { version = Version(changed), metafields = new object[] { new { @namespace = "custom", key = "care", value = (string?)null } } });
        removed.GetProperty("metafields").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_new_product_is_made_once_for_its_key_and_waits_for_Shopify()
    {
        var client = await shop.App.BearerFor("merchandiser");
        var title = $"Cap {Guid.NewGuid():N}";
        var body = $$"""{"title": "{{title}}", "options": [{"name": "Size", "values": ["S", "M"]}], "variants": [{"optionValues": ["S"], "price": "9.90"}, {"optionValues": ["M"], "price": 10}]}""";
        var key = Guid.NewGuid().ToString();

        using var first = await Post(client, key, body);
        using var again = await Post(client, key, body);

        first.StatusCode.ShouldBe(HttpStatusCode.Created, await first.Content.ReadAsStringAsync());
        again.StatusCode.ShouldBe(HttpStatusCode.Created);
        var product = (await first.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data");
        (product.GetProperty("status").GetString(), product.GetProperty("syncState").GetString(), product.GetProperty("shopifyId").ValueKind).ShouldBe(("draft", "here-only", JsonValueKind.Null));
        product.GetProperty("variants").EnumerateArray().Select(variant => variant.GetProperty("title").GetString()).ShouldBe(["S", "M"]);
        (await shop.App.Database.Scalar<long>("select count(*) from products where title = $1", title)).ShouldBe(1);
        using var refused = await Post(client, null, $$"""{"title": "{{title}}", "variants": [{"price": "-1"}]}""");
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_viewer_changes_nothing()
    {
        var (_, id, _) = await Fresh();

        using var answer = await Put(await shop.App.BearerFor("viewer"), id, null, """{"version": 0, "title": "Mine"}""");

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private async Task<(HttpClient Client, string Id, JsonElement Product)> Fresh()
    {
        var ids = await shop.App.Database.Source.Copy(new CopiedProduct { StoreId = shop.Store, Title = "Jumper", ShopifyId = Random.Shared.NextInt64(1, long.MaxValue), Skus = ["J-1"] });
        var client = await shop.App.BearerFor("merchandiser");
        var id = ids[0].ToString(System.Globalization.CultureInfo.InvariantCulture);
        return (client, id, (await client.GetFromJsonAsync<JsonElement>($"/api/products/{id}")).GetProperty("data"));
    }

    private static async Task<JsonElement> Changed(HttpClient client, string id, object body)
    {
        using var answer = await client.PutAsJsonAsync($"/api/products/{id}", body);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data");
    }

    private static Task<HttpResponseMessage> Put(HttpClient client, string id, string? key, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, $"/api/products/{id}") { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return client.SendAsync(request);
    }

    private static Task<HttpResponseMessage> Post(HttpClient client, string? key, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/products") { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return client.SendAsync(request);
    }

    private static int Version(JsonElement product) => product.GetProperty("version").GetInt32();

    public sealed class Shop : IAsyncLifetime
    {
        internal WebApp App { get; } = new();

        internal long Store { get; private set; }

        public async Task InitializeAsync()
        {
            await App.InitializeAsync();
            Store = await ProductsApiTests.NewStore(App.Database);
        }

        public Task DisposeAsync() => App.DisposeAsync();
    }
}
