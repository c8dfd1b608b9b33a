using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Bulk;
using CowansDashboard.Shopify.Errors;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Shopify.Retries;
using CowansDashboard.Shopify.Throttling;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Shopify;

public sealed class MutationTests : IDisposable
{
    private const string Target = """
        {"data":{"stagedUploadsCreate":{"stagedTargets":[{"url":"https://storage.example/upload","resourceUrl":null,
        "parameters":[{"name":"key","value":"tmp/1/bulk/lines.jsonl"},{"name":"policy","value":"p=="}]}],"userErrors":[]}}}
        """;

    private readonly ManualClock clock = new();
    private readonly ScriptedHttp http = new();
    private readonly HttpClient client;
    private readonly ThrottleGovernor governor;
    private readonly ShopifyAdmin admin;

    public MutationTests()
    {
        client = new HttpClient(http, disposeHandler: false);
        governor = new ThrottleGovernor(clock, new WholeBudget());
        admin = new ShopifyAdmin(new ShopifyConnection("example.myshopify.com", new ShopifyCredentials.AccessToken("shpat_test")),
            client, governor, clock, retries: new RetryOptions { Random = () => 0.5 });
    }

    public void Dispose()
    {
        admin.Dispose();
        governor.Dispose();
        client.Dispose();
        http.Dispose();
    }

    [Fact]
    public void What_was_written_comes_back_beside_what_was_refused()
    {
        http.ThenJson("""
            {"data":{"productVariantsBulkUpdate":{"productVariants":[{"id":"gid://shopify/ProductVariant/9007199254740993","price":"12.50","sku":"A-1"}],
            "userErrors":[{"field":["variants","3","price"],"message":"Price must be positive","code":"GREATER_THAN_OR_EQUAL_TO"}]}}}
            """);

        var answer = Send(Mutations.ProductVariantsBulkUpdate(ShopifyId.Product(1), [new JsonObject { ["id"] = "gid://shopify/ProductVariant/9007199254740993" }]));

        var variant = answer.Data.Payload.ProductVariants.ShouldHaveSingleItem();
        (variant.Id.Number, variant.Price).ShouldBe((9007199254740993, 12.50m));
        var refused = answer.UserErrors.ShouldHaveSingleItem();
        (refused.Code, string.Join('.', refused.Field), refused.ToString()).ShouldBe(("GREATER_THAN_OR_EQUAL_TO", "variants.3.price", "variants.3.price: Price must be positive"));
    }

    [Theory]
    [InlineData("""{"data":{"productReorderMedia":{"job":null,"mediaUserErrors":[{"field":["moves"],"message":"Media is not there","code":"MEDIA_DOES_NOT_EXIST"}]}}}""", "moves: Media is not there", null)]
    [InlineData("""{"data":{"metafieldsSet":{"metafields":[],"userErrors":[{"field":null,"message":"Stale","code":"STALE_OBJECT","elementIndex":4}]}}}""", "Stale", 4)]
    [InlineData("""{"data":{"productUpdate":{"product":null,"userErrors":[{"field":["title"],"message":"Title can't be blank"}]}}}""", "title: Title can't be blank", null)]
    public void Every_shape_of_refusal_is_read(string json, string words, int? element)
    {
        http.ThenJson(json);

        var refused = Send(Mutations.FileUpdate([])).UserErrors.ShouldHaveSingleItem();

        refused.ToString().ShouldBe(words);
        refused.ElementIndex.ShouldBe(element);
    }

