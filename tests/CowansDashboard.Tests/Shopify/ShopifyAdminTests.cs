using System.Net;
using System.Text.Json;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Errors;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Shopify.Retries;
using CowansDashboard.Shopify.Throttling;
using CowansDashboard.Shopify.Wire;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Shopify;

public sealed class ShopifyAdminTests : IDisposable
{
    private const string Counted = """{"data":{"productsCount":{"count":25001,"precision":"AT_LEAST"}},"extensions":{"cost":{"requestedQueryCost":1,"actualQueryCost":1,"throttleStatus":{"maximumAvailable":2000.0,"currentlyAvailable":1999,"restoreRate":100.0}}}}""";
    private const string Throttled = """{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}],"extensions":{"cost":{"requestedQueryCost":101,"actualQueryCost":null,"throttleStatus":{"maximumAvailable":2000.0,"currentlyAvailable":1,"restoreRate":100.0}}}}""";
    private const string BulkStarted = """{"data":{"bulkOperationRunQuery":{"bulkOperation":{"id":"gid://shopify/BulkOperation/1","status":"CREATED","objectCount":"0","rootObjectCount":"0"},"userErrors":[]}}}""";

    private readonly ManualClock clock = new();
    private readonly ScriptedHttp http = new();
    private readonly HttpClient client;
    private readonly ThrottleGovernor governor;
    private readonly ShopifyAdmin admin;

    public ShopifyAdminTests()
    {
        client = new HttpClient(http, disposeHandler: false);
        governor = new ThrottleGovernor(clock, new WholeBudget());
        admin = Admin();
    }

    public void Dispose()
    {
        admin.Dispose();
        governor.Dispose();
        client.Dispose();
        http.Dispose();
    }

    [Fact]
    public void A_request_carries_document_variables_and_token()
    {
        http.ThenJson(Counted, HttpStatusCode.OK, ("Date", "Sat, 21 Nov 2026 12:00:05 GMT"), ("X-Shopify-API-Version", "2026-10"));

        var answer = Send(Queries.ProductsCount("status:active"));

        answer.Data.ProductsCount!.Count.ShouldBe(25001);
        answer.Data.ProductsCount.IsExact().ShouldBeFalse();
        answer.ServerDate.ShouldBe(new DateTimeOffset(2026, 11, 21, 12, 0, 5, TimeSpan.Zero));
        answer.Cost!.Spent.ShouldBe(1);
        var (request, body) = http.Requests.ShouldHaveSingleItem();
        request.RequestUri!.ToString().ShouldBe("https://example.myshopify.com/admin/api/2026-10/graphql.json");
        request.Headers.GetValues("X-Shopify-Access-Token").ShouldBe(["shpat_test"]);
        using var sent = JsonDocument.Parse(body);
        sent.RootElement.GetProperty("query").GetString().ShouldBe(Documents.Text("ProductsCount"));
        sent.RootElement.GetProperty("variables").GetProperty("query").GetString().ShouldBe("status:active");
        sent.RootElement.GetProperty("variables").GetProperty("limit").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData(HttpStatusCode.OK)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    public void Throttled_is_sent_again_after_the_wait_and_not_before(HttpStatusCode status)
    {
        http.ThenJson(Throttled, status).ThenJson(Counted);

        var answer = Send(Queries.ProductsCount());

        answer.Attempts.ShouldBe(2);
        clock.GetUtcNow().ShouldBeGreaterThanOrEqualTo(Start.AddSeconds(1));
        governor.Reading.Throttled.ShouldBe(1);
    }

    [Fact]
    public void A_storm_of_throttling_is_sat_out_however_often_it_turns_a_request_away()
    {
        for (var n = 0; n < 40; n++)
            http.ThenJson(Throttled);
        http.ThenJson(Counted);

        Send(Queries.ProductsCount()).Attempts.ShouldBe(41);
    }

    [Fact]
    public void A_storm_that_does_not_end_ends_the_request()
    {
        http.ThenJson(Throttled);

        Should.Throw<ShopifyFaultException>(() => Send(Queries.ProductsCount())).Fault.ShouldBeOfType<ShopifyFault.Throttled>();

        (clock.GetUtcNow() - Start).TotalMinutes.ShouldBeInRange(10, 10.5);
    }

    [Fact]
    public void Retry_after_is_obeyed()
    {
        http.ThenJson("""{"errors":"Too many"}""", HttpStatusCode.TooManyRequests, ("Retry-After", "4.0")).ThenJson(Counted);

        Send(Queries.ProductsCount()).Attempts.ShouldBe(2);

        (clock.GetUtcNow() - Start).TotalSeconds.ShouldBeInRange(4, 5);
    }

    [Fact]
    public void A_dropped_connection_a_server_error_and_a_page_of_html_are_survived()
    {
        http.ThenDrops()
            .ThenJson("oops", HttpStatusCode.BadGateway)
            .Then(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("<html>maintenance</html>") })
            .ThenJson(Counted);

        Send(Queries.ProductsCount()).Attempts.ShouldBe(4);
    }

