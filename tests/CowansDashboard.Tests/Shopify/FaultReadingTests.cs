using System.Net;
using System.Text;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Errors;
using CowansDashboard.Shopify.Wire;

namespace CowansDashboard.Tests.Shopify;

public sealed class FaultReadingTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 18, 0, 0, TimeSpan.Zero);

    private const string Throttled = """
        {"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED","documentation":"https://shopify.dev/api/usage/rate-limits"}}],
         "extensions":{"cost":{"requestedQueryCost":752,"actualQueryCost":null,"throttleStatus":{"maximumAvailable":1000.0,"currentlyAvailable":666,"restoreRate":50.0}}}}
        """;

    [Theory]
    [InlineData(HttpStatusCode.OK)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    public void Throttled_names_the_wait_on_either_status(HttpStatusCode status)
    {
        var fault = Read(Throttled, status).ShouldBeOfType<ShopifyFault.Throttled>();

        fault.CanRetry.ShouldBeTrue();
        fault.OutcomeUnknown.ShouldBeFalse();
        fault.RetryAfter!.Value.TotalSeconds.ShouldBe((752 - 666) / 50.0, 1e-6);
    }

    [Fact]
    public void A_query_that_is_too_dear_is_not_retried()
    {
        var fault = Read("""{"errors":[{"message":"Query cost is 2003, which exceeds the single query max cost limit (1000).","extensions":{"code":"MAX_COST_EXCEEDED","cost":2003,"maxCost":1000}}]}""")
            .ShouldBeOfType<ShopifyFault.MaxCostExceeded>();

        fault.Cost.ShouldBe(2003);
        fault.MaxCost.ShouldBe(1000);
        fault.CanRetry.ShouldBeFalse();
    }

    [Fact]
    public void A_missing_scope_is_an_error_even_beside_data()
    {
        var fault = Read("""{"data":{"productsCount":null},"errors":[{"message":"Access denied for locations field.","path":["locations",0],"extensions":{"code":"ACCESS_DENIED","requiredAccess":"`read_locations` access scope."}}]}""")
            .ShouldBeOfType<ShopifyFault.AccessDenied>();

        fault.RequiredAccess.ShouldBe("`read_locations` access scope.");
        fault.Path.ShouldBe("locations.0");
        fault.CanRetry.ShouldBeFalse();
    }

    [Fact]
    public void Shop_inactive_server_error_and_invalid_are_told_apart()
    {
        Read("""{"errors":[{"message":"Shop is closed","extensions":{"code":"SHOP_INACTIVE"}}]}""").ShouldBeOfType<ShopifyFault.ShopInactive>().CanRetry.ShouldBeFalse();

        var broken = Read("""{"errors":[{"message":"Internal error. Looks like something went wrong","extensions":{"code":"INTERNAL_SERVER_ERROR","requestId":"x"}}]}""")
            .ShouldBeOfType<ShopifyFault.InternalServerError>();
        broken.CanRetry.ShouldBeTrue();
        broken.OutcomeUnknown.ShouldBeTrue();

        var invalid = Read("""{"errors":[{"message":"Field 'x' doesn't exist on type 'Product'","locations":[{"line":1,"column":2}],"extensions":{"code":"undefinedField"}}]}""")
            .ShouldBeOfType<ShopifyFault.Invalid>();
        invalid.CanRetry.ShouldBeFalse();
        invalid.Message.ShouldContain("doesn't exist");
    }

    [Theory]
    [InlineData("""{"errors":{"product":["Daily variant creation limit reached. Please try again later."]}}""", HttpStatusCode.TooManyRequests)]
    [InlineData("""{"errors":"Daily variant creation limit reached."}""", HttpStatusCode.TooManyRequests)]
    [InlineData("""{"errors":[{"message":"Limit reached","extensions":{"code":"VARIANT_THROTTLE_EXCEEDED"}}]}""", HttpStatusCode.OK)]
    public void A_daily_limit_says_when_the_day_is_over(string json, HttpStatusCode status)
    {
        var fault = Read(json, status).ShouldBeOfType<ShopifyFault.DailyLimit>();

        fault.ResumesAt.ShouldBe(new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero));
        fault.RetryAfter.ShouldBe(TimeSpan.FromHours(6));
    }

    [Theory]
    [InlineData(401, typeof(ShopifyFault.Unauthorized), false)]
    [InlineData(402, typeof(ShopifyFault.Http), false)]
    [InlineData(403, typeof(ShopifyFault.Http), false)]
    [InlineData(404, typeof(ShopifyFault.Http), false)]
    [InlineData(423, typeof(ShopifyFault.Http), false)]
    [InlineData(429, typeof(ShopifyFault.Http), true)]
    [InlineData(500, typeof(ShopifyFault.Http), true)]
    [InlineData(503, typeof(ShopifyFault.Http), true)]
    public void Statuses_say_whether_to_try_again(int status, Type kind, bool canRetry)
    {
        var fault = FaultReading.FromStatus((HttpStatusCode)status, TimeSpan.FromSeconds(3), "");

        fault.ShouldBeOfType(kind);
        fault.CanRetry.ShouldBe(canRetry);
        fault.Message.ShouldContain(status.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void What_was_turned_away_did_not_happen_and_what_broke_may_have()
    {
        FaultReading.FromStatus(HttpStatusCode.TooManyRequests, null, "").OutcomeUnknown.ShouldBeFalse();
        FaultReading.FromStatus(HttpStatusCode.ServiceUnavailable, null, "").OutcomeUnknown.ShouldBeFalse();
        FaultReading.FromStatus(HttpStatusCode.BadGateway, null, "").OutcomeUnknown.ShouldBeTrue();
        new ShopifyFault.Unreachable("refused", Sent: false).OutcomeUnknown.ShouldBeFalse();
        new ShopifyFault.Unreachable("cut", Sent: true).OutcomeUnknown.ShouldBeTrue();
    }

    [Fact]
    public void No_errors_are_no_fault() => Read("""{"data":{"productsCount":{"count":1,"precision":"EXACT"}}}""").ShouldBeNull();

    private static ShopifyFault? Read(string json, HttpStatusCode status = HttpStatusCode.OK)
    {
        var body = GraphQLBody<ProductsCountData>.Read(Encoding.UTF8.GetBytes(json), ShopifyJson.Default.ProductsCountData);
        return FaultReading.FromErrors(status, null, body.Errors, body.Cost, Now);
    }
}