    [Fact]
    public void A_write_whose_outcome_is_unknown_is_reported_and_not_sent_again()
    {
        http.ThenJson("oops", HttpStatusCode.BadGateway);

        Fails(Mutations.ProductUpdate(new JsonObject { ["id"] = "gid://shopify/Product/1", ["title"] = "x" })).OutcomeUnknown.ShouldBeTrue();

        http.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public void A_change_of_stock_is_sent_again_under_the_same_key_with_its_explicit_nulls()
    {
        http.ThenDrops().ThenJson("""{"data":{"inventorySetQuantities":{"inventoryAdjustmentGroup":null,"userErrors":[]}}}""");
        var input = new JsonObject
        {
            ["name"] = "available", ["reason"] = "correction",
            ["quantities"] = new JsonArray(new JsonObject
            {
                ["inventoryItemId"] = "gid://shopify/InventoryItem/1", ["locationId"] = "gid://shopify/Location/2", ["quantity"] = 3, ["changeFromQuantity"] = null,
            }),
        };

        Send(Mutations.InventorySetQuantities(input, "key-1")).UserErrors.ShouldBeEmpty();

        http.Requests.Select(request => JsonNode.Parse(request.Body)!["variables"]!["idempotencyKey"]!.GetValue<string>()).ShouldBe(["key-1", "key-1"]);
        http.Requests[1].Body.ShouldContain("\"changeFromQuantity\":null");
    }

    [Fact]
    public async Task A_file_is_uploaded_with_every_parameter_before_it_and_again_when_the_upload_is_lost()
    {
        // Reading a file takes real time, which a clock that jumps would not wait for.
        using var pace = new ThrottleGovernor(TimeProvider.System, new WholeBudget());
        using var real = new ShopifyAdmin(admin.Connection, client, pace, TimeProvider.System);
        http.ThenJson(Target).ThenJson("later", HttpStatusCode.ServiceUnavailable).ThenJson(Target).ThenJson("", HttpStatusCode.Created);
        var file = new FileInfo(Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.jsonl"));
        await File.WriteAllTextAsync(file.FullName, "{\"a\":1}\n");

        var path = await new StagedUpload(real, client, new BulkOptions { ResumeWait = TimeSpan.FromMilliseconds(1) }).Upload(file, CancellationToken.None);

        file.Delete();
        path.ShouldBe("tmp/1/bulk/lines.jsonl");
        http.Requests.Count.ShouldBe(4);
        var form = http.Requests[3].Body;
        form.IndexOf("name=\"key\"", StringComparison.Ordinal).ShouldBeGreaterThan(0);
        form.IndexOf("name=\"file\"", StringComparison.Ordinal).ShouldBeGreaterThan(form.IndexOf("name=\"policy\"", StringComparison.Ordinal));
        http.Requests[3].Message.Headers.Contains("X-Shopify-Access-Token").ShouldBeFalse();
    }

    [Fact]
    public void A_bulk_mutation_whose_start_was_lost_is_found_by_its_mark_and_not_started_twice()
    {
        var mutation = new BulkMutation("ProductUpdate", "r7f1");
        var other = new BulkMutation("ProductUpdate", "r7f11");
        http.ThenDrops()
            .ThenJson(new JsonObject
            {
                ["data"] = new JsonObject
                {
                    ["bulkOperations"] = new JsonObject { ["nodes"] = new JsonArray(Listed(2, other.Text), Listed(3, mutation.Text)) },
                },
            }.ToJsonString())
            .ThenJson("""{"data":{"bulkOperation":{"id":"gid://shopify/BulkOperation/3","status":"COMPLETED","objectCount":"2","rootObjectCount":"2","url":"https://r.example"}}}""");
        ShopifyId started = default;

        var outcome = clock.Simulate(() => new BulkMutationRunner(admin).Run(mutation, "path", _ => Task.CompletedTask, (id, _) =>
        {
            started = id;
            return Task.CompletedTask;
        }, null, CancellationToken.None));

        outcome.ShouldBeOfType<BulkOutcome.Completed>().Operation.Number.ShouldBe(3);
        started.Number.ShouldBe(3);
        http.Requests.Count(request => request.Body.Contains("bulkOperationRunMutation", StringComparison.Ordinal)).ShouldBe(1);
        JsonNode.Parse(http.Requests[0].Body)!["variables"]!["mutation"]!.GetValue<string>().ShouldContain("mutation ProductUpdate_r7f1(");
    }

    [Fact]
    public void Lines_of_a_result_name_the_line_they_answer_unless_Shopify_does_not_say()
    {
        var done = BulkMutationLine.Read(Encoding.UTF8.GetBytes("""{"data":{"productUpdate":{"product":{"id":"gid://shopify/Product/1"},"userErrors":[]}},"__lineNumber":17}"""));
        var failed = BulkMutationLine.Read(Encoding.UTF8.GetBytes("""{"errors":[{"message":"Internal error"}]}"""));

        done.Number.ShouldBe(17);
        done.Data!.Value.GetProperty("productUpdate").GetProperty("product").GetProperty("id").GetString().ShouldBe("gid://shopify/Product/1");
        (failed.Number, failed.Data, failed.Errors[0].Message).ShouldBe((null, null, "Internal error"));
    }

    [Fact]
    public void Costs_are_those_that_Shopify_documents()
    {
        MutationCost.ProductSet(2048, 0, 0, 25, 10).ShouldBe(10 + 409.6 + 10 + 19, 0.001);
        MutationCost.MetafieldsSet(1, 2, 0).ShouldBe(18);
    }

    private static JsonObject Listed(int id, string query) => new()
    {
        ["id"] = $"gid://shopify/BulkOperation/{id}", ["status"] = "RUNNING", ["objectCount"] = "0", ["rootObjectCount"] = "0", ["query"] = query,
    };

    private ShopifyAnswer<T> Send<T>(Operation<T> operation) => clock.Simulate(() => admin.Send(operation, Lane.Background, CancellationToken.None));

    private ShopifyFault Fails<T>(Operation<T> operation) => Should.Throw<ShopifyFaultException>(() => Send(operation)).Fault;
}