    [Fact]
    public void No_answer_in_time_is_tried_again()
    {
        http.Then(async (_, cancel) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, cancel);
            return new HttpResponseMessage();
        }).ThenJson(Counted);

        Send(Queries.ProductsCount()).Attempts.ShouldBe(2);
        clock.GetUtcNow().ShouldBeGreaterThan(Start.AddSeconds(60));
    }

    [Fact]
    public void Retrying_ends()
    {
        http.ThenJson("", HttpStatusCode.InternalServerError);

        var fault = Fails(Queries.ProductsCount());

        fault.ShouldBeOfType<ShopifyFault.Http>().Status.ShouldBe(HttpStatusCode.InternalServerError);
        http.Requests.Count.ShouldBe(1 + new RetryOptions().MaxRetries);
    }

    [Fact]
    public void A_mutation_whose_outcome_is_unknown_is_not_sent_twice()
    {
        http.ThenDrops();

        Fails(BulkOperations.Start("{ products { edges { node { id } } } }")).OutcomeUnknown.ShouldBeTrue();

        http.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public void A_mutation_that_was_turned_away_is_sent_again()
    {
        http.ThenJson(Throttled).ThenJson("", HttpStatusCode.ServiceUnavailable).ThenJson(BulkStarted);

        Send(BulkOperations.Start("{ products { edges { node { id } } } }")).Accepted()
            .BulkOperationRunQuery!.BulkOperation!.Id.Number.ShouldBe(1);

        http.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public void A_daily_limit_is_reported_at_once()
    {
        http.ThenJson("""{"errors":{"base":["Daily variant creation limit reached."]}}""", HttpStatusCode.TooManyRequests);

        Fails(Queries.ProductsCount()).ShouldBeOfType<ShopifyFault.DailyLimit>();

        http.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public void A_very_long_wait_is_reported_instead_of_waited()
    {
        http.ThenJson("", HttpStatusCode.TooManyRequests, ("Retry-After", "3600"));

        Fails(Queries.ProductsCount()).RetryAfter.ShouldBe(TimeSpan.FromHours(1));

        http.Requests.Count.ShouldBe(1);
        clock.GetUtcNow().ShouldBe(Start);
    }

    [Fact]
    public void User_errors_come_beside_the_data()
    {
        http.ThenJson("""{"data":{"bulkOperationRunQuery":{"bulkOperation":null,"userErrors":[{"field":null,"message":"A bulk operation limit has been reached.","code":"LIMIT_REACHED"}]}}}""");

        var answer = Send(BulkOperations.Start("{ x }"));

        answer.UserErrors.ShouldHaveSingleItem().Code.ShouldBe("LIMIT_REACHED");
        Should.Throw<ShopifyFaultException>(() => answer.Accepted()).Fault.ShouldBeOfType<ShopifyFault.Refused>();
    }

    [Fact]
    public void Another_version_than_asked_for_is_reported_once()
    {
        http.ThenJson(Counted, HttpStatusCode.OK, ("X-Shopify-API-Version", "2027-01"));
        var warnings = new List<ApiVersionMismatch>();
        admin.VersionMismatch += warnings.Add;

        Send(Queries.ProductsCount()).ApiVersion.ShouldBe("2027-01");
        Send(Queries.ProductsCount());

        warnings.ShouldBe([new ApiVersionMismatch("example.myshopify.com", "2026-10", "2027-01")]);
    }

    [Fact]
    public void Giving_up_is_no_fault()
    {
        http.Then(async (_, cancel) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, cancel);
            return new HttpResponseMessage();
        });
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(5), clock);

        Should.Throw<OperationCanceledException>(() => clock.Simulate(() => admin.Send(Queries.ProductsCount(), Lane.Background, giveUp.Token)));

        http.Requests.Count.ShouldBe(1);
        governor.Reading.InFlight.ShouldBe(0);
    }

    private static DateTimeOffset Start => new ManualClock().GetUtcNow();

    private ShopifyAdmin Admin() => new(
        new ShopifyConnection("example.myshopify.com", new ShopifyCredentials.AccessToken("shpat_test")),
        client, governor, clock, retries: new RetryOptions { Random = () => 0.5 });

    private ShopifyAnswer<T> Send<T>(Operation<T> operation) =>
        clock.Simulate(() => admin.Send(operation, Lane.Background, CancellationToken.None));

    private ShopifyFault Fails<T>(Operation<T> operation) => Should.Throw<ShopifyFaultException>(() => Send(operation)).Fault;
}
