using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CowansDashboard.Accounts;
using CowansDashboard.Schedules;
using CowansDashboard.Tests.Catalog;
using CowansDashboard.Tests.Search;
using CowansDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CowansDashboard.Tests.Schedules;

/// <summary>Programs schedule a prepared batch, move it, call it off and end it.</summary>
[Trait("Category", "Integration")]
public sealed class SchedulesApiTests(SchedulesApiTests.Shop shop) : IClassFixture<SchedulesApiTests.Shop>
{
    [Fact]
    public async Task A_batch_is_scheduled_moved_read_and_called_off()
    {
        var client = await shop.App.BearerFor(Roles.Merchandiser);
        var batch = await Batch(client, "vendor=Glen", new { action = "price", move = "percent", amount = -10 });
        var (start, end) = (Clock(2), Clock(4));

        var made = await Read(await client.PostAsJsonAsync("/api/schedules", new { batchId = batch, start, end, title = "Black Friday", send = false }), HttpStatusCode.Created);

        var schedule = made.GetProperty("data");
        var id = schedule.GetProperty("id").GetString();
        (schedule.GetProperty("title").GetString(), schedule.GetProperty("state").GetString(), schedule.GetProperty("start").GetString(), schedule.GetProperty("end").GetString(), schedule.GetProperty("timeZone").GetString(), schedule.GetProperty("send").GetBoolean())
            .ShouldBe(("Black Friday", "planned", start, end, "Europe/Dublin", false));
        (schedule.GetProperty("products").GetInt32(), schedule.GetProperty("values").GetProperty("waiting").GetInt32(), schedule.GetProperty("batchId").GetString()).ShouldBe((2, 2, batch));
        (await Read(await client.PostAsJsonAsync("/api/schedules", new { batchId = batch, start }), HttpStatusCode.Conflict)).GetProperty("detail").GetString().ShouldBe("This edit is scheduled already.");

        var moved = (await Read(await client.PutAsJsonAsync($"/api/schedules/{id}", new { start = Clock(3), end = (string?)null, send = true }), HttpStatusCode.OK)).GetProperty("data");
        (moved.GetProperty("start").GetString(), moved.GetProperty("end").ValueKind, moved.GetProperty("send").GetBoolean(), moved.GetProperty("title").GetString()).ShouldBe((Clock(3), JsonValueKind.Null, true, "Black Friday"));

        var viewer = await shop.App.BearerFor(Roles.Viewer);
        (await Read(await viewer.GetAsync("/api/schedules"), HttpStatusCode.OK)).GetProperty("data").EnumerateArray().Select(one => one.GetProperty("id").GetString()).ShouldContain(id);
        var page = await Read(await viewer.GetAsync($"/api/schedules/{id}/values?size=1&state=waiting"), HttpStatusCode.OK);
        var next = await Read(await viewer.GetAsync(page.GetProperty("meta").GetProperty("next").GetString()), HttpStatusCode.OK);
        (page.GetProperty("data")[0].GetProperty("field").GetString(), next.GetProperty("data").GetArrayLength(), next.GetProperty("meta").GetProperty("next").ValueKind).ShouldBe(("price", 1, JsonValueKind.Null));
        (await viewer.DeleteAsync($"/api/schedules/{id}")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        (await Read(await client.PostAsync($"/api/schedules/{id}/end", null), HttpStatusCode.Conflict)).GetProperty("detail").GetString().ShouldBe("It is planned: only one that runs is ended.");
        (await Read(await client.DeleteAsync($"/api/schedules/{id}"), HttpStatusCode.OK)).GetProperty("data").GetProperty("state").GetString().ShouldBe("cancelled");
        (await Read(await client.DeleteAsync($"/api/schedules/{id}"), HttpStatusCode.Conflict)).GetProperty("detail").GetString()!.ShouldStartWith("It is cancelled");
        (await Read(await viewer.GetAsync($"/api/batch/{batch}/status"), HttpStatusCode.OK)).GetProperty("data").GetProperty("status").GetString().ShouldBe("ready");
    }

    [Fact]
    public async Task One_that_runs_is_ended_at_once()
    {
        var client = await shop.App.BearerFor(Roles.Merchandiser);
        var id = (await Read(await client.PostAsJsonAsync("/api/schedules", new { batchId = await Batch(client, "vendor=Aran+Mills", new { action = "set", field = "product_type", value = "Sale" }), start = Clock(2), end = Clock(4), send = false }), HttpStatusCode.Created))
            .GetProperty("data").GetProperty("id").GetString();
        await shop.App.Database.Scalar<long>($"update schedules set starts_at = now() - interval '1 second' where id = {id} returning id");
        await Until(client, id!, "active");
        (await shop.App.Database.Scalar<string>("select product_type from products where vendor = 'Aran Mills'")).ShouldBe("Sale");

        (await Read(await client.PutAsJsonAsync($"/api/schedules/{id}", new { start = Clock(5), end = Clock(3) }), HttpStatusCode.OK)).GetProperty("data").GetProperty("start").GetString().ShouldBe(Clock(2), "it has begun");
        await Read(await client.PostAsync($"/api/schedules/{id}/end", null), HttpStatusCode.Accepted);

        (await Until(client, id!, "done")).GetProperty("endSaid").GetString().ShouldBe("1 value returned.");
        (await shop.App.Database.Scalar<string>("select product_type from products where vendor = 'Aran Mills'")).ShouldBe("Knitwear");
    }

    [Fact]
    public async Task What_is_wrong_is_named_and_a_price_of_0_wants_its_number()
    {
        var client = await shop.App.BearerFor(Roles.Merchandiser);
        var batch = await Batch(client, "vendor=Glen", new { action = "price", move = "set", amount = 0 });
        foreach (var (body, field) in new (object, string)[]
        {
            (new { batchId = "x", start = Clock(1) }, "batchId"), (new { batchId = batch, start = "tomorrow" }, "start"), (new { batchId = batch, start = "2027-01-01T00:00Z" }, "start"),
            (new { batchId = batch, start = Clock(2), end = Clock(1), confirm = true, confirmZeros = 2 }, "end"), (new { batchId = batch, start = "2020-01-01T00:00", confirm = true, confirmZeros = 2 }, "start"),
        })
            (await Read(await client.PostAsJsonAsync("/api/schedules", body), HttpStatusCode.BadRequest)).GetProperty("errors").EnumerateObject().ShouldHaveSingleItem().Name.ShouldBe(field);

        (await Read(await client.PostAsJsonAsync("/api/schedules", new { batchId = batch, start = Clock(1) }), HttpStatusCode.Conflict)).GetProperty("detail").GetString()
            .ShouldBe("2 prices would become 0. Nothing was scheduled; send confirm: true and confirmZeros: 2 to go on.");
        (await client.GetAsync("/api/schedules/999999")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Read(await client.PutAsJsonAsync("/api/schedules/1", new { begin = "x" }), HttpStatusCode.BadRequest)).GetProperty("errors").EnumerateObject().ShouldHaveSingleItem().Name.ShouldBe("begin");
        foreach (var (address, field) in new[] { ("/api/schedules?size=1000", "size"), ("/api/schedules/1/values?state=odd", "state"), ("/api/schedules/1/values?after=x", "after"), ("/api/schedules/x", "id") })
            (await Read(await client.GetAsync(address), HttpStatusCode.BadRequest)).GetProperty("errors").EnumerateObject().ShouldHaveSingleItem().Name.ShouldBe(field);
    }

    // A day ahead and more, at noon: the clocks are never changed then.
    private static string Clock(int days) => TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddDays(days).AddHours(12).ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);

