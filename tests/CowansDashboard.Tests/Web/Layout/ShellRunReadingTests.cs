using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Web.Components.Layout;

namespace CowansDashboard.Tests.Web.Layout;

public sealed class ShellRunReadingTests
{
    static readonly DateTimeOffset Now = new(2026, 11, 20, 9, 43, 12, TimeSpan.Zero);
    static readonly HashSet<long> NoneSeen = [];

    static RunSnapshot Run(long id, RunStatus status) => new()
    {
        Id = id,
        StoreId = 1,
        Kind = "pull-full",
        Status = status,
        AskedBy = new("1", "Ines Moreau"),
        StartedAt = Now.AddMinutes(-7),
        FinishedAt = status.IsFinished() ? Now : null,
        PublishedAt = Now,
    };

    [Fact]
    public void What_runs_comes_first_then_what_waits_its_turn_then_what_has_ended()
    {
        var shown = ShellRunReading.Pick(
            [Run(1, RunStatus.Succeeded), Run(2, RunStatus.Enqueued), Run(3, RunStatus.Running), Run(4, RunStatus.Paused)], NoneSeen, Now);

        shown.Select(run => run.Id).ShouldBe([3, 2, 4, 1]);
    }

    [Fact]
    public void A_run_that_ended_before_the_tab_was_opened_is_no_news() =>
        ShellRunReading.Pick([Run(1, RunStatus.Succeeded)], NoneSeen, Now.AddHours(1)).ShouldBeEmpty();

    [Fact]
    public void What_was_seen_is_gone_but_never_what_still_runs() =>
        ShellRunReading.Pick([Run(1, RunStatus.Failed), Run(2, RunStatus.Running)], new HashSet<long> { 1, 2 }, Now).Select(run => run.Id).ShouldBe([2]);

    [Fact]
    public void Progress_rate_and_end_come_with_it()
    {
        var run = ShellRunReading.Of(Run(1, RunStatus.Running) with { Done = 74, Total = 100, RatePerSecond = 3252.4, EtaSeconds = 253 });

        run.Title.ShouldBe("Pull everything");
        run.Done.ShouldBe(.74);
        run.RowsPerSecond.ShouldBe(3252);
        run.Ends.ShouldBe(Now.AddSeconds(253));
        run.Reason.ShouldBeNull();
    }

    [Fact]
    public void Without_a_total_there_is_no_share()
    {
        ShellRunReading.Of(Run(1, RunStatus.Running) with { Done = 74 }).Done.ShouldBeNull();
        ShellRunReading.Of(Run(1, RunStatus.Running) with { Done = 74, Total = 0 }).Done.ShouldBeNull();
    }

    [Fact]
    public void More_rows_than_expected_are_not_more_than_all() =>
        ShellRunReading.Of(Run(1, RunStatus.Running) with { Done = 120, Total = 100 }).Done.ShouldBe(1);

    [Fact]
    public void A_run_says_why_it_stands()
    {
        ShellRunReading.Of(Run(1, RunStatus.Paused) with { Reason = "Paused by Ines Moreau." }).Reason.ShouldBe("Paused by Ines Moreau.");
        ShellRunReading.Of(Run(1, RunStatus.Waiting) with { WaitingFor = "Shopify's budget" }).Reason.ShouldBe("waits: Shopify's budget");
        ShellRunReading.Of(Run(1, RunStatus.Failed) with { Error = "Shopify refused the token." }).Reason.ShouldBe("Shopify refused the token.");
        ShellRunReading.Of(Run(1, RunStatus.Succeeded) with { Done = 1204 }).Reason.ShouldBe("1,204 rows in 7 min");
    }

    [Fact]
    public void A_question_is_answered_on_the_runs_page_not_in_the_tray()
    {
        var asks = ShellRunReading.Of(Run(1, RunStatus.Paused) with { Reason = "Only 61 of 100 known products were seen. Are the others gone?" });

        asks.Asks.ShouldBeTrue();
        asks.CanResume.ShouldBeFalse();
        asks.CanCancel.ShouldBeTrue();
    }

    [Theory]
    [InlineData(RunStatus.Running, true, false, true)]
    [InlineData(RunStatus.Paused, false, true, true)]
    [InlineData(RunStatus.Cancelling, false, false, false)]
    [InlineData(RunStatus.Succeeded, false, false, false)]
    public void Only_moves_that_the_run_may_make_are_offered(RunStatus status, bool pause, bool resume, bool cancel)
    {
        // Asked to stop by a person: a run that paused itself asks on its own page instead.
        var run = ShellRunReading.Of(Run(1, status) with { AskedToStopAt = Now });

        (run.CanPause, run.CanResume, run.CanCancel).ShouldBe((pause, resume, cancel));
    }

    [Fact]
    public void The_budget_is_the_newest_word_of_a_run_that_still_listens()
    {
        var old = Run(1, RunStatus.Running) with { Budget = new(100, 4000, 200), PublishedAt = Now.AddSeconds(-5) };
        var newer = Run(2, RunStatus.Running) with { Budget = new(3412.4, 4000, 200) };
        var ended = Run(3, RunStatus.Succeeded) with { Budget = new(1, 4000, 200), PublishedAt = Now.AddSeconds(5) };

        ShellRunReading.Budget([old, newer, ended]).ShouldBe(new ShellBudget(3412, 4000, 200));
        ShellRunReading.Budget([ended]).ShouldBeNull();
    }
}
