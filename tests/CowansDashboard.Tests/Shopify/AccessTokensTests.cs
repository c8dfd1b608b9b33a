using System.Net;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Errors;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Shopify.Retries;
using CowansDashboard.Shopify.Throttling;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Shopify;

public sealed class AccessTokensTests : IDisposable
{
    private const string Counted = """{"data":{"productsCount":{"count":1,"precision":"EXACT"}}}""";

    private readonly ManualClock clock = new();
    private readonly ScriptedHttp http = new();
    private readonly HttpClient client;
    private readonly ThrottleGovernor governor;
    private readonly ShopifyAdmin admin;
    private readonly List<string> used = [];
    private int granted;
    private string? accepted;

    public AccessTokensTests()
    {
        client = new HttpClient(http, disposeHandler: false);
        governor = new ThrottleGovernor(clock, new WholeBudget());
        admin = new ShopifyAdmin(
            new ShopifyConnection("example.myshopify.com", new ShopifyCredentials.Client("id", "secret")),
            client, governor, clock, retries: new RetryOptions { Random = () => 0 });
        http.Then(async (request, cancel) =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), clock, cancel);
            if (request.RequestUri!.AbsolutePath == "/admin/oauth/access_token")
            {
                accepted = $"token {++granted}";
                return ScriptedHttp.Json($$"""{"access_token":"{{accepted}}","scope":"read_products","expires_in":86399}""");
            }

            var token = request.Headers.GetValues("X-Shopify-Access-Token").Single();
            used.Add(token);
            return token == accepted ? ScriptedHttp.Json(Counted) : ScriptedHttp.Json("""{"errors":"[API] Invalid API key or access token"}""", HttpStatusCode.Unauthorized);
        });
    }

    public void Dispose()
    {
        admin.Dispose();
        governor.Dispose();
        client.Dispose();
        http.Dispose();
    }

    [Fact]
    public void One_token_serves_many_requests_and_is_renewed_before_its_day_ends()
    {
        clock.Simulate(async () =>
        {
            await Count();
            await Task.Delay(TimeSpan.FromHours(23), clock);
            await Count();
            await Task.Delay(TimeSpan.FromMinutes(51), clock);
            await Count();
        });

        used.ShouldBe(["token 1", "token 1", "token 2"]);
    }

    [Fact]
    public void Callers_that_come_together_share_one_renewal()
    {
        clock.Simulate(() => Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Count())));

        granted.ShouldBe(1);
    }

    [Fact]
    public void A_token_that_is_refused_is_renewed_once_for_all()
    {
        clock.Simulate(async () =>
        {
            await Count();
            accepted = "revoked";
            await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Count()));
        });

        granted.ShouldBe(2);
        used.Count(token => token == "token 2").ShouldBe(10);
    }

    [Fact]
    public void The_grant_is_asked_for_as_a_form()
    {
        clock.Simulate(Count);

        var (request, body) = http.Requests[0];
        request.RequestUri!.ToString().ShouldBe("https://example.myshopify.com/admin/oauth/access_token");
        body.ShouldBe("grant_type=client_credentials&client_id=id&client_secret=secret");
    }

    [Fact]
    public void A_refused_grant_says_why()
    {
        using var refusing = new ScriptedHttp().ThenJson(
            """{"error":"shop_not_permitted","error_description":"The app is not installed on this shop."}""", HttpStatusCode.BadRequest);
        using var other = new HttpClient(refusing);
        using var stranger = new ShopifyAdmin(admin.Connection, other, governor, clock);

        var fault = Should.Throw<ShopifyFaultException>(
            () => clock.Simulate(() => stranger.Send(Queries.ProductsCount(), Lane.Background, CancellationToken.None))).Fault;

        fault.ShouldBe(new ShopifyFault.TokenRefused("shop_not_permitted", "The app is not installed on this shop."));
        refusing.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public void A_fixed_token_that_is_refused_is_reported_at_once()
    {
        using var refusing = new ScriptedHttp().ThenJson("""{"errors":"[API] Invalid API key"}""", HttpStatusCode.Unauthorized);
        using var other = new HttpClient(refusing);
        using var admin = new ShopifyAdmin(
            new ShopifyConnection("example.myshopify.com", new ShopifyCredentials.AccessToken("old")), other, governor, clock);

        Should.Throw<ShopifyFaultException>(
            () => clock.Simulate(() => admin.Send(Queries.ProductsCount(), Lane.Background, CancellationToken.None)))
            .Fault.ShouldBeOfType<ShopifyFault.Unauthorized>();

        refusing.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public void Secrets_do_not_show()
    {
        new ShopifyConnection("s", new ShopifyCredentials.Client("id", "hush")).ToString().ShouldNotContain("hush");
        new ShopifyConnection("s", new ShopifyCredentials.AccessToken("hush")).ToString().ShouldNotContain("hush");
    }

    private async Task Count() => await admin.Send(Queries.ProductsCount(), Lane.Background, CancellationToken.None);
}
