using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Throttling;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Shopify;

public sealed class ThrottleGovernorTests
{
    private static readonly TimeSpan TenMinutes = TimeSpan.FromMinutes(10);
    private readonly ManualClock clock = new();

    [Theory]
    [InlineData(2000, 100, 2)]
    [InlineData(2000, 100, 10)]
    [InlineData(4000, 200, 6)]
    [InlineData(20000, 1000, 10)]
    [InlineData(1000, 50, 4)]
    public void Ten_busy_minutes_spend_nearly_every_point_and_none_too_many(double maximum, double rate, int workers)
    {
        var bucket = new SimulatedBucket(clock, maximum, rate);
        using var governor = new ThrottleGovernor(clock, new WholeBudget());

        clock.Simulate(() => Busy(governor, bucket, workers, TenMinutes, new Random(1), dear: Math.Max(80, rate)));

        bucket.Refused.ShouldBe(0);
        governor.Reading.Throttled.ShouldBe(0);
        bucket.Spent.ShouldBeGreaterThanOrEqualTo(0.95 * rate * TenMinutes.TotalSeconds);
        governor.Reading.PointsSpent.ShouldBe(bucket.Spent, tolerance: 1);
    }

    [Fact]
    public void A_tiny_bucket_is_not_overdrawn()
    {
        var bucket = new SimulatedBucket(clock, 40, 2);
        using var governor = new ThrottleGovernor(clock, new WholeBudget());

        clock.Simulate(() => Busy(governor, bucket, 4, TenMinutes, new Random(2), dear: 30));

        bucket.Refused.ShouldBe(0);
        bucket.Spent.ShouldBeGreaterThan(0.95 * 2 * TenMinutes.TotalSeconds);
    }

    [Fact]
    public void People_and_bursts_after_idle_time_overdraw_nothing()
    {
        var bucket = new SimulatedBucket(clock, 1000, 100);
        using var governor = new ThrottleGovernor(clock, new WholeBudget());

        clock.Simulate(async () =>
        {
            for (var burst = 0; burst < 40; burst++)
            {
                await Busy(governor, bucket, 8, TimeSpan.FromSeconds(5), new Random(burst), dear: 150, lane: Lane.Interactive);
                await Task.Delay(TimeSpan.FromSeconds(burst), clock);
            }
        });

        governor.Reading.Calls.ShouldBeGreaterThan(500);
        bucket.Refused.ShouldBe(0);
    }

    [Fact]
    public void When_somebody_else_empties_the_bucket_the_count_follows()
    {
        var bucket = new SimulatedBucket(clock, 2000, 100);
        using var governor = new ThrottleGovernor(clock, new WholeBudget());

        clock.Simulate(async () =>
        {
            var work = Busy(governor, bucket, 4, TimeSpan.FromMinutes(2), new Random(3), dear: 60);
            for (var minute = 0; minute < 10; minute++)
            {
                await Task.Delay(TimeSpan.FromSeconds(11), clock);
                bucket.TakeAway(700);
            }

            await work;
        });

        governor.Reading.Calls.ShouldBeGreaterThan(100);
        bucket.Refused.ShouldBeLessThanOrEqualTo((int)(governor.Reading.Calls * 0.05));
    }

    [Fact]
    public void A_person_passes_background_work_that_came_first()
    {
        using var governor = new ThrottleGovernor(clock, new WholeBudget());
        var order = new List<string>();

        clock.Simulate(async () =>
        {
            await Learn(governor, maximum: 1000, available: 0, rate: 100);
            var waiting = new[]
            {
                Note(governor, "first background", Lane.Background, order),
                Note(governor, "second background", Lane.Background, order),
                Note(governor, "person", Lane.Interactive, order),
            };
            await Task.WhenAll(waiting);
        });

        order.ShouldBe(["person", "first background", "second background"]);
    }

