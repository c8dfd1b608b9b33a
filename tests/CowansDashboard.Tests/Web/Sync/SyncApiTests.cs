using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CowansDashboard.Accounts;
using CowansDashboard.Schedules.Recurring;
using CowansDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CowansDashboard.Tests.Web.Sync;

/// <summary>Programs start, follow and stop pulls over REST, on the whole program with the demo store.</summary>
[Trait("Category", "Integration")]
public sealed class SyncApiTests : IAsyncLifetime
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(120);

    private DemoStore _shop = null!;
    private WebApp _app = null!;

    public async Task InitializeAsync()
    {
        _shop = await DemoStore.Start(products: 40);
        _app = await WebApp.Start(
            ("Shopify:Shop", "demo-store.myshopify.com"), ("Shopify:AccessToken", "demo-token"), ("Shopify:BaseUrl", _shop.BaseUrl.ToString()));
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _shop.DisposeAsync();
    }

    [Fact]
    public async Task A_program_pulls_the_shop_follows_the_run_and_reads_the_products()
    {
        var program = await _app.BearerFor(Roles.Merchandiser);

        using var started = await program.PostAsJsonAsync("/api/sync/parallel/start", new { kind = "full" });
        started.StatusCode.ShouldBe(HttpStatusCode.Accepted, await started.Content.ReadAsStringAsync());
        var id = (await Data(started)).GetProperty("id").GetString()!;
        var ended = await Ended(program, id);

        ended.GetProperty("status").GetString().ShouldBe("succeeded", ended.ToString());
        ended.GetProperty("counters").GetProperty("inserted").GetInt64().ShouldBeGreaterThan(40);
        (await program.GetFromJsonAsync<JsonElement>("/api/products?size=1")).GetProperty("meta").GetProperty("total").GetInt64().ShouldBe(40);
        var figures = (await program.GetFromJsonAsync<JsonElement>("/api/sync/performance")).GetProperty("data");
        figures[0].GetProperty("id").GetString().ShouldBe(id);
        figures[0].GetProperty("rows").GetInt64().ShouldBeGreaterThan(40);

        using var comparing = await program.PostAsJsonAsync("/api/sync/parallel/start", new { kind = "reconcile" });
        comparing.StatusCode.ShouldBe(HttpStatusCode.Accepted, await comparing.Content.ReadAsStringAsync());
        var compared = await Ended(program, (await Data(comparing)).GetProperty("id").GetString()!);
        (compared.GetProperty("status").GetString(), compared.GetProperty("counters").GetProperty("updated").GetInt64()).ShouldBe(("succeeded", 0));

        await _app.Services.GetRequiredService<MakeRecurringWork>().Make(default);
        var recurring = (await program.GetFromJsonAsync<JsonElement>("/api/schedules/recurring")).GetProperty("data").GetProperty("work");
        recurring.EnumerateArray().Select(work => work.GetProperty("work").GetString()).ShouldBe(["pull-changes", "compare-quick", "compare-full", "check-subscriptions", "automatic-collections", "order-collections", "sweep"]);
        using var changed = await program.PutAsJsonAsync("/api/schedules/recurring/pull-changes", new { everyMinutes = 30, at = "00:10" });
        var changes = await Data(changed);
        (changes.GetProperty("everyMinutes").GetInt32(), changes.GetProperty("at").GetString(), changes.GetProperty("on").GetBoolean()).ShouldBe((30, "00:10", true));
        using var wrong = await program.PutAsJsonAsync("/api/schedules/recurring/pull-changes", new { everyMinutes = 1 });
        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var ran = await program.PostAsJsonAsync("/api/schedules/recurring/sweep/run", new { });
        ran.StatusCode.ShouldBe(HttpStatusCode.Accepted, await ran.Content.ReadAsStringAsync());
        var viewer = await _app.BearerFor(Roles.Viewer);
        using var refused = await viewer.PutAsJsonAsync("/api/schedules/recurring/pull-changes", new { on = false });
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_second_pull_is_refused_while_one_is_unfinished_and_a_stopped_one_makes_room()
    {
        var program = await _app.BearerFor(Roles.Merchandiser);
        await _shop.Fault("bulk-hold");
        using var first = await program.PostAsJsonAsync("/api/sync/parallel/start", new { kind = "full" });
        var id = (await Data(first)).GetProperty("id").GetString()!;

        using var second = await program.PostAsJsonAsync("/api/sync/parallel/start", new { kind = "full" });

        second.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await second.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString()!.ShouldNotBeNullOrWhiteSpace();
        using var stopped = await program.PostAsJsonAsync("/api/sync/parallel/stop", new { id });
        stopped.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Ended(program, id)).GetProperty("status").GetString().ShouldBe("cancelled");
        await _shop.ClearFaults();
        using var third = await program.PostAsJsonAsync("/api/sync/parallel/start", new { kind = "full" });
        third.StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Theory]
    [InlineData("""{"kind":"everything"}""", "kind")]
    [InlineData("""{}""", "kind")]
    [InlineData("""{"kind":"selection"}""", "productIds")]
    [InlineData("""{"kind":"selection","productIds":["twelve"]}""", "productIds")]
    [InlineData("""{"kind":"full","storeId":"999"}""", "storeId")]
    [InlineData("""{"kind":"full","dryRun":true}""", "dryRun")]
    [InlineData("""{"kind":"full","everything":true}""", "everything")]
    public async Task What_is_wrong_is_named_with_its_field_and_starts_nothing(string body, string field)
    {
        var program = await _app.BearerFor(Roles.Merchandiser);

        using var answer = await program.PostAsync("/api/sync/parallel/start", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty(field, out _).ShouldBeTrue();
        (await _app.Database.Scalar<long>("select count(*) from runs")).ShouldBe(0);
    }

    [Fact]
    public async Task A_body_that_is_no_JSON_at_all_is_a_problem_that_says_what_would_be_right()
    {
        var program = await _app.BearerFor(Roles.Merchandiser);

        using var answer = await program.PostAsync("/api/sync/parallel/start", new StringContent("kind=full", System.Text.Encoding.UTF8, "text/plain"));

        answer.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString()!.ShouldContain("JSON");
    }

    [Fact]
    public async Task A_viewer_watches_but_neither_starts_nor_stops()
    {
        var viewer = await _app.BearerFor(Roles.Viewer);

        using var refused = await viewer.PostAsJsonAsync("/api/sync/parallel/start", new { kind = "full" });
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString()!.ShouldContain("role");
        (await viewer.PostAsJsonAsync("/api/sync/parallel/stop", new { id = "1" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await viewer.GetAsync("/api/sync/parallel/status")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<JsonElement> Data(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data");

    private static async Task<JsonElement> Ended(HttpClient program, string id)
    {
        using var patience = new CancellationTokenSource(Longest);
        while (true)
        {
            var run = (await program.GetFromJsonAsync<JsonElement>($"/api/sync/parallel/status?id={id}", patience.Token)).GetProperty("data");
            if (run.GetProperty("status").GetString() is "succeeded" or "failed" or "cancelled" or "paused")
                return run;
            await Task.Delay(200, patience.Token);
        }
    }
}
