using System.Text.Json;
using CowansDashboard.Runs;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace CowansDashboard.Tests.Runs;

/// <summary>The hub as a program outside sees it, through Microsoft's own JavaScript client.</summary>
[Trait("Category", "Integration")]
public sealed class ProgressHubTests(HubProgram program, ITestOutputHelper output) : IClassFixture<HubProgram>
{
    private static readonly RunKind Steps = new("steps", null);

    [Fact]
    public async Task A_client_watches_one_run_live_to_its_end()
    {
        // Performed only from the moment when somebody watches.
        program.Services.GetRequiredService<RunsOptions>().AtOnce = 0;
        var id = await Start();

        var messages = await program.Watch(Perform, await program.Token(), "run", $"{id}");

        messages[^1].GetProperty("status").GetString().ShouldBe("succeeded");
        messages[^1].GetProperty("done").GetInt64().ShouldBe(30);
        messages[^1].GetProperty("counters").GetProperty("inserted").GetInt64().ShouldBe(30);
        messages.Count.ShouldBeGreaterThan(3);
        messages.ShouldAllBe(message => message.GetProperty("id").GetString() == $"{id}");
        var done = messages.Select(message => message.GetProperty("done").GetInt64()).ToList();
        done.SequenceEqual(done.Order()).ShouldBeTrue("the bar never goes back");
        foreach (var name in new[] { "kind", "total", "ratePerSecond", "etaSeconds", "waitingFor", "startedAt", "finishedAt", "error", "streams" })
            messages[^1].TryGetProperty(name, out _).ShouldBeTrue(name);
        var lags = Lags(messages);
        output.WriteLine($"{messages.Count} messages, from published to the client's hand: median {lags[lags.Count / 2]} ms, most {lags[^1]} ms.");
    }

    [Fact]
    public async Task A_client_watches_every_run_of_a_store()
    {
        var store = await RunsOfTests.Store(program.Database);
        program.Services.GetRequiredService<RunsOptions>().AtOnce = 0;
        var id = await Start(store);

        var messages = await program.Watch(Perform, await program.Token(), "store", $"{store}");

        messages.ShouldAllBe(message => message.GetProperty("storeId").GetString() == $"{store}");
        messages.ShouldContain(message => message.GetProperty("id").GetString() == $"{id}" && message.GetProperty("status").GetString() == "succeeded");
    }

    [Fact]
    public async Task A_stranger_is_turned_away()
    {
        var refused = await program.Watch("-", "run", "1");

        refused.ShouldHaveSingleItem().GetProperty("error").GetString()!.ShouldContain("401");
    }

    [Fact]
    public async Task A_connection_ends_with_its_token()
    {
        var store = await RunsOfTests.Store(program.Database);

        var messages = await program.Watch(await program.Token(TimeSpan.FromSeconds(15)), "store", $"{store}", "150");

        messages.ShouldHaveSingleItem().GetProperty("closed").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task A_wrong_id_gets_a_clear_word()
    {
        var refused = await program.Watch(await program.Token(), "run", "twelve");

        refused.ShouldHaveSingleItem().GetProperty("error").GetString()!
            .ShouldContain("runId is \"twelve\"; it should be a number of 1 or more, as a string.");
    }

    private void Perform() => program.Services.GetRequiredService<RunsOptions>().AtOnce = 16;

    private async Task<long> Start(long? store = null)
    {
        var asked = new RunRequest(Steps, store ?? await RunsOfTests.Store(program.Database), RunsOfTests.Ann);
        return (await program.Services.GetRequiredService<EnqueueRun>().Enqueue(asked, null, default)).ShouldBeOfType<EnqueueOutcome.Enqueued>().RunId;
    }

    private static List<long> Lags(IReadOnlyList<JsonElement> messages) =>
        [.. messages.Skip(1).Select(message => message.GetProperty("receivedAt").GetInt64() - message.GetProperty("publishedAt").GetDateTimeOffset().ToUnixTimeMilliseconds()).Order()];
}
