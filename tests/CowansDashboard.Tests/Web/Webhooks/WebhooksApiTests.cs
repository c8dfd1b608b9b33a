using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CowansDashboard.Accounts;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Web.Webhooks;

/// <summary>Programs read what Shopify posted, what is subscribed, and have it handled again; on the whole program without a shop that answers.</summary>
[Trait("Category", "Integration")]
public sealed class WebhooksApiTests(WebApp app) : IClassFixture<WebApp>, IAsyncLifetime
{
    private long _store;

    public async Task InitializeAsync()
    {
        _store = await app.Database.Scalar<long>("""
            with known as (select id from stores limit 1),
            made as (insert into stores (name, shop, api_version, base_url, credential_kind, credentials)
                select 'Harlow', 'harlow.myshopify.com', '2026-10', 'http://127.0.0.1:9', 'token', '' where not exists (select from known) returning id)
            select id from made union all select id from known
            """);
        await app.Database.Scalar<long>("with gone as (delete from webhook_deliveries returning 1) select count(*) from gone");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Events_are_listed_page_by_page_and_filtered()
    {
        await Insert(60, "products/update", "changed");
        await Insert(1, "orders/create", "noted");
        var program = await app.BearerFor(Roles.Viewer);

        var first = await program.GetFromJsonAsync<JsonElement>("/api/webhooks/events?size=50");
        var second = await program.GetFromJsonAsync<JsonElement>(first.GetProperty("meta").GetProperty("next").GetString());

        var ids = first.GetProperty("data").EnumerateArray().Concat(second.GetProperty("data").EnumerateArray()).Select(row => row.GetProperty("id").GetString()).ToList();
        (ids.Count, ids.Distinct().Count()).ShouldBe((61, 61));
        second.GetProperty("meta").GetProperty("next").ValueKind.ShouldBe(JsonValueKind.Null);
        (await program.GetFromJsonAsync<JsonElement>("/api/webhooks/events?topic=orders/create")).GetProperty("data").GetArrayLength().ShouldBe(1);
        (await program.GetFromJsonAsync<JsonElement>("/api/webhooks/events?outcome=dead")).GetProperty("data").GetArrayLength().ShouldBe(0);
        var metrics = (await program.GetFromJsonAsync<JsonElement>("/api/webhooks/metrics")).GetProperty("data");
        (metrics.GetProperty("heard").GetInt64(), metrics.GetProperty("outcomes").GetProperty("changed").GetInt64()).ShouldBe((61, 60));
        metrics.GetProperty("topics")[0].GetProperty("topic").GetString().ShouldBe("products/update");
    }

    [Theory]
    [InlineData("/api/webhooks/events?topic=products/renamed", "topic")]
    [InlineData("/api/webhooks/events?outcome=lost", "outcome")]
    [InlineData("/api/webhooks/events?size=101", "size")]
    [InlineData("/api/webhooks/events?after=x", "after")]
    [InlineData("/api/webhooks/events?colour=red", "colour")]
    [InlineData("/api/webhooks/metrics?since=yesterday", "since")]
    [InlineData("/api/webhooks/events/seven", "id")]
    [InlineData("/api/webhooks/status?storeId=999", "storeId")]
    public async Task What_is_wrong_is_named_with_its_field(string address, string field)
    {
        var program = await app.BearerFor(Roles.Viewer);

        using var answer = await program.GetAsync(address);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty(field, out _).ShouldBeTrue();
    }

    [Fact]
    public async Task A_payload_is_answered_exactly_and_one_that_names_people_only_to_those_who_may_act()
    {
        var product = await Insert(1, "products/update", "changed");
        var order = await Insert(1, "orders/create", "noted");
        var (viewer, merchandiser) = (await app.BearerFor(Roles.Viewer), await app.BearerFor(Roles.Merchandiser));

        var seen = (await viewer.GetFromJsonAsync<JsonElement>($"/api/webhooks/events/{product}")).GetProperty("data");
        var hidden = (await viewer.GetFromJsonAsync<JsonElement>($"/api/webhooks/events/{order}")).GetProperty("data");
        var shown = (await merchandiser.GetFromJsonAsync<JsonElement>($"/api/webhooks/events/{order}")).GetProperty("data");

        Convert.FromBase64String(seen.GetProperty("payloadBase64").GetString()!).ShouldBe("{\"id\":7,\"title\":\"\0é\"}"u8.ToArray());
        hidden.GetProperty("payload").ValueKind.ShouldBe(JsonValueKind.Null);
        shown.GetProperty("payload").GetString()!.ShouldContain("\"id\":7");
        (await viewer.GetAsync("/api/webhooks/events/999999")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Replaying_needs_exactly_one_way_and_answers_how_many()
    {
        var id = await Insert(3, "products/update", "changed");
        var program = await app.BearerFor(Roles.Merchandiser);

        using var neither = await program.PostAsJsonAsync("/api/webhooks/replay", new { });
        using var both = await program.PostAsJsonAsync("/api/webhooks/replay", new { dead = true, ids = new[] { "1" } });
        using var one = await program.PostAsJsonAsync("/api/webhooks/replay", new { ids = new[] { $"{id}" } });
        using var nobody = await program.PostAsJsonAsync("/api/webhooks/replay", new { ids = new[] { $"{id}", "999999999" } });
        using var since = await program.PostAsJsonAsync("/api/webhooks/replay", new { since = "2020-01-01T00:00:00Z", topic = "products/update" });

        (neither.StatusCode, both.StatusCode).ShouldBe((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest));
        one.StatusCode.ShouldBe(HttpStatusCode.Accepted, await one.Content.ReadAsStringAsync());
        (await Data(one)).GetProperty("events").GetInt64().ShouldBe(1);
        (await Data(since)).GetProperty("events").GetInt64().ShouldBe(3);
        nobody.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var seen = (await program.GetFromJsonAsync<JsonElement>($"/api/webhooks/events/{id}")).GetProperty("data");
        (seen.GetProperty("event").GetProperty("outcome").GetString(), seen.GetProperty("replays").GetArrayLength()).ShouldBe(("changed", 1));
    }

    [Fact]
    public async Task Without_an_address_the_status_says_so_and_a_check_and_a_test_are_refused_with_what_to_do()
    {
        var program = await app.BearerFor(Roles.Merchandiser);

        var status = await program.GetFromJsonAsync<JsonElement>("/api/webhooks/status");
        using var check = await program.PostAsJsonAsync("/api/webhooks/subscriptions/check", new { });
        using var test = await program.PostAsJsonAsync("/api/webhooks/test", new { });

        using var bare = await program.PostAsync("/api/webhooks/test", null);
        bare.StatusCode.ShouldBe(HttpStatusCode.Conflict, "all of its body is optional");
        status.GetProperty("data").GetProperty("callback").ValueKind.ShouldBe(JsonValueKind.Null);
        status.GetProperty("message").GetString()!.ShouldContain("public address is not set");
        (check.StatusCode, test.StatusCode).ShouldBe((HttpStatusCode.Conflict, HttpStatusCode.Conflict));
        (await program.GetFromJsonAsync<JsonElement>("/api/webhooks/subscriptions")).GetProperty("data").GetProperty("topics").GetArrayLength().ShouldBeGreaterThan(20);
    }

    [Theory]
    [InlineData("/api/webhooks/test")]
    [InlineData("/api/webhooks/replay")]
    [InlineData("/api/webhooks/subscriptions/check")]
    public async Task A_viewer_reads_and_does_nothing(string address)
    {
        var viewer = await app.BearerFor(Roles.Viewer);

        (await viewer.PostAsJsonAsync(address, new { })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await viewer.GetAsync("/api/webhooks/status")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    // A NUL in the middle of the title.
    private Task<long> Insert(int count, string topic, string outcome) => app.Database.Scalar<long>("""
        with made as (
            insert into webhook_deliveries (store_id, webhook_id, topic, body, state, outcome, done_at, triggered_at)
            select $1, gen_random_uuid()::text, $3, '\x7b226964223a372c227469746c65223a2200c3a9227d'::bytea, 'done', $4, clock_timestamp(), now() from generate_series(1, $2) returning id)
        select max(id) from made
        """, _store, count, topic, outcome);

    private static async Task<JsonElement> Data(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data");
}
