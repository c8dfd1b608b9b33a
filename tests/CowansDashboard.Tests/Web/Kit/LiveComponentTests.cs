using CowansDashboard.Tests.Support;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CowansDashboard.Tests.Web.Kit;

public sealed class LiveComponentTests
{
    [Fact]
    public async Task Many_words_within_a_moment_draw_few_times_and_the_last_word_is_drawn()
    {
        var clock = new ManualClock();
        clock.Advance(TimeSpan.FromSeconds(1));
        await using var page = new Rendered(services => services.AddSingleton<TimeProvider>(clock));
        var watcher = new Watcher.Seen();
        await page.Html<Watcher>(("Into", watcher));
        var feed = page.Get<ShellFeed>();

        for (var points = 1; points <= 1000; points++)
        {
            feed.Set(state => state with { Budget = new(points, 4000, 200) });
        }
        await Patience.Until(() =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(10));
            return watcher.Last == 1000;
        });

        watcher.Draws.ShouldBeLessThanOrEqualTo(5);
    }

    [Fact]
    public async Task A_database_that_is_away_takes_nothing_from_the_page_and_is_asked_again()
    {
        var clock = new ManualClock();
        clock.Advance(TimeSpan.FromSeconds(1));
        await using var page = new Rendered(services => services.AddSingleton<TimeProvider>(clock));
        var watcher = new Watcher.Seen { Failures = new([
            new PostgresException("terminating connection due to administrator command", "FATAL", "FATAL", PostgresErrorCodes.AdminShutdown),
            new NpgsqlException("Failed to connect", new System.Net.Sockets.SocketException(111))]) };
        await page.Html<Watcher>(("Into", watcher));

        page.Get<ShellFeed>().Set(state => state with { Budget = new(7, 4000, 200) });
        await Patience.Until(() =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(500));
            return watcher.Last == 7;
        });

        watcher.Failures.ShouldBeEmpty();
        watcher.MostAtOnce.ShouldBe(1);
    }

    [Fact]
    public async Task After_leaving_the_page_nothing_is_drawn_and_its_work_is_told_to_stop()
    {
        var page = new Rendered();
        var watcher = new Watcher.Seen();
        await page.Html<Watcher>(("Into", watcher));
        var feed = page.Get<ShellFeed>();
        await page.DisposeAsync();
        var before = watcher.Draws;

        feed.Set(state => state with { Budget = new(7, 4000, 200) });
        await Task.Delay(150);

        watcher.Draws.ShouldBe(before);
        watcher.Gone.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public async Task A_slow_reading_is_never_doubled_and_what_was_told_meanwhile_is_drawn_after_it()
    {
        await using var page = new Rendered();
        var watcher = new Watcher.Seen { Reading = TimeSpan.FromMilliseconds(250) };
        await page.Html<Watcher>(("Into", watcher));
        var feed = page.Get<ShellFeed>();

        for (var points = 1; points <= 6; points++)
        {
            feed.Set(state => state with { Budget = new(points, 4000, 200) });
            await Task.Delay(110);
        }
        await Patience.Until(() => watcher.Last == 6);

        watcher.MostAtOnce.ShouldBe(1);
    }

    sealed class Watcher : LiveComponent
    {
        [Parameter] public Seen Into { get; set; } = default!;

        [Inject] ShellFeed Feed { get; set; } = default!;

        protected override void OnInitialized()
        {
            Into.Gone = Gone;
            Watch(Feed.Subscribe);
        }

        protected override async Task BeforeRefreshAsync()
        {
            Into.MostAtOnce = Math.Max(Into.MostAtOnce, ++Into.AtOnce);
            await Task.Delay(Into.Reading);
            Into.AtOnce--;
            if (Into.Failures.TryDequeue(out var failure))
                throw failure;
        }

        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            Into.Draws++;
            Into.Last = Feed.State.Budget?.Available ?? 0;
        }

        public sealed class Seen
        {
            public int Draws;
            public int AtOnce;
            public int MostAtOnce;
            public TimeSpan Reading;
            public Queue<Exception> Failures = new();
            public double Last;
            public CancellationToken Gone;
        }
    }
}
