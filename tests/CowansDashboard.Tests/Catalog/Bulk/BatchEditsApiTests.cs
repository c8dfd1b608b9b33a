using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CowansDashboard.Tests.Search;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Catalog.Bulk;

[Trait("Category", "Integration")]
public sealed class BatchEditsApiTests(BatchEditsApiTests.Shop shop) : IClassFixture<BatchEditsApiTests.Shop>
{
    [Fact]
    public async Task A_dry_run_counts_and_a_run_changes_what_matches()
    {
        var client = await shop.App.BearerFor("merchandiser");
        var body = new { matching = "vendor=Glen", field = "price", change = "percent", amount = -10, ending = ".99" };

        var counts = (await Read(await client.PostAsJsonAsync("/api/products/batch/update-pricing", new { body.matching, body.field, body.change, body.amount, body.ending, dryRun = true }), HttpStatusCode.OK)).GetProperty("data");
        (counts.GetProperty("products").GetInt32(), counts.GetProperty("variants").GetInt32()).ShouldBe((2, 2));
        (await shop.App.Database.Scalar<long>("select count(*) from variants where price = 17.99")).ShouldBe(0);

        var started = await Read(await client.PostAsJsonAsync("/api/products/batch/update-pricing", body), HttpStatusCode.Accepted);
        started.GetProperty("data").GetProperty("id").GetString().ShouldNotBeNullOrEmpty();

        (await Patience.Until(() => shop.App.Database.Scalar<long>("select count(*) from variants where price = 17.99"), count => count == 2)).ShouldBe(2);
    }

