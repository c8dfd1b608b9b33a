using System.Globalization;
using CowansDashboard.Collections;
using CowansDashboard.Collections.Conditions;

namespace CowansDashboard.Tests.Collections;

public sealed partial class PulledCollectionsTests
{
    [Fact]
    public async Task Every_collection_holds_here_exactly_what_Shopify_says_it_holds()
    {
        var truth = await Truth();
        var differing = new List<string>();
        foreach (var (shopifyId, details) in await Collections())
        {
            var expected = truth[shopifyId].ToHashSet();
            var foreseen = await new ForeseeMembers(shop.Database.Source).Foresee(shop.Store, details.Row.Id, Sources(details), 0, 3, default);
            if ((foreseen.Enter, foreseen.Leave, foreseen.Then) != (0, 0, expected.Count))
                differing.Add($"{details.Row.Title}: Shopify {expected.Count}, here {foreseen.Then}; too many {string.Join(", ", foreseen.Entering.Select(one => one.Title))}, too few {string.Join(", ", foreseen.Leaving.Select(one => one.Title))}: {shop.Asked.GetValueOrDefault(shopifyId)}");
        }

        differing.ShouldBeEmpty();
        truth.Count(members => members.Any()).ShouldBeGreaterThan(60);
    }

    [Fact]
    public async Task What_if_tells_who_enters_and_who_leaves_page_by_page()
    {
        var truth = await Truth();
        var collections = (await Collections()).Where(one => truth[one.ShopifyId].Count() > 20).Take(2).ToArray();
        var (from, to) = (truth[collections[0].ShopifyId].ToHashSet(), truth[collections[1].ShopifyId].ToHashSet());
        var (enter, leave) = (to.Except(from).Count(), from.Except(to).Count());

        var whole = await new ForeseeMembers(shop.Database.Source).Foresee(shop.Store, collections[0].Details.Row.Id, Sources(collections[1].Details), 0, 1_000, default);
        var behind = await new ForeseeMembers(shop.Database.Source).Foresee(shop.Store, collections[0].Details.Row.Id, Sources(collections[1].Details), 2, 3, default);

        (whole.Now, whole.Then, whole.Enter, whole.Leave).ShouldBe((from.Count, to.Count, enter, leave));
        (whole.Entering.Count, whole.Leaving.Count).ShouldBe((enter, leave));
        behind.Entering.ShouldBe(whole.Entering.Skip(2).Take(3));
        behind.Leaving.ShouldBe(whole.Leaving.Skip(2).Take(3));
        (behind.Enter, behind.Leave).ShouldBe((enter, leave));
    }

    [Fact]
    public async Task No_condition_of_this_version_is_unknown()
    {
        var kinds = (await Collections()).SelectMany(one => Sources(one.Details)).OfType<CollectionSource.ByConditions>()
            .SelectMany(source => source.Included.Conditions.Concat(source.Excluded.Conditions)).ToList();

        kinds.OfType<Condition.Unknown>().ShouldBeEmpty();
        kinds.OfType<Condition.Metafield>().Select(one => one.Kind).Distinct().Count().ShouldBeGreaterThan(4);
        kinds.Select(one => one.GetType()).Distinct().Count().ShouldBe(7);
    }

    private static CollectionSource[] Sources(CollectionDetails details) => [.. details.Sources.Select(source => SourceReading.Read(source.Type, source.Definition))];

    private async Task<ILookup<long, long>> Truth() => (await shop.Demo.State("collection-members")).ToLookup(
        row => long.Parse(row.GetProperty("collectionId").ToString(), CultureInfo.InvariantCulture), row => long.Parse(row.GetProperty("productId").ToString(), CultureInfo.InvariantCulture));

    private async Task<List<(long ShopifyId, CollectionDetails Details)>> Collections()
    {
        var ids = await shop.Database.Scalar<long[]>("select array_agg(id order by id) from collections where store_id = $1 and deleted_at is null", shop.Store);
        var read = new ReadCollection(shop.Database.Source);
        var collections = new List<(long, CollectionDetails)>();
        foreach (var id in ids)
            if (await read.Read(shop.Store, id, default) is { Row.ShopifyId: { } shopifyId } details)
                collections.Add((shopifyId, details));
        return collections;
    }
}
