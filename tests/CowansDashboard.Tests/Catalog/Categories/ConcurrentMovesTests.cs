using CowansDashboard.Catalog.Categories;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Catalog.Categories;

/// <summary>Whatever many people do to a tree at the same moment, it stays a tree.</summary>
[Trait("Category", "Integration")]
public sealed class ConcurrentMovesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const int Categories = 40;
    private const int People = 6;
    private const int Acts = 40;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Random_moves_deletions_and_restores_at_once_make_no_circle_no_orphan_and_no_wrong_path(int seed)
    {
        var tree = await Tree.New(database);
        var dice = new Random(seed);
        List<long> ids = [];
        for (var i = 0; i < Categories; i++)
            // Few names, so that they also meet.
            ids.Add(await Unique(tree, $"C{i % 12}", ids.Count == 0 || dice.Next(3) == 0 ? null : ids[dice.Next(ids.Count)], i));
        var seeds = Enumerable.Range(0, People).Select(_ => dice.Next()).ToArray();

        var acts = await Task.WhenAll(seeds.Select(own => Task.Run(() => Act(tree, ids, new Random(own)))));

        (await tree.Wrong()).ShouldBe(0);
        (await database.Scalar<long>("select count(*) from categories where store_id = $1", tree.StoreId)).ShouldBe(Categories);
        acts.Sum(done => done.Moved).ShouldBeGreaterThan(People, "most moves are possible");
        acts.Sum(done => done.Refused).ShouldBeGreaterThan(0, "some would make a circle");
    }

    [Fact]
    public async Task Of_two_that_move_below_each_other_one_is_refused()
    {
        var tree = await Tree.New(database);
        for (var round = 0; round < 15; round++)
        {
            var (one, other) = (await tree.Add($"One {round}"), await tree.Add($"Other {round}"));

            var outcomes = await Task.WhenAll(Task.Run(() => tree.Move(one, other)), Task.Run(() => tree.Move(other, one)));

            outcomes.OfType<CategoryOutcome.Done>().ShouldHaveSingleItem();
            outcomes.OfType<CategoryOutcome.Refused>().ShouldHaveSingleItem().Sentence.ShouldContain("lies below");
        }
        (await tree.Wrong()).ShouldBe(0);
    }

    private static async Task<long> Unique(Tree tree, string name, long? parent, int i) =>
        await tree.Creating.Create(tree.StoreId, new NewCategory(name) { ParentId = parent }, Tree.Ann, default) is CategoryOutcome.Done made ? made.Category.Id : await tree.Add($"{name} {i}", parent);

    private static async Task<(int Moved, int Refused)> Act(Tree tree, List<long> ids, Random dice)
    {
        var (moved, refused) = (0, 0);
        for (var act = 0; act < Acts; act++)
        {
            var id = ids[dice.Next(ids.Count)];
            var outcome = dice.Next(10) switch
            {
                0 => await tree.Delete(id, dice.Next(2) == 0 ? new ContentsGo.Along() : new ContentsGo.Up()),
                1 or 2 => await tree.Restore(id),
                _ => await tree.Move(id, dice.Next(4) == 0 ? null : ids[dice.Next(ids.Count)], dice.Next(2) == 0 ? null : dice.Next(5)),
            };
            moved += outcome is CategoryOutcome.Done ? 1 : 0;
            refused += outcome is CategoryOutcome.Refused ? 1 : 0;
        }
        return (moved, refused);
    }
}
