using System.Diagnostics;
using CowansDashboard.Tests.Support;
using Xunit.Abstractions;

namespace CowansDashboard.Tests.Sync.AnyOrder;

/// <summary>
/// Edits, undos, pushes, pulls, rules, products and variants that come and go, others' changes, lost and late answers, paused, cancelled
/// and killed runs in random orders. At rest both sides agree, and every edit is there, stands in a conflict, or was taken back by a
/// person. ANY_ORDER_SEEDS=1,2,3 tries these seeds.
/// </summary>
[Trait("Category", "Integration")]
public sealed class AnyOrderTests(TestDatabase database, ITestOutputHelper output) : IClassFixture<TestDatabase>
{
    private const int Length = 12;
    private static readonly ulong[] Kept = [3, 9, 10];

    [Fact]
    public async Task Whatever_happens_in_whatever_order_nothing_is_lost_and_both_sides_come_to_agree()
    {
        await using var shop = await ShopInAnyOrder.Start(database);
        ulong[] seeds = Seeds() is { Count: > 0 } named ? [.. named] : [.. Kept];
        foreach (var seed in seeds)
        {
            var began = Stopwatch.GetTimestamp();
            var complaints = await Live(shop, seed);
            var steps = shop.Events.Where(line => line[0] != ' ').ToList();
            output.WriteLine($"{seed}: {steps.Count} steps, {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s: {string.Join(", ", steps.CountBy(step => step.Split(' ')[0]).Select(deed => $"{deed.Value} {deed.Key}"))}");
            complaints.ShouldBeEmpty($"seed {seed}\n{string.Join('\n', shop.Events)}\n");
        }
    }

    private static async Task<IReadOnlyList<string>> Live(ShopInAnyOrder shop, ulong seed)
    {
        try
        {
            return await shop.Live(Step.Course(seed, Length));
        }
        catch (Exception wrong) when (wrong is not OperationCanceledException)
        {
            throw new InvalidOperationException($"seed {seed}\n{string.Join('\n', shop.Events)}\n{wrong.Message}", wrong);
        }
    }

    private static List<ulong> Seeds() =>
        Environment.GetEnvironmentVariable("ANY_ORDER_SEEDS") is { Length: > 0 } named ? [.. named.Split(',').Select(ulong.Parse)] : [];
}
