using System.Diagnostics;
using System.Text.Json.Nodes;
using CowansDashboard.Runs;
using CowansDashboard.Sync.Push;
using CowansDashboard.Tests.Support;
using Xunit.Abstractions;

namespace CowansDashboard.Tests.Sync.Push;

/// <summary>Pushes of collections in processes of their own, killed for real: nothing is made or sent twice, nothing is lost.</summary>
[Trait("Category", "Integration")]
public sealed class PushCollectionsKilledTests(TestDatabase database, ITestOutputHelper output) : IClassFixture<TestDatabase>
{
    [Theory]
    [InlineData("CollectionCreate", "Shopify has made a collection and nobody has noted it")]
    [InlineData("CollectionUpdate", "Shopify has taken fields, or a source, and nobody has noted it")]
    [InlineData("PublishablePublish", "Shopify has published it and nobody has noted it")]
    [InlineData("CollectionReorderProducts", "Shopify works off the first of several batches of moves")]
    [InlineData("", "the intent is committed and nothing is sent")]
    public async Task A_push_killed_at_any_step_goes_on_and_does_each_thing_once(string operation, string moment)
    {
        await using var collections = await EditedCollections.Start(database, 560);
        var shop = collections.Shop;
        var home = await collections.Id("Home page");
        var ordered = await Ordered(collections);
        await collections.Set("collections", home, "title", "'Called otherwise'");
        var source = (await collections.Sources(home)).Single();
        await collections.AddSource(home, Tagged("sale"));
        await collections.Remove("collection_publications", "collection_id = $1", home);
        var made = await collections.Make("Made once", Tagged("gift idea"));
        await collections.Publish(made);
        var (creates, updates, reorders) = (await shop.Executed("collectionCreate"), await shop.Executed("collectionUpdate"), await shop.Executed("collectionReorderProducts"));
        var plan = await collections.Prepare();
        shop.Host.Get<RunsOptions>().AtOnce = 0;
        await using var first = PullNode.Start(database.ConnectionString, shop.Demo, "pushing");
        await first.FirstLine;
        if (operation.Length > 0)
            await shop.Demo.Fault("hold-answer", new { operation });
        var run = await shop.Apply(plan);
        var patience = Stopwatch.StartNew();
        if (operation.Length > 0)
            await shop.Demo.HasCaught("hold-answer");
        else
            while (!await database.Scalar<bool>("select count(*) > 0 from sent_fields where store_id = $1", shop.Store) && patience.Elapsed < TimeSpan.FromSeconds(120))
                await Task.Delay(1);
        if (operation.Length == 0)
            patience.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(120), "the intent was seen");
        await first.Kill();
        await shop.Demo.ClearFaults();
        await using var second = PullNode.Start(database.ConnectionString, shop.Demo, "pushing");
        await shop.Host.Until(run, done => done.Now.Status == RunStatus.Succeeded);

        output.WriteLine($"killed when {moment}");
        (await shop.Items(plan)).Where(item => item.Status != PushStatus.Done).Select(EditedCollections.Said).ShouldBeEmpty();
        (await shop.Executed("collectionCreate") - creates).ShouldBe(1);
        (await shop.Executed("collectionUpdate") - updates).ShouldBe(2, "fields, and a source");
        (await shop.Executed("publishablePublish")).ShouldBe(1);
        (await shop.Executed("publishableUnpublish")).ShouldBe(1);
        (await shop.Executed("collectionReorderProducts") - reorders).ShouldBe(3);
        (await collections.Sources(home)).ShouldContain(source);
        (await collections.Members(ordered.Collection)).ShouldBe(ordered.Wanted);
        shop.Host.Get<RunsOptions>().AtOnce = 1;
        await second.Kill();
        await collections.ShouldAgree();
    }

    /// <summary>A collection of 550 products in Shopify whose order is reversed here.</summary>
    private async Task<(long Collection, long[] Wanted)> Ordered(EditedCollections collections)
    {
        var shop = collections.Shop;
        var products = await database.Scalar<string[]>("select array_agg('gid://shopify/Product/' || shopify_id order by id) from (select id, shopify_id from products where store_id = $1 order by id limit 550) p", shop.Store);
        await collections.Create(new()
        {
            ["title"] = "Many", ["sortOrder"] = "MANUAL",
            ["sources"] = new JsonArray([.. products.Chunk(250).Select((some, n) => (JsonNode)new JsonObject
            {
                ["source"] = new JsonObject { ["title"] = $"Part {n}", ["inclusion"] = new JsonObject { ["matchType"] = "ALL", ["selections"] = new JsonArray([.. some.Select(Selected)]) } },
            })]),
        });
        await shop.Host.Pull(shop.Store);
        var collection = await collections.Id("Many");
        var members = await collections.Members(collection);
        members.Length.ShouldBe(550);
        await collections.Order(collection, [.. members.Reverse()]);
        return (collection, [.. members.Reverse()]);
    }

    private static JsonNode Selected(string product) => new JsonObject { ["productId"] = product };

    private static JsonObject Tagged(string tag) => EditedCollections.Json($$$"""
        {"__typename": "CollectionConditionsSource", "title": "Tagged {{{tag}}}", "targetType": "PRODUCTS", "inclusion": {"matchType": "ANY", "selections": [], "conditions": [
            {"__typename": "CollectionSourceInclusionConditionProductTag", "tagRelation": "TAGGED_WITH", "match": "ANY", "texts": ["{{{tag}}}"]}]} }
        """);
}
