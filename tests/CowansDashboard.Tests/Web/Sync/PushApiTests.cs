using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CowansDashboard.Accounts;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Web.Sync;

/// <summary>Programs plan and start pushes over REST, on the whole program with the demo store.</summary>
[Trait("Category", "Integration")]
public sealed class PushApiTests : IAsyncLifetime
{
    private DemoStore _shop = null!;
    private WebApp _app = null!;

    public async Task InitializeAsync()
    {
        _shop = await DemoStore.Start(products: 20);
        _app = await WebApp.Start(
            ("Shopify:Shop", "demo-store.myshopify.com"), ("Shopify:AccessToken", "demo-token"), ("Shopify:BaseUrl", _shop.BaseUrl.ToString()));
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _shop.DisposeAsync();
    }

    [Fact]
    public async Task A_program_rehearses_and_starts_pushes_of_selected_products_and_of_everything()
    {
        var program = await _app.BearerFor(Roles.Merchandiser);
        await Ended(program, await Started(program, "/api/sync/parallel/start", new { kind = "full" }));
        using var nothing = await program.PostAsJsonAsync("/api/sync/parallel/start", new { kind = "push" });
        nothing.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var ids = await _app.Database.Scalar<long[]>("""
            with e as (update products set pending = jsonb_build_object('title', title), title = 'Over REST ' || id where id in (select id from products order by id limit 12) returning id)
            select array_agg(id order by id) from e
            """);

        using var rehearsed = await program.PostAsJsonAsync("/api/sync/parallel/start", new { kind = "push", dryRun = true });
        rehearsed.StatusCode.ShouldBe(HttpStatusCode.OK, await rehearsed.Content.ReadAsStringAsync());
        var plan = (await rehearsed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data");
        (plan.GetProperty("products").GetInt32(), plan.GetProperty("operations").GetInt32()).ShouldBe((12, 12));
        plan.GetProperty("reason").GetString()!.ShouldNotBeNullOrWhiteSpace();
        (await Sent()).ShouldBe(0);

        (await Ended(program, await Started(program, "/api/products/batch/sync-shopify", new { productIds = new[] { $"{ids[0]}", $"{ids[1]}" } }))).GetProperty("status").GetString().ShouldBe("succeeded");
        (await Sent()).ShouldBe(2);
        var bulk = await Started(program, "/api/sync/bulk/operations", new { kind = "push" });
        (await Ended(program, bulk)).GetProperty("status").GetString().ShouldBe("succeeded");
        (await Sent()).ShouldBe(12);
        var status = (await program.GetFromJsonAsync<JsonElement>($"/api/sync/bulk/{bulk}/status")).GetProperty("data");
        status.GetProperty("operations").GetArrayLength().ShouldBe(1);
        (await _app.Database.Scalar<long>("select count(*) from products where pending is not null")).ShouldBe(0);
    }

    [Theory]
    [InlineData("/api/products/batch/sync-shopify", """{}""", "productIds")]
    [InlineData("/api/products/batch/sync-shopify", """{"productIds":["x"]}""", "productIds")]
    [InlineData("/api/sync/bulk/operations", """{"kind":"all"}""", "kind")]
    public async Task What_is_wrong_is_named_with_its_field(string address, string body, string field)
    {
        var program = await _app.BearerFor(Roles.Merchandiser);

        using var answer = await program.PostAsync(address, new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty(field, out _).ShouldBeTrue();
    }

    private async Task<int> Sent() => (await _shop.State("products")).Count(row => row.GetProperty("title").GetString()!.StartsWith("Over REST", StringComparison.Ordinal));

    private static async Task<string> Started(HttpClient program, string address, object body)
    {
        using var answer = await program.PostAsJsonAsync(address, body);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("id").GetString()!;
    }

    private static async Task<JsonElement> Ended(HttpClient program, string id)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(180));
        while (true)
        {
            var run = (await program.GetFromJsonAsync<JsonElement>($"/api/sync/parallel/status?id={id}", patience.Token)).GetProperty("data");
            if (run.GetProperty("finishedAt").ValueKind != JsonValueKind.Null)
                return run;
            await Task.Delay(50, patience.Token);
        }
    }
}
