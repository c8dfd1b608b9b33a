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

    [Fact]
    public async Task Above_the_limits_a_second_person_looks_at_a_batch_and_approves_it_as_it_stands()
    {
        var (maker, second) = (await shop.App.BearerFor("merchandiser"), await shop.App.BearerFor("admin"));
        await using var limit = await shop.Limit("most_price_percent", 50);
        var batch = (await Read(await maker.PostAsJsonAsync("/api/batch/create", new { matching = "vendor=Aran+Mills", edit = new { action = "price", move = "percent", amount = 60 } }), HttpStatusCode.Created)).GetProperty("data");
        var id = batch.GetProperty("id").GetString();
        (batch.GetProperty("waitsForApproval").GetBoolean(), batch.GetProperty("needsApproval").GetArrayLength(), batch.GetProperty("revision").GetInt32()).ShouldBe((true, 1, 0));

        (await Read(await maker.PostAsJsonAsync($"/api/batch/{id}/process", new { }), HttpStatusCode.Conflict)).GetProperty("detail").GetString()!.ShouldContain($"POST /api/batch/{id}/approve with revision: 0");
        var rows = await Read(await second.GetAsync($"/api/batch/{id}/rows?size=1"), HttpStatusCode.OK);
        (rows.GetProperty("data")[0].GetProperty("field").GetString(), rows.GetProperty("data")[0].GetProperty("new").GetDecimal(), rows.GetProperty("meta").GetProperty("next").ValueKind).ShouldBe(("price", 80m, JsonValueKind.Null));
        (await second.GetAsync("/api/batch/999999/rows")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Read(await second.GetAsync($"/api/batch/{id}/rows?after=999999999"), HttpStatusCode.OK)).GetProperty("data").GetArrayLength().ShouldBe(0);
        (await Read(await maker.PostAsJsonAsync($"/api/batch/{id}/approve", new { revision = 0 }), HttpStatusCode.Conflict)).GetProperty("detail").GetString().ShouldBe("Somebody else has to approve this edit: it is your own.");
        (await Read(await second.PostAsJsonAsync($"/api/batch/{id}/approve", new { revision = 4 }), HttpStatusCode.Conflict)).GetProperty("errors").TryGetProperty("revision", out _).ShouldBeTrue();
        (await Read(await second.PostAsJsonAsync($"/api/batch/{id}/approve", new { }), HttpStatusCode.BadRequest)).GetProperty("errors").TryGetProperty("revision", out _).ShouldBeTrue();
        (await (await shop.App.BearerFor("viewer")).PostAsJsonAsync($"/api/batch/{id}/approve", new { revision = 0 })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        var approved = (await Read(await second.PostAsJsonAsync($"/api/batch/{id}/approve", new { revision = 0 }), HttpStatusCode.OK)).GetProperty("data");

        (approved.GetProperty("waitsForApproval").GetBoolean(), approved.GetProperty("approvedBy").GetString()).ShouldBe((false, "Test admin"));
        await Read(await maker.PostAsJsonAsync($"/api/batch/{id}/process", new { }), HttpStatusCode.Accepted);
        (await Patience.Until(() => shop.App.Database.Scalar<long>("select count(*) from variants where price = 80"), count => count == 1)).ShouldBe(1);
        (await Patience.Until(async () => (await Read(await second.PostAsJsonAsync($"/api/batch/{id}/approve", new { revision = 0 }), HttpStatusCode.Conflict)).GetProperty("detail").GetString(), said => said is not null)).ShouldBe("This edit has been applied already.");
    }

    [Fact]
    public async Task A_push_of_more_products_than_one_person_may_send_waits_for_a_second_one()
    {
        var (maker, second) = (await shop.App.BearerFor("merchandiser"), await shop.App.BearerFor("admin"));
        var ids = await shop.App.Database.Scalar<string>("""
            with e as (update products set pending = jsonb_build_object('handle', handle), handle = 'over-rest-' || id where shopify_id is not null returning id) select string_agg(id::text, ',' order by id) from e
            """);
        var products = ids.Split(',');
        products.Length.ShouldBe(2);
        var early = (await Read(await maker.PostAsJsonAsync("/api/sync/plans", new { productIds = products }), HttpStatusCode.Created)).GetProperty("data");
        early.GetProperty("needsApproval").GetBoolean().ShouldBeFalse();
        await using var limit = await shop.Limit("most_pushed", 1);
        var seen = new { hash = early.GetProperty("hash").GetString() };
        (await Read(await maker.PostAsJsonAsync($"/api/sync/plans/{early.GetProperty("planId").GetString()}/start", seen), HttpStatusCode.Conflict)).GetProperty("detail").GetString()!.ShouldContain("since the limit was changed");
        await Read(await second.PostAsJsonAsync($"/api/sync/plans/{early.GetProperty("planId").GetString()}/approve", seen), HttpStatusCode.OK);

        var one = (await Read(await maker.PostAsJsonAsync("/api/sync/plans", new { productIds = products[..1] }), HttpStatusCode.Created)).GetProperty("data");
        (one.GetProperty("needsApproval").GetBoolean(), one.GetProperty("waitsForApproval").GetBoolean()).ShouldBe((false, false));
        var refused = (await Read(await maker.PostAsJsonAsync("/api/products/batch/sync-shopify", new { productIds = products }), HttpStatusCode.Conflict)).GetProperty("detail").GetString()!;
        var waiting = (await Read(await second.GetAsync("/api/sync/plans?waiting=approval"), HttpStatusCode.OK)).GetProperty("data").EnumerateArray().ShouldHaveSingleItem();
        var (plan, hash) = (waiting.GetProperty("planId").GetString(), waiting.GetProperty("hash").GetString());
        refused.ShouldContain($"POST /api/sync/plans/{plan}/approve");
        (await Read(await second.GetAsync($"/api/sync/plans/{plan}/items?size=1"), HttpStatusCode.OK)).GetProperty("meta").GetProperty("next").GetString()!.ShouldContain("after=");

        (await Read(await maker.PostAsJsonAsync($"/api/sync/plans/{plan}/start", new { hash }), HttpStatusCode.Conflict)).GetProperty("detail").GetString().ShouldBe("This plan needs somebody’s approval first.");
        (await Read(await maker.PostAsJsonAsync($"/api/sync/plans/{plan}/approve", new { hash }), HttpStatusCode.Conflict)).GetProperty("detail").GetString().ShouldBe("Somebody else has to approve this plan: it is your own.");
        (await Read(await second.PostAsJsonAsync($"/api/sync/plans/{plan}/approve", new { hash = "another" }), HttpStatusCode.Conflict)).GetProperty("errors").TryGetProperty("hash", out _).ShouldBeTrue();
        (await Read(await second.PostAsJsonAsync($"/api/sync/plans/{plan}/approve", new { }), HttpStatusCode.BadRequest)).GetProperty("errors").TryGetProperty("hash", out _).ShouldBeTrue();
        (await Read(await second.PostAsJsonAsync($"/api/sync/plans/{one.GetProperty("planId").GetString()}/approve", new { hash }), HttpStatusCode.Conflict)).GetProperty("detail").GetString()!.ShouldStartWith("This plan needs nobody’s approval");
        (await second.GetAsync("/api/sync/plans/999999")).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        (await Read(await second.PostAsJsonAsync($"/api/sync/plans/{plan}/approve", new { hash }), HttpStatusCode.OK)).GetProperty("data").GetProperty("approvedBy").GetString().ShouldBe("Test admin");
        (await Read(await maker.PostAsJsonAsync($"/api/sync/plans/{plan}/start", new { hash }), HttpStatusCode.Accepted)).GetProperty("data").GetProperty("planId").GetString().ShouldBe(plan);
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

        /// <summary>One limit of the shop, until the test is over.</summary>
        public async Task<IAsyncDisposable> Limit(string name, int most)
        {
            await App.Database.Scalar<long>($"insert into guard_limits (store_id, {name}, changed_by_name) select min(id), {most}, 'Ann' from stores returning store_id");
            return new Limited(App.Database);
        }

        public Task DisposeAsync() => App.DisposeAsync();

        private sealed class Limited(TestDatabase database) : IAsyncDisposable
        {
            public async ValueTask DisposeAsync() => await database.Scalar<long>("with gone as (delete from guard_limits returning 1) select count(*) from gone");
        }
    }
}
