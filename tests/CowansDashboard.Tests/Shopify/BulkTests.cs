using System.Security.Cryptography;
using System.Text.Json;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Bulk;
using CowansDashboard.Shopify.Errors;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Shopify;

[Trait("Category", "Integration")]
public sealed class BulkTests(DemoShop shop) : IClassFixture<DemoShop>, IAsyncLifetime
{
    private static readonly BulkOptions Quick = new()
    {
        FirstPoll = TimeSpan.FromMilliseconds(20),
        LongestPoll = TimeSpan.FromMilliseconds(100),
        SlotAgain = TimeSpan.FromMilliseconds(50),
        ResumeWait = TimeSpan.FromMilliseconds(5),
    };

    private static readonly HttpClient Http = new();

    private readonly DemoStore store = shop.Store;
    private readonly BulkQueryRunner runner = new(shop.Store.Admin(), Quick);

    public async Task InitializeAsync()
    {
        await store.ClearFaults();
        await store.ClearCalls();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Every_bulk_query_brings_every_row_once()
    {
        var expected = new Dictionary<string, (string Kind, string Type)[]>
        {
            ["BulkProducts"] = [("products", "Product")],
            ["BulkVariants"] = [("variants", "ProductVariant")],
            ["BulkCollections"] = [("collections", "Collection"), ("collection-members", "Product")],
            ["BulkInventory"] = [("inventory-levels", "InventoryLevel")],
            ["BulkPublications"] = [("publications", "Publication")],
        };

        foreach (var query in DocumentsTests.BulkQueries(null))
        {
            var outcome = (await Run(query)).ShouldBeOfType<BulkOutcome.Completed>();
            var lines = await Lines(outcome);
            lines.Count.ShouldBe((int)outcome.ObjectCount, query.Name);
            lines.Sum(line => line.TryGetProperty("__parentId", out _) ? 0 : 1).ShouldBe((int)outcome.RootObjectCount, query.Name);
            foreach (var (kind, type) in expected.GetValueOrDefault(query.Name, []))
            {
                lines.Count(line => line.GetProperty("__typename").GetString() == type).ShouldBe((await store.State(kind)).Count, $"{query.Name} {type}");
            }
        }
    }

    [Fact]
    public async Task Media_and_metafields_come_with_their_parents()
    {
        var media = (await Lines((BulkOutcome.Completed)await Run(BulkQuery.Media()))).Where(line => line.TryGetProperty("__parentId", out _)).ToList();
        media.Select(line => JsonSerializer.Deserialize(line, ShopifyJson.Default.MediaNode)!).Select(node => $"{node.ParentId.Number} {node.Id.Number}").Order()
            .ShouldBe((await store.State("media")).Select(row => $"{row.GetProperty("productId").GetString()} {row.GetProperty("id").GetString()}").Order());

        var ofProducts = (await Lines((BulkOutcome.Completed)await Run(BulkQuery.Metafields()))).Where(line => line.TryGetProperty("__parentId", out _));
        var ofVariants = (await Lines((BulkOutcome.Completed)await Run(BulkQuery.Variants()))).Where(line => line.GetProperty("__typename").GetString() == "Metafield");
        ofProducts.Concat(ofVariants).Select(line => JsonSerializer.Deserialize(line, ShopifyJson.Default.MetafieldNode)!)
            .Select(node => $"{node.ParentId.Number} {node.Id.Number} {node.Value}").Order()
            .ShouldBe((await store.State("metafields")).Where(row => row.GetProperty("ownerType").GetString() != "COLLECTION")
                .Select(row => $"{row.GetProperty("ownerId").GetString()} {row.GetProperty("id").GetString()} {row.GetProperty("value").GetString()}").Order());
    }

    [Fact]
    public async Task A_filter_narrows_and_nothing_found_has_no_file()
    {
        var none = (await Run(BulkQuery.Products("created_at:>'2999-01-01T00:00:00Z'"))).ShouldBeOfType<BulkOutcome.Completed>();
        none.Url.ShouldBeNull();
        none.ObjectCount.ShouldBe(0);

        var first = (await Lines((BulkOutcome.Completed)await Run(BulkQuery.Products())))[0].GetProperty("id").GetString()!;
        var one = (BulkOutcome.Completed)await Run(BulkQuery.Products($"id:{ShopifyId.Parse(first).Number}"));
        (await Lines(one)).ShouldHaveSingleItem().GetProperty("id").GetString().ShouldBe(first);
    }

    [Fact]
    public async Task Five_run_at_once_and_the_sixth_waits_where_everybody_can_see_it()
    {
        await store.Fault("bulk-hold");
        var waiting = 0;
        var running = 0;
        var six = Enumerable.Range(0, 6).Select(_ => runner.Run(BulkQuery.Products(), null, progress =>
        {
            Interlocked.Add(ref waiting, progress.Stage == BulkStage.WaitingForSlot ? 1 : 0);
            Interlocked.Add(ref running, progress.Stage == BulkStage.Running ? 1 : 0);
        }, CancellationToken.None)).ToList();
        await Patience.Until(() => waiting > 0 && running > 5);

        await store.ClearFaults("bulk-hold");

        (await Task.WhenAll(six)).ShouldAllBe(outcome => outcome is BulkOutcome.Completed);
        (await store.Calls()).GetProperty("maxConcurrentBulk").GetInt32().ShouldBe(5);
    }

    [Fact]
    public async Task When_others_hold_all_slots_the_start_waits_for_shopifys_word()
    {
        await store.Fault("bulk-hold");
        var other = new BulkQueryRunner(store.Admin(), Quick);
        var started = 0;
        var theirs = Enumerable.Range(0, 5).Select(_ => other.Run(BulkQuery.Media(), (_, _) =>
        {
            Interlocked.Increment(ref started);
            return default;
        }, null, CancellationToken.None)).ToList();
        await Patience.Until(() => started == 5);
        var waited = false;
        var ours = runner.Run(BulkQuery.Products(), null, progress => waited |= progress.Stage == BulkStage.ShopIsBusy, CancellationToken.None);
        await Patience.Until(() => waited);

        await store.ClearFaults("bulk-hold");

        (await ours).ShouldBeOfType<BulkOutcome.Completed>();
        await Task.WhenAll(theirs);
    }

    [Fact]
    public async Task A_failure_without_a_code_may_be_tried_again_and_leaves_partial_data()
    {
        await store.Fault("bulk-failed", new { times = 1, partial = true });

        var failed = (await Run(BulkQuery.Products())).ShouldBeOfType<BulkOutcome.Failed>();

        failed.Code.ShouldBeNull();
        failed.CanRetry.ShouldBeTrue();
        (await Lines(failed.PartialDataUrl!, null)).Count.ShouldBeInRange(1, 59);
        (await Run(BulkQuery.Products())).ShouldBeOfType<BulkOutcome.Completed>();
    }

    [Fact]
    public async Task A_missing_scope_fails_for_good()
    {
        await store.Fault("bulk-failed", new { times = 1, code = "ACCESS_DENIED" });

        (await Run(BulkQuery.Products())).ShouldBeOfType<BulkOutcome.Failed>().CanRetry.ShouldBeFalse();
    }

    [Fact]
    public async Task An_operation_that_writes_nothing_more_is_cancelled_and_called_stuck()
    {
        await store.Fault("bulk-stuck", new { times = 1, afterRows = 0 });
        var hasty = Quick with { StuckAfter = TimeSpan.FromMilliseconds(700) };

        var stuck = (await new BulkQueryRunner(store.Admin(), hasty).Run(BulkQuery.Products(), null, null, CancellationToken.None)).ShouldBeOfType<BulkOutcome.Stuck>();

        stuck.Idle.ShouldBeGreaterThanOrEqualTo(hasty.StuckAfter);
        (await runner.Adopt(stuck.Operation, null, CancellationToken.None)).ShouldBeOfType<BulkOutcome.Canceled>();
    }

    [Fact]
    public async Task A_restarted_process_adopts_what_its_predecessor_started()
    {
        await store.Fault("bulk-hold");
        using var killed = new CancellationTokenSource();
        ShopifyId operation = default;
        var first = runner.Run(BulkQuery.Variants(), (id, _) =>
        {
            operation = id;
            return default;
        }, null, killed.Token);
        await Patience.Until(() => !operation.IsNone);
        await killed.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(first);
        await store.ClearFaults();

        var outcome = await new BulkQueryRunner(store.Admin(), Quick).Adopt(operation, null, CancellationToken.None);

        outcome.ShouldBeOfType<BulkOutcome.Completed>().Operation.ShouldBe(operation);
        (await store.Calls()).GetProperty("operations").GetProperty("BulkStart").GetProperty("calls").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task A_start_whose_answer_was_lost_is_found_and_not_made_twice()
    {
        await store.Fault("drop-connection", new { operation = "BulkStart", times = 1 });

        (await Run(BulkQuery.Products())).ShouldBeOfType<BulkOutcome.Completed>();

        (await store.Calls()).GetProperty("operations").GetProperty("BulkStart").GetProperty("calls").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task An_operation_nobody_knows_is_expired() =>
        (await runner.Adopt(new ShopifyId("BulkOperation", 4), null, CancellationToken.None)).ShouldBeOfType<BulkOutcome.Expired>();

    [Fact]
    public async Task A_refused_query_is_a_fault()
    {
        var answer = await store.Admin().Send(BulkOperations.Start("{ shop { name } }"), Lane.Background, CancellationToken.None);

        Should.Throw<ShopifyFaultException>(() => answer.Accepted()).Fault.ShouldBeOfType<ShopifyFault.Refused>().CanRetry.ShouldBeFalse();
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(4321, 7)]
    [InlineData(20_000, 3)]
    public async Task A_download_that_is_cut_goes_on_where_it_broke(int atByte, int times)
    {
        var whole = (BulkOutcome.Completed)await Run(BulkQuery.Variants());
        var expected = await Hash(whole.Url!, whole.FileSize);
        await store.Fault("jsonl-cut", new { atByte, times });

        (await Hash(whole.Url!, whole.FileSize)).ShouldBe(expected);
        (await store.Calls()).GetProperty("total").GetInt32().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_download_that_never_brings_another_byte_ends_with_a_fault()
    {
        var whole = (BulkOutcome.Completed)await Run(BulkQuery.Products());
        await store.Fault("jsonl-cut", new { atByte = 0 });

        (await Should.ThrowAsync<ShopifyFaultException>(() => Hash(whole.Url!, whole.FileSize))).Fault.ShouldBeOfType<ShopifyFault.Unreachable>();
    }

    [Fact]
    public async Task An_expired_address_is_replaced_by_a_fresh_one()
    {
        var whole = (BulkOutcome.Completed)await Run(BulkQuery.Products());
        var asked = 0;
        await store.Fault("url-expired");
        await using var result = new BulkDownload(Http, TimeProvider.System, Quick).Open(whole.Url!, whole.FileSize, 0, async cancel =>
        {
            asked++;
            await store.ClearFaults("url-expired");
            return await runner.FreshUrl(whole.Operation, cancel);
        });

        using var copy = new MemoryStream();
        await result.CopyToAsync(copy);

        asked.ShouldBe(1);
        copy.Length.ShouldBe(whole.FileSize!.Value);
    }

    [Fact]
    public async Task An_address_that_stays_expired_is_a_fault()
    {
        var whole = (BulkOutcome.Completed)await Run(BulkQuery.Products());
        await store.Fault("url-expired");
        await using var result = new BulkDownload(Http, TimeProvider.System, Quick)
            .Open(whole.Url!, whole.FileSize, 0, cancel => runner.FreshUrl(whole.Operation, cancel));

        (await Should.ThrowAsync<ShopifyFaultException>(() => result.CopyToAsync(Stream.Null))).Fault.ShouldBeOfType<ShopifyFault.Http>();
    }

    [Fact]
    public async Task A_download_can_start_in_the_middle()
    {
        var whole = (BulkOutcome.Completed)await Run(BulkQuery.Products());
        using var all = new MemoryStream();
        await using (var result = new BulkDownload(Http, TimeProvider.System, Quick).Open(whole.Url!, whole.FileSize))
        {
            await result.CopyToAsync(all);
        }

        await using var rest = new BulkDownload(Http, TimeProvider.System, Quick).Open(whole.Url!, whole.FileSize, from: 1000);
        using var tail = new MemoryStream();
        await rest.CopyToAsync(tail);

        tail.ToArray().ShouldBe(all.ToArray()[1000..]);
    }

    private Task<BulkOutcome> Run(BulkQuery query) => runner.Run(query, null, null, CancellationToken.None);

    private Task<List<JsonElement>> Lines(BulkOutcome.Completed outcome) => Lines(outcome.Url!, outcome.FileSize);

    private async Task<List<JsonElement>> Lines(string url, long? size)
    {
        await using var result = new BulkDownload(Http, TimeProvider.System, Quick).Open(url, size);
        using var reader = new JsonlReader(result);
        var lines = new List<JsonElement>();
        while (await reader.MoveNext(CancellationToken.None))
        {
            lines.Add(JsonSerializer.Deserialize<JsonElement>(reader.Line.Span));
        }

        return lines;
    }

    private async Task<string> Hash(string url, long? size)
    {
        await using var result = new BulkDownload(Http, TimeProvider.System, Quick).Open(url, size);
        return Convert.ToHexString(await SHA256.HashDataAsync(result));
    }
}
