using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;

namespace CowansDashboard.Tests.Collections;

[Trait("Category", "Integration")]
public sealed partial class PulledCollectionsTests(PulledShop shop) : IClassFixture<PulledShop>
{
    [Fact]
    public async Task A_pull_tells_where_each_collection_is_published()
    {
        var admin = shop.Demo.Admin();
        var expected = new List<string>();
        foreach (var publication in (await admin.Send(Queries.PublicationsPage(null), Lane.Background, default)).Data.Publications.Nodes)
            foreach (var collection in (await admin.Send(Queries.PublicationCollections(publication.Id, null), Lane.Background, default)).Data.Publication!.Collections!.Nodes)
                expected.Add($"{collection.Id.Number} {publication.Id.Number}");

        var held = await shop.Database.Scalar<string[]>("""
            select array_agg(c.shopify_id || ' ' || p.shopify_id) from collection_publications o
            join collections c on c.id = o.collection_id join publications p on p.id = o.publication_id where o.store_id = $1
            """, shop.Store);

        expected.Count.ShouldBeGreaterThan(10);
        held.ShouldBe(expected, ignoreOrder: true);
    }
}
