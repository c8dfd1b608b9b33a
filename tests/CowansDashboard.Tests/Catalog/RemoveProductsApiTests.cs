using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using CowansDashboard.Catalog;
using CowansDashboard.History;
using CowansDashboard.Tests.Search;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Catalog;

[Trait("Category", "Integration")]
public sealed class RemoveProductsApiTests(ChangeProductApiTests.Shop shop) : IClassFixture<ChangeProductApiTests.Shop>
{
    [Fact]
    public async Task A_product_is_deleted_with_its_window_answered_the_same_for_its_key_and_rolled_back()
    {
        var (client, id, version) = await Fresh();
        var key = Guid.NewGuid().ToString();

        var first = await Sent(client, HttpMethod.Delete, $"/api/products/{id}?version={version}&rollbackHours=48", null, key, HttpStatusCode.OK);
        var again = await Sent(client, HttpMethod.Delete, $"/api/products/{id}?version={version}&rollbackHours=48", null, key, HttpStatusCode.OK);

        again.ToString().ShouldBe(first.ToString());
        first.GetProperty("message").GetString().ShouldBe("The product is archived by the next push, and deleted in Shopify 48 hours after that.");
        var removal = first.GetProperty("data");
        (removal.GetProperty("keptInShopify").GetBoolean(), removal.GetProperty("rollbackHours").GetInt32(), removal.GetProperty("endsAt").ValueKind).ShouldBe((false, 48, JsonValueKind.Null));
        var product = (await client.GetFromJsonAsync<JsonElement>($"/api/products/{id}")).GetProperty("data");
        (product.GetProperty("syncState").GetString(), product.GetProperty("status").GetString()).ShouldBe(("removed", "archived"));
        (await client.GetFromJsonAsync<JsonElement>("/api/products?sync=removed")).GetProperty("data").EnumerateArray().Select(row => row.GetProperty("id").GetString()).ShouldContain(id);
        (await client.GetFromJsonAsync<JsonElement>("/api/products?size=100")).GetProperty("data").EnumerateArray().Select(row => row.GetProperty("id").GetString()).ShouldNotContain(id);
        var edit = await Sent(client, HttpMethod.Put, $"/api/products/{id}", $$"""{"version": {{product.GetProperty("version").GetInt32()}}, "title": "Other"}""", null, HttpStatusCode.BadRequest);
        edit.ToString().ShouldContain("Restore it first");

        var back = await Sent(client, HttpMethod.Post, $"/api/products/{id}/rollback", """{"reason": "Wanted again"}""", null, HttpStatusCode.OK);

        back.GetProperty("data").GetProperty("keptInShopify").ValueKind.ShouldBe(JsonValueKind.Null);
        var now = (await client.GetFromJsonAsync<JsonElement>($"/api/products/{id}")).GetProperty("data");
        (now.GetProperty("syncState").GetString(), now.GetProperty("status").GetString()).ShouldBe(("in-sync", "active"));
        (await Sent(client, HttpMethod.Post, $"/api/products/{id}/rollback", null, null, HttpStatusCode.Conflict)).GetProperty("detail").GetString().ShouldBe("The product is not removed, so there is nothing to restore.");
        (await shop.App.Database.Scalar<string>($"select s.kind || ' ' || s.reason from change_sets s join changes c on c.change_set_id = s.id where c.product_id = {id} order by c.id desc limit 1")).ShouldBe("rollback Wanted again");
    }

    [Fact]
    public async Task A_product_that_Shopify_keeps_is_excluded_by_the_body_too()
    {
        var (client, id, version) = await Fresh();

        var answer = await Sent(client, HttpMethod.Delete, $"/api/products/{id}", $$"""{"version": {{version}}, "keepInShopify": true}""", null, HttpStatusCode.OK);

        answer.GetProperty("data").GetProperty("keptInShopify").GetBoolean().ShouldBeTrue();
        (await shop.App.Database.Scalar<string>($"select concat_ws(' ', status, removal, pending) from products where id = {id}")).ShouldBe("ACTIVE exclude");
        (await Sent(client, HttpMethod.Delete, $"/api/products/{id}?version={version + 1}", null, null, HttpStatusCode.Conflict)).GetProperty("detail").GetString().ShouldBe("The product is removed already.");
    }

