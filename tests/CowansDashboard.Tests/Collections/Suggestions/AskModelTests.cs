using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Collections.Suggestions;
using CowansDashboard.Collections.Suggestions.Asking;
using CowansDashboard.Tests.Catalog;
using CowansDashboard.Tests.Search;
using CowansDashboard.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.DataProtection;

namespace CowansDashboard.Tests.Collections.Suggestions;

/// <summary>A model behind an endpoint of OpenAI's protocol, as a program of this test.</summary>
[Trait("Category", "Integration")]
public sealed class AskModelTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime, IDisposable
{
    private const string Key = "sk-quiet-ledger";
    private readonly ModelHttp _http = new();
    private readonly SealedModelKey _sealing = new(new EphemeralDataProtectionProvider());
    private Func<HttpContext, Task> _answers = _ => Task.CompletedTask;
    private JsonElement _asked;
    private WebApplication _endpoint = null!;
    private long _store;

    private string Address => _endpoint.Urls.First() + "/v1";

    private ReadSuggestionModel Models => new(database.Source, _sealing);

    private AskModel Asking => new(database.Source, new ReadSuggestions(database.Source, TimeProvider.System), Models, _http);

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _endpoint = builder.Build();
        _endpoint.MapPost("/v1/chat/completions", async (HttpContext context) =>
        {
            _asked = await context.Request.ReadFromJsonAsync<JsonElement>();
            if (context.Request.Headers.Authorization != $"Bearer {Key}")
                context.Response.StatusCode = 401;
            else
                await _answers(context);
        });
        await _endpoint.StartAsync();
        _store = await ProductsApiTests.NewStore(database);
        (await Save(Key)).ShouldBeNull();
    }

    public async Task DisposeAsync() => await _endpoint.DisposeAsync();

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Proposals_are_held_against_the_catalogue_and_counted_here_and_the_cost_is_noted()
    {
        await database.Source.Copy([.. Some(10, "Hats", "alpine hat"), .. Some(10, "Mugs", "alpine mug"), .. Some(10, "Lamps", "alpine lamp"), .. Some(8, "Hats", "linen hat"), .. Some(8, "Mugs", "hemp mug"), .. Some(60, "Boxes", "box")]);
        var alpine = (await Read()).Single(one => one.Title == "New collection: Alpine");
        Answers(new JsonObject
        {
            ["names"] = new JsonArray(Named(alpine.Key, "For the mountains"), Named("no-such-key", "Nothing")),
            ["groups"] = new JsonArray(Group("Plant fibres", "word", "Linen", "hemp", "silk"), Group("Moon", "word", "moon rock"), Group("Small", "tag", "nobody"), Group("All", "type", "Boxes", "Hats", "Mugs", "Lamps"), Group("<b>", "word", "linen"), new JsonObject { ["name"] = 7 }),
        });

        var asked = await Ask();

        (asked.Problem, asked.TokensIn, asked.TokensOut, asked.Cost).ShouldBe((null, 1_000, 200, 0.0045m));
        var found = await Read();
        var named = found.Single(one => one.Key == alpine.Key);
        (named.Title, named.Why, named.By).ShouldBe(("New collection: For the mountains", alpine.Why, "tiny-1"));
        var group = found.Single(one => one.Kind == SuggestionKind.Grouping);
        (group.Title, group.Why, group.Products).ShouldBe(("New collection: Plant fibres", "16 products: 8 say “linen” and 8 say “hemp”.", 16));
        _asked.GetProperty("model").GetString().ShouldBe("tiny-1");
        _asked.GetProperty("messages")[1].GetProperty("content").GetString().ShouldBe(await Asking.Summary(_store, default));
        (await database.Scalar<decimal>("select cost from suggestion_asks where store_id = $1", _store)).ShouldBe(0.0045m);
    }

    [Theory]
    [InlineData(429, "takes no more requests now, or what was paid for is used up. Try again in 7 s.")]
    [InlineData(404, "knows no model “tiny-1” at this address. Settings has both.")]
    [InlineData(503, "has a fault of its own (503). Try again later.")]
    [InlineData(302, "answers from another address. Type that one in Settings.")]
    public async Task A_refusal_is_a_sentence(int status, string sentence)
    {
        _answers = context =>
        {
            (context.Response.StatusCode, context.Response.Headers.RetryAfter, context.Response.Headers.Location) = (status, "7", "http://127.0.0.1:1/");
            return Task.CompletedTask;
        };

        (await Ask()).Problem.ShouldEndWith(sentence);
    }

    [Theory]
    [InlineData("so sorry", "What came back is no JSON.")]
    [InlineData("{\"choices\": [{\"message\": {\"content\": \"half of one: \\ud83d\"}}]}", "What came back is no JSON.")]
    [InlineData("{\"choices\": []}", "What came back is no answer of a chat: it has no message.")]
    [InlineData("{\"choices\": [{\"message\": {\"content\": \"I cannot do that.\"}}]}", "The model answered something else than the JSON that it was asked for. Nothing was taken over.")]
    [InlineData("{\"choices\": [{\"message\": {\"content\": \"{\\\"groups\\\": \"}, \"finish_reason\": \"length\"}]}", "The answer was cut off after 4000 tokens.")]
    public async Task An_answer_that_is_none_loses_nothing(string body, string sentence)
    {
        _answers = context => context.Response.WriteAsync(body);

        (await Ask()).Problem.ShouldBe(sentence);
        (await database.Scalar<long>("select count(*) from suggestion_asks where store_id = $1 and problem is null", _store)).ShouldBe(0);
    }

    [Fact]
    public async Task An_endless_answer_is_not_read_to_its_end()
    {
        _answers = async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.WriteAsync(new string(' ', 64 * 1024), context.RequestAborted);
        };

        (await Ask()).Problem.ShouldEndWith("goes on beyond 256 kB and was not read to its end.");
    }

    [Fact]
    public async Task Who_does_not_answer_in_time_is_left()
    {
        (await Save(null, seconds: 1)).ShouldBeNull();
        _answers = context => Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);

        (await Asking.Test(_store, default)).Problem.ShouldEndWith("did not answer within 1 s. Try again, or wait longer: Settings has the time.");
    }

    [Fact]
    public async Task A_key_is_kept_closed_for_its_address_alone_and_a_wrong_one_is_said()
    {
        Answers(new JsonObject { ["names"] = new JsonArray(), ["groups"] = new JsonArray() });
        (await Asking.Test(_store, default)).Problem.ShouldBeNull();
        var closed = await database.Scalar<byte[]>("select sealed_key from suggestion_models where store_id = $1", _store);
        System.Text.Encoding.UTF8.GetString(closed).ShouldNotContain(Key);
        (await Models.InHand(_store, default)).ShouldNotBeNull().ShouldSatisfyAllConditions(held => held.Key.ShouldBe(Key), held => held.ToString().ShouldNotContain(Key));
        _sealing.Open(_store, "https://elsewhere.example/v1", closed).ShouldBeNull();

        (await Save(null, address: "https://elsewhere.example/v1")).ShouldBe("The key was typed for another address: type the key of this one.");
        (await Save("other")).ShouldBeNull();
        (await Asking.Test(_store, default)).Problem.ShouldEndWith("does not take the key. Type it again in Settings.");
        (await Save("k", address: "http://elsewhere.example/v1")).ShouldBe("A key is sent over https only; without one, or on this machine, http will do.");
        (await Save(null, address: "ftp://x")).ShouldNotBeNull();
        await new SaveSuggestionModel(database.Source, Models, _sealing).Save(_store, null, null, "Ann", default);
        (await Ask()).Problem.ShouldBe("No model is set up for this shop. Settings has the place.");
    }

    [Fact]
    public async Task What_is_sent_is_what_was_shown_and_where_and_a_name_that_is_cut_in_two_is_left_out_alone()
    {
        await database.Source.Copy([.. Some(20, "Hats", "linen hat"), .. Some(60, "Boxes", "box")]);
        var text = $$"""{"names": [{"key": "k", "name": "half \ud83d"}], "groups": [{"name": "Plants", "by": "word", "values": ["\ud83d", "linen"]}]}""";
        _answers = context => context.Response.WriteAsJsonAsync(new { choices = new[] { new { message = new { content = text } } } });

        (await Asking.Ask(_store, new($"{Address}/chat/completions"), "what a person read", "Ann", default)).Proposed.ShouldBe(1);

        _asked.GetProperty("messages")[1].GetProperty("content").GetString().ShouldBe("what a person read");
        (await Read()).ShouldContain(one => one.Title == "New collection: Plants");
        (await Asking.Ask(_store, new("https://elsewhere.example/v1/chat/completions"), "…", "Ann", default)).Problem.ShouldStartWith("The address was changed meanwhile");
    }

    [Fact]
    public async Task A_key_that_cannot_be_opened_here_is_kept_and_one_can_be_taken_away_alone()
    {
        await database.Source.CreateCommand($"update suggestion_models set sealed_key = '\\x00' where store_id = {_store}").ExecuteNonQueryAsync();
        (await Save(null, seconds: 60)).ShouldBeNull();
        (await database.Scalar<byte[]>("select sealed_key from suggestion_models where store_id = $1", _store)).ShouldBe([0]);

        (await Save("")).ShouldBeNull();

        (await database.Scalar<bool>("select sealed_key is null from suggestion_models where store_id = $1", _store)).ShouldBeTrue();
        (await Save(null, address: "https://a.example/v1?key=x")).ShouldBe("The address ends without ? and #: /chat/completions is added to it.");
        (await Save(null, address: "http://169.254.169.254/v1")).ShouldBeNull();
        (await Asking.Test(_store, default)).Problem.ShouldNotBeNull().ShouldContain("this address belongs to the machine's own network and is not asked.");
    }

    [Fact]
    public async Task Readers_at_one_time_share_one_look_at_the_shop_until_something_changes()
    {
        await database.Source.Copy([.. Some(10, "Hats", "alpine hat"), .. Some(10, "Mugs", "alpine mug"), .. Some(10, "Lamps", "alpine lamp"), .. Some(60, "Boxes", "box")]);
        var read = new ReadSuggestions(database.Source, TimeProvider.System);

        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => read.Read(_store, default))));

        var first = all[0].Suggestions[0];
        all.ShouldAllBe(found => ReferenceEquals(found.Suggestions[0], first));
        await new DeclineSuggestion(database.Source).Decline(_store, first, "Ann", default);
        (await read.Read(_store, default)).Suggestions.ShouldNotContain(first);
        await database.Scalar<long>("insert into change_sets (store_id, kind, title, made_by_name) values ($1, 'edit', 'An edit', 'Ann') returning id", _store);
        await new BringBackSuggestions(database.Source).BringBack(_store, null, default);
        var again = (await read.Read(_store, default)).Find(first.Key).ShouldNotBeNull();
        (ReferenceEquals(again, first), again.Why).ShouldBe((false, first.Why));
    }

    private async Task<AskedModel> Ask() => await Asking.Ask(_store, new($"{Address}/chat/completions"), await Asking.Summary(_store, default), "Ann", default);

    private Task<string?> Save(string? key, string? address = null, int seconds = 120) =>
        new SaveSuggestionModel(database.Source, Models, _sealing).Save(_store, new(address ?? Address, "tiny-1", false, seconds, 2.5m, 10m), key, "Ann", default);

    private async Task<IReadOnlyList<Suggestion>> Read() => (await new ReadSuggestions(database.Source, TimeProvider.System).Read(_store, default)).Suggestions;

    private void Answers(JsonObject content) => _answers = context => context.Response.WriteAsJsonAsync(new JsonObject
    {
        ["choices"] = new JsonArray(new JsonObject { ["message"] = new JsonObject { ["content"] = $"```json\n{content}\n```" }, ["finish_reason"] = "stop" }),
        ["usage"] = new JsonObject { ["prompt_tokens"] = 1_000, ["completion_tokens"] = 200 },
    });

    private static JsonObject Named(string key, string name) => new() { ["key"] = key, ["name"] = name };

    private static JsonObject Group(string name, string by, params string[] values) => new() { ["name"] = name, ["by"] = by, ["values"] = new JsonArray([.. values.Select(value => (JsonNode)value)]) };

    private IEnumerable<CopiedProduct> Some(int count, string type, string title) =>
        Enumerable.Range(1, count).Select(n => new CopiedProduct { StoreId = _store, Title = title, Type = type, Handle = $"{type}-{title}-{n}".Replace(' ', '-') });
}