    [Fact]
    public void Background_work_leaves_points_for_a_person()
    {
        using var governor = new ThrottleGovernor(clock, new WholeBudget());

        var waited = clock.Simulate(async () =>
        {
            await Learn(governor, maximum: 2000, available: 2000, rate: 100);
            for (var taken = 0; taken < 18; taken++)
            {
                await governor.Reserve("x", 100, Lane.Background, CancellationToken.None);
            }

            var next = governor.Reserve("x", 100, Lane.Background, CancellationToken.None).AsTask();
            next.IsCompleted.ShouldBeFalse();
            var asked = clock.GetTimestamp();
            await governor.Reserve("click", 100, Lane.Interactive, CancellationToken.None);
            return clock.GetElapsedTime(asked);
        });

        waited.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void A_refusal_holds_everything_back_for_the_wait_it_names()
    {
        using var governor = new ThrottleGovernor(clock, new WholeBudget());

        var waited = clock.Simulate(async () =>
        {
            await Learn(governor, maximum: 2000, available: 1500, rate: 100);
            var refused = await governor.Reserve("x", 10, Lane.Background, CancellationToken.None);
            governor.Refuse(refused, null, TimeSpan.FromSeconds(7));
            var asked = clock.GetTimestamp();
            await governor.Reserve("y", 10, Lane.Interactive, CancellationToken.None);
            return clock.GetElapsedTime(asked);
        });

        waited.TotalSeconds.ShouldBe(7, 0.01);
        governor.Reading.Throttled.ShouldBe(1);
    }

    [Fact]
    public void Giving_up_a_wait_costs_nothing()
    {
        using var governor = new ThrottleGovernor(clock, new WholeBudget());

        clock.Simulate(async () =>
        {
            await Learn(governor, maximum: 1000, available: 0, rate: 100);
            using var giveUp = new CancellationTokenSource();
            var waiting = governor.Reserve("x", 500, Lane.Background, giveUp.Token).AsTask();
            giveUp.Cancel();
            await Should.ThrowAsync<OperationCanceledException>(waiting);
            await Task.Delay(TimeSpan.FromSeconds(20), clock);
        });

        governor.Reading.CurrentlyAvailable.ShouldBe(1000);
        governor.Reading.Waiting.ShouldBe(0);
        governor.Reading.InFlight.ShouldBe(0);
    }

    [Fact]
    public void Two_nodes_with_half_each_stay_within_the_whole()
    {
        var bucket = new SimulatedBucket(clock, 2000, 100);
        using var one = new ThrottleGovernor(clock, new HalfBudget(clock));
        using var two = new ThrottleGovernor(clock, new HalfBudget(clock));

        clock.Simulate(() => Task.WhenAll(
            Busy(one, bucket, 5, TenMinutes, new Random(4), dear: 80),
            Busy(two, bucket, 5, TenMinutes, new Random(5), dear: 80)));

        bucket.Refused.ShouldBe(0);
        bucket.Spent.ShouldBeGreaterThanOrEqualTo(0.95 * 100 * TenMinutes.TotalSeconds);
    }

    [Fact]
    public void Without_a_share_nothing_leaves_until_one_is_granted()
    {
        var lease = new HalfBudget(clock) { RefuseUntil = clock.GetUtcNow().AddSeconds(30) };
        using var governor = new ThrottleGovernor(clock, lease);

        var waited = clock.Simulate(async () =>
        {
            var asked = clock.GetTimestamp();
            await governor.Reserve("x", 10, Lane.Background, CancellationToken.None);
            return clock.GetElapsedTime(asked);
        });

        waited.TotalSeconds.ShouldBeInRange(30, 31);
    }

    [Fact]
    public void More_workers_are_advised_when_answers_are_slow_and_fewer_after_a_refusal()
    {
        var bucket = new SimulatedBucket(clock, 20_000, 1000);
        using var governor = new ThrottleGovernor(clock, new WholeBudget());

        clock.Simulate(() => Busy(governor, bucket, 10, TimeSpan.FromMinutes(2), new Random(6), dear: 200, slow: 3));
        var before = governor.WorkerCount;
        clock.Simulate(async () => governor.Refuse(
            await governor.Reserve("x", 10, Lane.Background, CancellationToken.None), null, TimeSpan.FromSeconds(1)));

        before.ShouldBeGreaterThan(4);
        governor.WorkerCount.ShouldBeLessThan(before);
    }

    [Fact]
    public void Every_answer_gives_a_reading()
    {
        using var governor = new ThrottleGovernor(clock, new WholeBudget());
        var readings = new List<BudgetReading>();
        governor.Changed += readings.Add;

        clock.Simulate(() => Learn(governor, maximum: 2000, available: 1980, rate: 100));

        readings.ShouldHaveSingleItem().CurrentlyAvailable.ShouldBe(1980);
        readings[0].PointsSpent.ShouldBe(20);
    }

    private async Task Busy(
        ThrottleGovernor governor, SimulatedBucket bucket, int workers, TimeSpan during, Random random, double dear, int slow = 1, Lane lane = Lane.Background)
    {
        var ends = clock.GetUtcNow() + during;
        await Task.WhenAll(Enumerable.Range(0, workers).Select(async worker =>
        {
            while (clock.GetUtcNow() < ends)
            {
                var requested = worker % 2 == 0 ? dear : dear / 2;
                var held = await governor.Reserve($"kind {worker % 2}", requested, lane, CancellationToken.None);
                var cost = await bucket.Answer(
                    requested,
                    Math.Round(requested * (0.4 + random.NextDouble() * 0.6)),
                    TimeSpan.FromMilliseconds(random.Next(5, 60)),
                    TimeSpan.FromMilliseconds(random.Next(30, 400) * slow),
                    TimeSpan.FromMilliseconds(random.Next(5, 60)));
                if (cost.ActualQueryCost is null)
                {
                    governor.Refuse(held, cost, TimeSpan.FromSeconds(1));
                }
                else
                {
                    governor.Settle(held, cost);
                }
            }
        }));
    }

    private static async Task Learn(ThrottleGovernor governor, double maximum, double available, double rate)
    {
        var first = await governor.Reserve("first", 20, Lane.Background, CancellationToken.None);
        governor.Settle(first, new QueryCost
        {
            RequestedQueryCost = 20,
            ActualQueryCost = 20,
            ThrottleStatus = new ThrottleStatus { MaximumAvailable = maximum, CurrentlyAvailable = available, RestoreRate = rate },
        });
    }

    private static async Task Note(ThrottleGovernor governor, string name, Lane lane, List<string> order)
    {
        var held = await governor.Reserve(name, 100, lane, CancellationToken.None);
        order.Add(name);
        governor.Settle(held, null);
    }

    private sealed class HalfBudget(TimeProvider clock) : IBudgetLease
    {
        public DateTimeOffset RefuseUntil { get; init; }

        public BudgetShare Current { get; private set; } = BudgetShare.None;

        public ValueTask<BudgetShare> Renew(int demand, CancellationToken cancel)
        {
            var now = clock.GetUtcNow();
            Current = now < RefuseUntil ? BudgetShare.None : new BudgetShare(0.5, now.AddSeconds(15));
            return new(Current);
        }

        public ValueTask<IBulkSlot?> TryTakeSlot(BulkSlotKind kind, CancellationToken cancel) => new((IBulkSlot?)null);
    }
}
