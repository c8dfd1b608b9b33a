using System.Text.Json.Nodes;
using CowansDashboard.Tests.Support;
using CowansDashboard.Web.Components.Products.Editing;

namespace CowansDashboard.Tests.Web.Products.Editing;

public sealed class DraftKeeperTests
{
    private readonly ManualClock clock = new();
    private readonly List<string?> kept = [];
    private string? typed = "a";
    private Exception? failure;

    [Fact]
    public async Task A_second_after_the_last_key_the_draft_is_on_the_server_once()
    {
        await using var keeper = Keeper();

        keeper.Touch();
        clock.Advance(TimeSpan.FromSeconds(0.6));
        typed = "ab";
        keeper.Touch();
        clock.Advance(TimeSpan.FromSeconds(0.6));
        kept.ShouldBeEmpty();
        keeper.IsKept.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(0.6));

        kept.ShouldBe(["ab"]);
        keeper.IsKept.ShouldBeTrue();
        keeper.KeptAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task While_the_database_is_away_it_tries_again_and_says_so()
    {
        await using var keeper = Keeper();
        failure = new TimeoutException();
        keeper.Touch();
        clock.Advance(DraftKeeper.Pause);
        (keeper.Failed, keeper.IsKept).ShouldBe((true, false));

        failure = null;
        clock.Advance(TimeSpan.FromSeconds(3));

        kept.ShouldBe(["a"]);
        (keeper.Failed, keeper.IsKept).ShouldBe((false, true));
    }

    [Fact]
    public async Task Leaving_keeps_what_was_typed_in_the_last_second()
    {
        var keeper = Keeper();
        keeper.Touch();

        await keeper.DisposeAsync();

        kept.ShouldBe(["a"]);
    }

    [Fact]
    public async Task Nothing_typed_removes_the_draft()
    {
        await using var keeper = Keeper();
        keeper.Found(clock.GetUtcNow());
        typed = null;
        keeper.Touch();
        clock.Advance(DraftKeeper.Pause);

        kept.ShouldBe([null]);
        keeper.KeptAt.ShouldBeNull();
    }

    private DraftKeeper Keeper() => new(clock, () => Task.FromResult(typed is null ? null : new JsonObject { ["text"] = typed }), (content, _) =>
    {
        if (failure is not null)
            throw failure;
        kept.Add(content?["text"]!.GetValue<string>());
        return Task.CompletedTask;
    });
}
