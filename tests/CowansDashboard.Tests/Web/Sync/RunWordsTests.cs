using CowansDashboard.Runs;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Sync;

namespace CowansDashboard.Tests.Web.Sync;

public sealed class RunWordsTests
{
    [Fact]
    public void A_running_run_says_its_share_and_its_end()
    {
        var run = A.Run(RunStatus.Running) with { Done = 740, Total = 1000, EtaSeconds = 260 };

        RunWords.Line(run, A.Noon, TimeZoneInfo.Utc).ShouldBe("74%, ends 12:04");
    }

    [Fact]
    public void Without_a_total_no_percentage_is_claimed_but_the_bar_moves_by_streams()
    {
        var run = A.Run(RunStatus.Running) with { Done = 50, Streams = [A.Stream("products", 50, 50, isDone: true), A.Stream("variants", 0, null)] };

        RunWords.Share(run).ShouldBeNull();
        RunWords.Line(run, A.Noon, TimeZoneInfo.Utc).ShouldBe("50 rows");
        RunWords.BarShare(run).ShouldBe(0.5);
        RunWords.Streams(run).ShouldBe("1 of 2 streams done");
    }

    [Fact]
    public void The_bar_never_exceeds_its_place_when_more_rows_come_than_were_expected()
    {
        var run = A.Run(RunStatus.Running) with { Streams = [A.Stream("products", 90, 50), A.Stream("variants", 0, null)] };

        RunWords.BarShare(run).ShouldBe(0.5);
    }

    [Fact]
    public void A_run_that_ended_with_unreadable_rows_is_not_simply_done()
    {
        var run = A.Run(RunStatus.Succeeded) with { Counters = new() { Failed = 3, Conflicts = 1 } };

        RunWords.Line(run, A.Noon, TimeZoneInfo.Utc).ShouldBe("Done, 1 conflict, 3 unreadable");
        RunWords.Tone(run).ShouldBe(Tone.Wait);
        RunWords.Outcome(run with { Kind = "push" }).ShouldBe("Done, 1 conflict, 3 refused");
        RunWords.Outcome(A.Run(RunStatus.Succeeded)).ShouldBe("Done");
        var shown = ShellRunReading.Of(run with { Kind = "push", Done = 536, Counters = new() { Failed = 1 } });
        (shown.LeftBehind, shown.Reason!.EndsWith(", 1 refused", StringComparison.Ordinal)).ShouldBe(("1 refused", true));
    }

    [Fact]
    public void Every_status_has_words_a_tone_and_a_decision_on_its_buttons()
    {
        foreach (var status in Enum.GetValues<RunStatus>())
        {
            var run = A.Run(status);

            RunWords.State(status).ShouldNotBeNullOrWhiteSpace();
            RunWords.Line(run, A.Noon, null).ShouldNotBeNullOrWhiteSpace();
            if (RunWords.CanPause(status))
                RunStatusMoves.AskToPause(status).ShouldNotBeNull($"{status} offers Pause");
            if (RunWords.CanCancel(status))
                RunStatusMoves.AskToCancel(status).ShouldNotBeNull($"{status} offers Cancel");
        }
    }

    [Theory]
    [InlineData("8123456789012 , gid://shopify/Product/9007199254740993\n8123456789012", new[] { 8123456789012L, 9007199254740993L })]
    [InlineData("7", new[] { 7L })]
    public void Ids_are_read_as_people_paste_them(string text, long[] ids) => SelectedIds.Read(text).Ids.ShouldBe(ids);

    [Theory]
    [InlineData("")]
    [InlineData("12 twelve")]
    [InlineData("gid://shopify/ProductVariant/5")]
    [InlineData("99999999999999999999")]
    [InlineData("-4")]
    [InlineData("0")]
    public void What_is_no_id_is_named_with_what_would_be_right(string text)
    {
        var read = SelectedIds.Read(text);

        read.Ids.ShouldBeEmpty();
        read.Wrong.ShouldNotBeNullOrWhiteSpace();
    }
}