    [Fact]
    public async Task A_stale_version_an_unknown_product_a_bad_value_and_a_viewer_change_nothing()
    {
        var (client, id, version) = await Fresh();

        (await Sent(client, HttpMethod.Delete, $"/api/products/{id}?version={version + 3}", null, null, HttpStatusCode.Conflict)).GetProperty("detail").GetString()!.ShouldContain("Nothing was deleted");
        // Somebody's save between the look and the lock.
        var store = await shop.App.Database.Scalar<long>($"select store_id from products where id = {id}");
        (await new DeleteProducts(new SaveChangeSet(shop.App.Database.Source)).Delete(
            new DeleteRequest(store, [long.Parse(id, System.Globalization.CultureInfo.InvariantCulture)], new Removal(24), "Deleted", null, "Ann") { Version = version + 1 }, default))
            .ShouldBeOfType<SaveOutcome.Refused>().Problems.ShouldHaveSingleItem().Sentence.ShouldBe($"The product was changed meanwhile: version {version}, not {version + 1}.");
        await Sent(client, HttpMethod.Delete, "/api/products/999999999?version=0", null, null, HttpStatusCode.NotFound);
        await Sent(client, HttpMethod.Post, "/api/products/999999999/rollback", null, null, HttpStatusCode.NotFound);
        foreach (var (query, field) in new[] { ("", "version"), ("version=x", "version"), ($"version={version}&rollbackHours=0", "rollbackHours"), ($"version={version}&rollbackHours=9999", "rollbackHours"), ($"version={version}&keepInShopify=perhaps", "keepInShopify"), ($"version={version}&hours=3", "hours") })
            (await Sent(client, HttpMethod.Delete, $"/api/products/{id}?{query}", null, null, HttpStatusCode.BadRequest)).GetProperty("errors").EnumerateObject().ShouldHaveSingleItem().Name.ShouldBe(field);
        var viewer = await shop.App.BearerFor("viewer");
        (await viewer.DeleteAsync(new Uri($"/api/products/{id}?version={version}", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await viewer.PostAsync(new Uri($"/api/products/{id}/rollback", UriKind.Relative), null)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        await Sent(viewer, HttpMethod.Delete, "/api/products/batch/delete", $$"""{"productIds": ["{{id}}"], "count": 1}""", null, HttpStatusCode.Forbidden, read: false);
        (await shop.App.Database.Scalar<bool>($"select removal is null from products where id = {id}")).ShouldBeTrue();
    }

    [Fact]
    public async Task Many_are_deleted_only_with_their_number()
    {
        var (client, one, _) = await Fresh();
        var (_, other, _) = await Fresh();
        string Body(string more) => $$"""{"productIds": ["{{one}}", "{{other}}"]{{more}}}""";

        (await Sent(client, HttpMethod.Delete, "/api/products/batch/delete", Body(""", "dryRun": true"""), null, HttpStatusCode.OK)).GetProperty("data").GetProperty("products").GetInt32().ShouldBe(2);
        (await Sent(client, HttpMethod.Delete, "/api/products/batch/delete", Body(""), null, HttpStatusCode.Conflict)).GetProperty("detail").GetString()
            .ShouldBe("2 products would be removed. Nothing was changed; send count: 2 to go on.");
        (await Sent(client, HttpMethod.Delete, "/api/products/batch/delete", Body(""", "rollbackHours": 0, "count": 2"""), null, HttpStatusCode.BadRequest)).GetProperty("errors").EnumerateObject().ShouldHaveSingleItem().Name.ShouldBe("rollbackHours");
        await Sent(client, HttpMethod.Delete, "/api/products/batch/delete", Body(""", "rollbackHours": 12, "count": 2"""), null, HttpStatusCode.Accepted);

        await Patience.Until(() => shop.App.Database.Scalar<long>($"select count(*) from products where id in ({one}, {other}) and removal = 'delete:12'"), count => count == 2);
    }

    private async Task<(HttpClient Client, string Id, int Version)> Fresh()
    {
        var ids = await shop.App.Database.Source.Copy(new CopiedProduct { StoreId = shop.Store, Title = "Jumper", ShopifyId = Random.Shared.NextInt64(1, long.MaxValue), Skus = ["J-1"] });
        var client = await shop.App.BearerFor("merchandiser");
        var id = ids[0].ToString(System.Globalization.CultureInfo.InvariantCulture);
        return (client, id, (await client.GetFromJsonAsync<JsonElement>($"/api/products/{id}")).GetProperty("data").GetProperty("version").GetInt32());
    }

    private static async Task<JsonElement> Sent(HttpClient client, HttpMethod method, string path, string? body, string? key, HttpStatusCode expected, bool read = true)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(expected, text);
        return read ? JsonSerializer.Deserialize<JsonElement>(text) : default;
    }
}
