using CowansDashboard.Shopify.Throttling;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Sync.Pull;

public sealed class PacedWorkersTests
{
    [Fact]
    public void Workers_come_while_no_request_waits_and_go_when_several_do()
    {
        var clock = new ManualClock();
        var waiting = 0;
        var shown = new List<int>();
        var (atOnce, most, done) = (0, 0, new List<int>());
        var workers = new PacedWorkers(() => Reading(clock, workers: 3, waiting), clock);

        clock.Simulate(async () =>
        {
            await workers.Run(Enumerable.Range(0, 400), async (item, cancel) =>
            {
                most = Math.Max(most, ++atOnce);
                await Task.Delay(TimeSpan.FromMilliseconds(300 + item % 7), clock, cancel);
                atOnce--;
                done.Add(item);
                if (item == 200)
                    waiting = 8;
            }, shown.Add, CancellationToken.None);
            return true;
        });

        done.Order().ShouldBe(Enumerable.Range(0, 400));
        shown[0].ShouldBe(3);
        most.ShouldBe(10);
        shown.Skip(shown.LastIndexOf(10)).ShouldContain(2);
    }

    [Fact]
    public void After_an_error_nothing_more_is_begun_and_it_is_thrown_when_the_others_have_ended()
    {
        var clock = new ManualClock();
        var (begun, ended) = (0, 0);
        var workers = new PacedWorkers(() => Reading(clock, workers: 4, waiting: 1), clock);

        var error = clock.Simulate(async () =>
        {
            try
            {
                await workers.Run(Enumerable.Range(0, 100), async (item, cancel) =>
                {
                    begun++;
                    await Task.Delay(TimeSpan.FromSeconds(item == 5 ? 1 : 3), clock, cancel);
                    if (item == 5)
                        throw new InvalidOperationException("the fifth");
                    ended++;
                }, null, CancellationToken.None);
                return null;
            }
            catch (InvalidOperationException thrown)
            {
                return thrown;
            }
        });

        error.ShouldNotBeNull().Message.ShouldBe("the fifth");
        ended.ShouldBe(begun - 1);
        begun.ShouldBeLessThan(10);
    }

    [Fact]
    public void Being_cancelled_begins_nothing_more()
    {
        var clock = new ManualClock();
        using var stop = new CancellationTokenSource();
        var begun = 0;
        var workers = new PacedWorkers(() => Reading(clock, workers: 2, waiting: 1), clock);

        var cancelled = clock.Simulate(async () =>
        {
            try
            {
                await workers.Run(Enumerable.Range(0, 100), async (item, cancel) =>
                {
                    begun++;
                    if (item == 4)
                        await stop.CancelAsync();
                    await Task.Delay(TimeSpan.FromSeconds(1), clock, cancel);
                }, null, stop.Token);
                return false;
            }
            catch (OperationCanceledException)
            {
                return true;
            }
        });

        cancelled.ShouldBeTrue();
        begun.ShouldBeLessThan(7);
    }

    [Theory]
    [InlineData(0, 4, 0, false, 4)]
    [InlineData(4, 4, 0, false, 5)]
    [InlineData(4, 9, 0, false, 9)]
    [InlineData(10, 10, 0, false, 10)]
    [InlineData(6, 4, 2, false, 6)]
    [InlineData(6, 4, 3, false, 5)]
    [InlineData(2, 2, 5, false, 2)]
    [InlineData(9, 9, 0, true, 4)]
    [InlineData(3, 3, 0, true, 2)]
    public void The_next_number_of_workers(int now, int advised, int waiting, bool refused, int next) =>
        PacedWorkers.Next(now, Reading(new ManualClock(), advised, waiting), refused, 10).ShouldBe(next);

    [Fact]
    public void One_worker_stays_one() => PacedWorkers.Next(1, Reading(new ManualClock(), 8, 0), false, 1).ShouldBe(1);

    private static BudgetReading Reading(ManualClock clock, int workers, int waiting) =>
        new(clock.GetUtcNow(), 2000, 1000, 100, 0, 0, 0, 0, waiting, workers, 1);
}
