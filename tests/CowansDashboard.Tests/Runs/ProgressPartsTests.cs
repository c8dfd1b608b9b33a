using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Runs;

public sealed class ProgressPartsTests
{
    [Fact]
    public async Task A_slow_viewer_holds_one_snapshot_a_run_and_then_sees_the_newest()
    {
        var viewer = new RunSubscription(_ => true);
        for (var n = 1; n <= 10_000; n++)
            for (var run = 1; run <= 3; run++)
                viewer.Offer(Snapshot(run, n));
        viewer.Offer(Snapshot(2, 9_000));

        viewer.Held.ShouldBe(3);
        using var end = new CancellationTokenSource();
        var seen = new List<RunSnapshot>();
        await foreach (var snapshot in viewer.Read(end.Token))
        {
            seen.Add(snapshot);
            if (seen.Count == 3)
                break;
        }
        seen.Select(snapshot => (snapshot.Id, snapshot.Sequence)).ShouldBe([(1, 10_000), (2, 10_000), (3, 10_000)]);
    }

    [Fact]
    public void A_snapshot_of_a_later_owner_is_newer_whatever_its_number()
    {
        var before = Snapshot(1, 500);
        var after = Snapshot(1, 1) with { Epoch = 2 };

        after.IsNewerThan(before).ShouldBeTrue();
        before.IsNewerThan(after).ShouldBeFalse();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(400)]
    public void A_message_fits_into_a_notification_however_many_streams_and_long_words(int streams)
    {
        var noise = new Random(5);
        var whole = Snapshot(long.MaxValue, 7) with
        {
            WaitingFor = string.Concat(Enumerable.Range(0, 3_000).Select(_ => (char)noise.Next(0x4e00, 0x9000))),
            Streams = [.. Enumerable.Range(0, streams).Select(n => new RunStreamSnapshot($"stream {n} {noise.NextInt64()}", "bulk query", $"reading {noise.NextInt64()}", noise.NextInt64(), noise.NextInt64(), noise.NextDouble(), false))],
        };

        var message = RunMessage.Of(3, whole);

        System.Text.Encoding.UTF8.GetByteCount(message).ShouldBeLessThan(8_000);
        var (life, read) = RunMessage.ReadSnapshot(message)!.Value;
        (life, read.Id, read.Sequence).ShouldBe((3, long.MaxValue, 7));
        read.Streams[0].ShouldBe(whole.Streams[0]);
    }

    [Fact]
    public void A_short_message_comes_back_whole()
    {
        var whole = Snapshot(4, 2) with
        {
            Status = RunStatus.Waiting, Total = 10, EtaSeconds = 1.5, Counters = new RunCounters { Orphans = 3 }, Budget = new RunBudget(1, 2, 3),
            Streams = [new("a", "b", null, 1, null, 0.5, true)], StartedAt = DateTimeOffset.UnixEpoch,
        };

        var read = RunMessage.ReadSnapshot(RunMessage.Of(9, whole))!.Value.Snapshot;

        (read with { Streams = whole.Streams }).ShouldBe(whole);
        read.Streams.ShouldBe(whole.Streams);
        RunMessage.ReadSnapshot("c:12").ShouldBeNull();
        RunMessage.ReadChanged("c:12").ShouldBe(12);
    }

    [Fact]
    public void The_rate_follows_the_last_ten_seconds()
    {
        var clock = new ManualClock();
        var rate = new RunRate(clock);
        rate.At(0).ShouldBe(0);
        for (var second = 1; second <= 30; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            rate.At(second * 100).ShouldBe(100, 0.001);
        }
        for (var second = 1; second <= 5; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            rate.At(3_000);
        }

        rate.At(3_000).ShouldBeInRange(40, 60);
        clock.Advance(TimeSpan.FromSeconds(30));
        rate.At(3_000);
        rate.At(3_000).ShouldBeLessThan(5);
        rate.At(10).ShouldBe(0, "it began again");
    }

    [Theory]
    [InlineData(10, null, 5, null)]
    [InlineData(10, 100, 0, null)]
    [InlineData(10, 100, 45, 2)]
    [InlineData(120, 100, 45, 0)]
    public void The_time_left_is_only_said_when_known(long done, int? total, double rate, int? seconds) =>
        RunEta.Seconds(done, total, rate).ShouldBe(seconds);

    [Fact]
    public void Stuck_is_a_matter_of_time()
    {
        var now = DateTimeOffset.UnixEpoch.AddDays(1);
        var running = Snapshot(1, 1) with { Heartbeat = now, ProgressedAt = now, StartedAt = now, Node = "shop-1" };

        RunStuck.Why(running, now).ShouldBeNull();
        RunStuck.Why(running, now.AddSeconds(45)).ShouldBe("Its node shop-1 has said nothing for 45 s.");
        RunStuck.Why(running with { Heartbeat = now.AddMinutes(11) }, now.AddMinutes(11)).ShouldBe("It has not advanced for 11 min.");
        RunStuck.Why(running with { Status = RunStatus.Waiting, Heartbeat = now.AddMinutes(11) }, now.AddMinutes(11)).ShouldBeNull();
        RunStuck.Why(running with { Status = RunStatus.Pausing, AskedToStopAt = now, Heartbeat = now.AddMinutes(2) }, now.AddMinutes(2))
            .ShouldBe("It was asked to stop 2 min ago and has not.");
        RunStuck.Why(running with { Status = RunStatus.Paused }, now.AddDays(1)).ShouldBeNull();
    }

    private static RunSnapshot Snapshot(long id, long sequence) =>
        new() { Id = id, StoreId = 1, Kind = "x", Status = RunStatus.Running, AskedBy = RunsOfTests.Ann, Epoch = 1, Sequence = sequence };
}