    [Theory]
    [InlineData("update-status", """{"productIds":["1"],"status":"sold"}""", "status")]
    [InlineData("update-status", """{"status":"active"}""", "productIds")]
    [InlineData("update-status", """{"productIds":["one"],"status":"active"}""", "productIds")]
    [InlineData("update-status", """{"matching":"colour=red","status":"active"}""", "matching")]
    [InlineData("update-category", """{"productIds":["1"],"category":"Jumpers"}""", "category")]
    [InlineData("update-pricing", """{"productIds":["1"],"change":"halve","amount":1}""", "change")]
    [InlineData("update-pricing", """{"productIds":["1"],"change":"set"}""", "amount")]
    [InlineData("update-pricing", """{"productIds":["1"],"change":"set","amount":-1}""", "amount")]
    public async Task A_bad_value_is_named(string path, string body, string field)
    {
        using var answer = await (await shop.App.BearerFor("merchandiser")).PostAsync($"/api/products/batch/{path}", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        (await Read(answer, HttpStatusCode.BadRequest)).GetProperty("errors").EnumerateObject().ShouldHaveSingleItem().Name.ShouldBe(field);
    }

    [Fact]
    public async Task A_batch_is_kept_looked_at_applied_once_and_counted()
    {
        var client = await shop.App.BearerFor("merchandiser");
        var batch = (await Read(await client.PostAsJsonAsync("/api/batch/create", new { matching = "vendor=Glen", edit = new { value = "Headwear", field = "product_type", action = "set" } }), HttpStatusCode.Created)).GetProperty("data");
        var id = batch.GetProperty("id").GetString();
        (batch.GetProperty("status").GetString(), batch.GetProperty("counts").GetProperty("products").GetInt32()).ShouldBe(("ready", 2));
        (await shop.App.Database.Scalar<long>("select count(*) from products where product_type = 'Headwear'")).ShouldBe(0);

        (await Read(await client.PostAsJsonAsync($"/api/batch/{id}/process", new { }), HttpStatusCode.Accepted)).GetProperty("data").GetProperty("runId").GetString().ShouldNotBeNullOrEmpty();

        var status = await Patience.Until(async () => (await Read(await client.GetAsync($"/api/batch/{id}/status"), HttpStatusCode.OK)).GetProperty("data"), data => data.GetProperty("status").GetString() == "applied");
        (status.GetProperty("done").GetInt32(), status.GetProperty("changeSetId").ValueKind).ShouldBe((2, JsonValueKind.String));
        (await Read(await client.PostAsJsonAsync($"/api/batch/{id}/process", new { }), HttpStatusCode.Conflict)).GetProperty("detail").GetString().ShouldBe("This edit has been applied already.");
        var push = (await Read(await client.PostAsJsonAsync($"/api/batch/{id}/process", new { push = true }), HttpStatusCode.Accepted)).GetProperty("data");
        (await shop.App.Database.Scalar<int>("select products from push_plans where id = $1", long.Parse(push.GetProperty("planId").GetString()!, System.Globalization.CultureInfo.InvariantCulture))).ShouldBe(2);
        var stats = (await Read(await client.GetAsync("/api/batch/stats?days=1"), HttpStatusCode.OK)).GetProperty("data");
        stats.GetProperty("applied").GetInt64().ShouldBeGreaterThan(0);
        stats.GetProperty("done").GetInt64().ShouldBeGreaterThanOrEqualTo(2);
        (await Read(await client.PostAsJsonAsync("/api/batch/create", new { matching = "vendor=Glen", edit = new { action = "explode" } }), HttpStatusCode.BadRequest)).GetProperty("errors").EnumerateObject().ShouldHaveSingleItem().Name.ShouldBe("edit");
        (await client.GetAsync("/api/batch/999999/status")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_batch_that_deletes_asks_for_the_number_of_products()
    {
        var client = await shop.App.BearerFor("merchandiser");
        var batch = (await Read(await client.PostAsJsonAsync("/api/batch/create", new { matching = "vendor=Aran+Mills", edit = new { action = "delete", hours = 24 } }), HttpStatusCode.Created)).GetProperty("data");

        var asked = await Read(await client.PostAsJsonAsync($"/api/batch/{batch.GetProperty("id").GetString()}/process", new { count = 2 }), HttpStatusCode.Conflict);

        asked.GetProperty("detail").GetString().ShouldNotBeNull().ShouldContain("send count: 1 to go on.");
        (await shop.App.Database.Scalar<long>("select count(*) from products where removal is not null or deleted_at is not null")).ShouldBe(0);
    }

    [Fact]
    public async Task A_price_of_0_needs_a_word_and_a_viewer_may_not_edit()
    {
        var body = new { matching = "vendor=Aran+Mills", change = "set", amount = 0 };

        var refused = await Read(await (await shop.App.BearerFor("merchandiser")).PostAsJsonAsync("/api/products/batch/update-pricing", body), HttpStatusCode.Conflict);

        refused.GetProperty("detail").GetString().ShouldBe("1 price would become 0. Nothing was changed; send confirm: true and confirmZeros: 1 to go on.");
        (await (await shop.App.BearerFor("viewer")).PostAsJsonAsync("/api/products/batch/update-pricing", body)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private static async Task<JsonElement> Read(HttpResponseMessage answer, HttpStatusCode expected)
    {
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(expected, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    public sealed class Shop : IAsyncLifetime
    {
        internal WebApp App { get; } = new();

        public async Task InitializeAsync()
        {
            await App.InitializeAsync();
            var store = await ProductsApiTests.NewStore(App.Database);
            await App.Database.Source.Copy(
                new CopiedProduct { StoreId = store, ShopifyId = 9101, Title = "Scarf", Vendor = "Glen", Price = 19.90m, Skus = ["SC-1"] },
                new() { StoreId = store, ShopifyId = 9102, Title = "Hat", Vendor = "Glen", Price = 20.00m, Skus = ["HT-1"] },
                new() { StoreId = store, Title = "Cardigan", Vendor = "Aran Mills", Price = 50m, Skus = ["CA-1"] });
        }

        public Task DisposeAsync() => App.DisposeAsync();
    }
}