    private static async Task<string> Batch(HttpClient client, string matching, object edit) =>
        (await Read(await client.PostAsJsonAsync("/api/batch/create", new { matching, edit }), HttpStatusCode.Created)).GetProperty("data").GetProperty("id").GetString()!;

    // Asked of the database: the API answers only so many requests a second.
    private async Task<JsonElement> Until(HttpClient client, string id, string state)
    {
        await shop.App.Services.GetRequiredService<WakeSchedules>().Wake(default);
        await Patience.Until(() => shop.App.Database.Scalar<string>($"select state from schedules where id = {id}"), now => now == state);
        return (await Read(await client.GetAsync($"/api/schedules/{id}"), HttpStatusCode.OK)).GetProperty("data");
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
            await App.Database.Scalar<long>("update stores set time_zone = 'Europe/Dublin' where id = $1 returning id", store);
            await App.Database.Source.Copy(
                new CopiedProduct { StoreId = store, ShopifyId = 9101, Title = "Scarf", Vendor = "Glen", Price = 19.90m, Skus = ["SC-1"] },
                new() { StoreId = store, ShopifyId = 9102, Title = "Hat", Vendor = "Glen", Price = 20.00m, Skus = ["HT-1"] },
                new() { StoreId = store, ShopifyId = 9103, Title = "Cardigan", Vendor = "Aran Mills", Price = 50m, Skus = ["CA-1"] });
        }

        public Task DisposeAsync() => App.DisposeAsync();
    }
}
