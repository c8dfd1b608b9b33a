using CowansDashboard.Runs;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;

namespace CowansDashboard.Tests.Web.Layout;

public sealed class FrameTests : IDisposable
{
    static readonly ShellStore Harlow = new(1, "Harlow & Finch", "GBP", TimeZoneInfo.FindSystemTimeZoneById("Europe/London"), "Advanced plan");

    readonly Rendered page = new();

    public void Dispose() => page.Dispose();

    void Set(Func<ShellState, ShellState> change) => page.Get<ShellFeed>().Set(change);

    [Fact]
    public async Task The_rail_names_only_pages_that_exist()
    {
        var body = await page.Show<Rail>();

        body.QuerySelectorAll(".nav a").Select(link => link.GetAttribute("href")).ShouldBe(["/", "/products", "/collections", "/categories", "/product-types", "/exports", "/sync", "/conflicts", "/drift", "/history", "/webhooks", "/schedules", "/settings"]);
        body.QuerySelector(".badge").ShouldBeNull();
    }

    [Fact]
    public async Task The_rail_counts_running_runs_and_only_those()
    {
        Set(state => state with { Runs = [new(1, "Pull everything", RunStatus.Running), new(2, "Pull changes", RunStatus.Succeeded)] });

        (await page.Show<Rail>()).QuerySelector(".badge")!.TextContent.ShouldBe("1 run");
    }

    [Fact]
    public async Task The_rail_counts_the_conflicts_that_wait()
    {
        Set(state => state with { Conflicts = 1_204 });

        (await page.Show<Rail>()).QuerySelector("a[href='/conflicts'] .badge.conflict")!.TextContent.ShouldBe("1,204");
    }

    [Fact]
    public async Task With_nothing_to_tell_the_status_bar_is_empty() =>
        (await page.Show<StatusBar>()).QuerySelector("footer")!.TextContent.Trim().ShouldBeEmpty();

    [Theory]
    [InlineData(5, "item ")]
    [InlineData(31, "item wait")]
    [InlineData(121, "item bad")]
    public async Task Old_data_is_amber_after_half_an_hour_and_red_after_two(int minutes, string css)
    {
        Set(state => state with { Store = Harlow, DataAsOf = TimeProvider.System.GetUtcNow().AddMinutes(-minutes) });

        (await page.Show<StatusBar>()).QuerySelector(".item")!.ClassName.ShouldBe(css);
    }

    [Fact]
    public async Task The_tray_shows_the_running_run_first_with_its_share_rate_and_end()
    {
        var now = TimeProvider.System.GetUtcNow();
        Set(state => state with
        {
            Store = Harlow,
            Runs =
            [
                new(8, "Pull everything", RunStatus.Running) { Done = .74, RowsPerSecond = 3252, Ends = now.AddMinutes(4) },
                new(7, "Pull changes", RunStatus.Enqueued),
            ],
        });

        var tray = (await page.Show<Tray>()).QuerySelector("button.tray")!;

        tray.TextContent.ShouldContain("Pull everything 74%");
        tray.TextContent.ShouldContain("3,252 rows/s");
        tray.TextContent.ShouldContain("ends " + When.Clock(now.AddMinutes(4), now, Harlow.TimeZone));
    }

    [Fact]
    public async Task A_run_without_a_total_has_no_bar_and_no_share()
    {
        Set(state => state with { Runs = [new(8, "Pull everything", RunStatus.Running)] });

        var body = await page.Show<Tray>();

        body.QuerySelector(".bar").ShouldBeNull();
        body.TextContent.ShouldNotContain("%");
    }

    [Fact]
    public async Task One_store_is_a_name_and_several_are_a_choice()
    {
        Set(state => state with { Store = Harlow, Stores = [Harlow] });
        (await page.Show<StoreSwitcher>()).QuerySelector("button").ShouldBeNull();

        Set(state => state with { Stores = [Harlow, new(2, "Outlet", "EUR", TimeZoneInfo.Utc)] });
        var body = await page.Show<StoreSwitcher>();

        body.QuerySelector("button.store")!.GetAttribute("aria-label").ShouldBe("Switch store, now Harlow & Finch");
        var menu = await page.Show<StoreMenu>();
        menu.QuerySelectorAll(".menu-item").Length.ShouldBe(2);
        menu.QuerySelector("[aria-checked=true]")!.TextContent.ShouldContain("Harlow & Finch");
    }

    [Fact]
    public async Task A_toast_says_what_was_done_and_how_to_take_it_back()
    {
        page.Get<Toasts>().Say("Price changed in 412 products", "Undo", () => Task.CompletedTask);

        var toast = (await page.Show<ToastHost>()).QuerySelector(".toast")!;

        toast.TextContent.ShouldContain("Price changed in 412 products");
        toast.QuerySelectorAll("button").Select(button => button.TextContent.Trim()).ShouldContain("Undo");
    }

    [Fact]
    public void At_most_three_toasts_stand_at_once()
    {
        var toasts = page.Get<Toasts>();
        for (var each = 1; each <= 5; each++)
        {
            toasts.Say($"Toast {each}");
        }

        toasts.Now.Select(toast => toast.Text).ShouldBe(["Toast 3", "Toast 4", "Toast 5"]);
    }

    [Theory]
    [InlineData("Ines Moreau", "IM")]
    [InlineData("tom.adeyemi@harlow.example", "TA")]
    [InlineData("admin", "A")]
    public void Initials_come_from_a_name_or_an_address(string name, string initials) =>
        new ShellPerson(1, name, "x@y.example", "Viewer", false).Initials.ShouldBe(initials);

    [Fact]
    public void The_same_state_again_is_not_told()
    {
        var feed = page.Get<ShellFeed>();
        var told = 0;
        using var _ = feed.Subscribe(() => told++);

        feed.Set(state => state with { Budget = new(10, 4000, 200) });
        feed.Set(state => state with { Budget = new(10, 4000, 200) });

        told.ShouldBe(1);
    }
}
