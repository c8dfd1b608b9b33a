using CowansDashboard.Collections;
using FsCheck;
using FsCheck.Fluent;

namespace CowansDashboard.Tests.Collections;

public sealed class ReorderMovesProperties
{
    private static readonly Gen<int> Sizes = Gen.Frequency((8, Gen.Choose(0, 60)), (1, Gen.Choose(100, 800)), (1, Gen.Constant(5_000)));

    // From hardly touched to wholly mixed.
    private static readonly Arbitrary<(long[] Now, long[] Wanted)> Orders = (
        from size in Sizes
        from seed in Gen.Choose(0, int.MaxValue - 1)
        from mixed in Gen.Choose(0, 100)
        select Mixed(size, seed, mixed)).ToArbitrary();

    [Fact]
    public void The_moves_end_in_the_wanted_order_and_are_as_few_as_can_be() => Prop.ForAll(Orders, orders =>
    {
        var (now, wanted) = orders;
        var batches = ReorderMoves.Plan(now, wanted);
        var list = now.ToList();
        foreach (var move in batches.SelectMany(batch => batch))
        {
            list.Remove(move.Product);
            list.Insert(move.NewPosition, move.Product);
        }
        return list.SequenceEqual(wanted)
            && batches.Sum(batch => batch.Length) == now.Length - LongestRun(now, wanted)
            && batches.All(batch => batch.Length <= ReorderMoves.AtOnce)
            && batches.SkipLast(1).All(batch => batch.Length == ReorderMoves.AtOnce);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(new long[] { 1, 2 }, new long[] { 1, 3 })]
    [InlineData(new long[] { 1, 2 }, new long[] { 1 })]
    [InlineData(new long[] { 1, 2 }, new long[] { 1, 1 })]
    [InlineData(new long[] { 1, 1 }, new long[] { 1, 2 })]
    public void Lists_of_different_products_are_refused(long[] now, long[] wanted) => Should.Throw<ArgumentException>(() => ReorderMoves.Plan(now, wanted));

    private static (long[], long[]) Mixed(int size, int seed, int percent)
    {
        var random = new Random(seed);
        var now = Enumerable.Range(1, size).Select(number => (long)number).ToArray();
        random.Shuffle(now);
        var wanted = now.ToArray();
        for (var swaps = size * percent / 100; swaps > 0; swaps--)
        {
            var (one, other) = (random.Next(size), random.Next(size));
            (wanted[one], wanted[other]) = (wanted[other], wanted[one]);
        }
        return (now, wanted);
    }

    // The plain way: for every product the longest run that ends with it.
    private static int LongestRun(long[] now, long[] wanted)
    {
        var places = wanted.Select((product, place) => (product, place)).ToDictionary(each => each.product, each => each.place);
        var order = now.Select(product => places[product]).ToArray();
        var runs = new int[order.Length];
        for (var i = 0; i < order.Length; i++)
        {
            runs[i] = 1;
            for (var before = 0; before < i; before++)
                if (order[before] < order[i] && runs[before] >= runs[i])
                    runs[i] = runs[before] + 1;
        }
        return runs.DefaultIfEmpty().Max();
    }
}
