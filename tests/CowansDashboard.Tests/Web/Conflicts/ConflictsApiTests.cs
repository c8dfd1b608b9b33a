using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CowansDashboard.Accounts;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Web.Conflicts;

/// <summary>Programs find, list and settle conflicts over REST, on the whole program with the demo store.</summary>
[Trait("Category", "Integration")]
public sealed class ConflictsApiTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private DemoStore _shop = null!;
    private WebApp _app = null!;

    public async Task InitializeAsync()
    {
        _shop = await DemoStore.Start(products: 30);
        _app = await WebApp.Start(
            ("Shopify:Shop", "demo-store.myshopify.com"), ("Shopify:AccessToken", "demo-token"), ("Shopify:BaseUrl", _shop.BaseUrl.ToString()));
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _shop.DisposeAsync();
    }

    [Fact]
    public async Task A_program_detects_lists_and_counts_conflicts()
    {
        var program = await _app.BearerFor(Roles.Merchandiser);
        await Ended(program, await Id(await program.PostAsJsonAsync("/api/sync/parallel/start", new { kind = "full" })));
        var id = await EditedOnBothSides(3);

        using var detect = await program.PostAsJsonAsync("/api/conflicts/detect", new { productIds = id });
        detect.StatusCode.ShouldBe(HttpStatusCode.Accepted, await detect.Content.ReadAsStringAsync());
        await Ended(program, await Id(detect));

        var first = await program.GetFromJsonAsync<JsonElement>("/api/conflicts?field=title&size=2");
        first.GetProperty("meta").GetProperty("total").GetInt64().ShouldBe(3);
        first.GetProperty("data").GetArrayLength().ShouldBe(2);
        first.GetProperty("data")[0].GetProperty("shopify").GetString().ShouldBe("theirs");
        var second = await program.GetFromJsonAsync<JsonElement>(first.GetProperty("meta").GetProperty("next").GetString());
        second.GetProperty("data").GetArrayLength().ShouldBe(1);
        second.GetProperty("meta").GetProperty("next").ValueKind.ShouldBe(JsonValueKind.Null);
        var stats = (await program.GetFromJsonAsync<JsonElement>("/api/conflicts/stats?days=7")).GetProperty("data");
        stats.GetProperty("open").GetInt64().ShouldBe(3);
        stats.GetProperty("trend").GetArrayLength().ShouldBe(7);

        var row = first.GetProperty("data")[0];
        var address = $"/api/conflicts/{row.GetProperty("id").GetString()}/resolve";
        (await program.PostAsJsonAsync(address, new { with = "neither" })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await program.PostAsJsonAsync(address, new { with = "ours", revision = 99 })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await program.PostAsJsonAsync("/api/conflicts/999999/resolve", new { with = "ours" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var resolved = await program.PostAsJsonAsync(address, new { with = "value", value = "both", revision = row.GetProperty("revision").GetInt32() });
        resolved.StatusCode.ShouldBe(HttpStatusCode.OK, await resolved.Content.ReadAsStringAsync());
        (await _app.Database.Scalar<string>("select title || ' ' || pending::text from products where id = $1", long.Parse(row.GetProperty("productId").GetString()!, CultureInfo.InvariantCulture)))
            .ShouldBe("both {\"title\": \"theirs\"}");
        (await program.PostAsJsonAsync(address, new { with = "ours" })).StatusCode.ShouldBe(HttpStatusCode.Conflict, "it is settled");
        (await program.GetFromJsonAsync<JsonElement>("/api/conflicts?state=settled")).GetProperty("data")[0].GetProperty("closedAs").GetString().ShouldBe("other");
    }

    [Theory]
    [InlineData("/api/conflicts?state=odd", "state")]
    [InlineData("/api/conflicts?collection=winter", "collection")]
    [InlineData("/api/conflicts?size=1000", "size")]
    [InlineData("/api/conflicts?after=x", "after")]
    [InlineData("/api/conflicts?colour=red", "colour")]
    [InlineData("/api/conflicts/stats?days=0", "days")]
    public async Task What_is_wrong_is_named_with_its_field(string address, string field)
    {
        using var answer = await (await _app.BearerFor(Roles.Viewer)).GetAsync(address);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty(field, out _).ShouldBeTrue();
    }

    [Fact]
    public async Task A_viewer_reads_but_does_not_start_a_pull()
    {
        var viewer = await _app.BearerFor(Roles.Viewer);

        (await viewer.GetAsync("/api/conflicts")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await viewer.PostAsJsonAsync("/api/conflicts/detect", new { })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await viewer.PostAsJsonAsync("/api/conflicts/1/resolve", new { with = "ours" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var merchandiser = await _app.BearerFor(Roles.Merchandiser);
        (await merchandiser.PostAsJsonAsync("/api/conflicts/detect", new { })).StatusCode.ShouldBe(HttpStatusCode.Conflict, "nobody knows yet since when to look");
        (await merchandiser.PostAsJsonAsync("/api/conflicts/detect", new { productIds = new[] { "x" } })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    private async Task<string[]> EditedOnBothSides(int products)
    {
        var ids = new List<string>();
        foreach (var product in (await _shop.State("products")).Take(products))
        {
            var shopifys = product.GetProperty("id").GetString()!;
            var id = await _app.Database.Scalar<long>(
                "update products set pending = jsonb_build_object('title', title), title = 'ours' where shopify_id = $1 returning id", long.Parse(shopifys, CultureInfo.InvariantCulture));
            ids.Add(id.ToString(CultureInfo.InvariantCulture));
            await _shop.Edit("product", shopifys, new { title = "theirs" }, touch: false);
        }
        return [.. ids];
    }

    private static async Task<string> Id(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("id").GetString()!;

    private static async Task Ended(HttpClient program, string id)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var run = (await program.GetFromJsonAsync<JsonElement>($"/api/sync/parallel/status?id={id}", patience.Token)).GetProperty("data");
            if (run.GetProperty("status").GetString() is "succeeded")
                return;
            run.GetProperty("status").GetString().ShouldNotBe("failed", run.ToString());
            await Task.Delay(200, patience.Token);
        }
    }
}
