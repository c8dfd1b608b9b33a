using System.Net;
using CowansDashboard.Tests.Support;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;

namespace CowansDashboard.Tests.Accounts;

[Trait("Category", "Integration")]
public sealed class ClosedDoorTests(WebApp app) : IClassFixture<WebApp>
{
    // Whoever opens another door to strangers writes it here, and is asked why.
    private static readonly string[] OpenToStrangers =
    [
        "/api/auth/login",
        "/api/auth/refresh",
        "/failed",
        "/health",
        "/sign-in",
        "/webhooks/shopify", // signed by the shop
    ];

    [Fact]
    public void Only_these_routes_are_open_to_strangers()
    {
        var open = Routes()
            .Where(route => route.Metadata.GetMetadata<IAllowAnonymous>() is not null && route.Metadata.GetMetadata<StaticAssetDescriptor>() is null)
            .Select(Address)
            .Distinct()
            .Order(StringComparer.Ordinal);

        open.ShouldBe(OpenToStrangers);
    }

    [Fact]
    public async Task Every_other_route_and_hub_turns_strangers_away()
    {
        var stranger = app.Stranger();
        var closed = Routes().Where(route => route.Metadata.GetMetadata<IAllowAnonymous>() is null).ToList();
        var letThrough = new List<string>();

        foreach (var route in closed)
        {
            foreach (var method in route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } named ? named : ["GET", "POST"])
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), Filled(route.RoutePattern));
                using var answer = await stranger.SendAsync(request);
                var turnedAway = answer.StatusCode is HttpStatusCode.Unauthorized
                    || answer is { StatusCode: HttpStatusCode.Redirect, Headers.Location: { } to } && to.ToString().Contains("/sign-in?returnUrl=", StringComparison.Ordinal);
                if (!turnedAway)
                    letThrough.Add($"{method} {request.RequestUri}: {(int)answer.StatusCode}");
            }
        }

        closed.Select(Address).ShouldContain("/_blazor/negotiate");
        closed.Select(Address).ShouldContain("/products");
        closed.Select(Address).ShouldContain("/api/auth/me");
        letThrough.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_address_that_does_not_exist_says_nothing_to_a_stranger()
    {
        using var answer = await app.Stranger().GetAsync("/no/such/page");

        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        answer.Headers.Location!.ToString().ShouldContain("/sign-in");
    }

    private List<RouteEndpoint> Routes() =>
        [.. app.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()];

    private static string Address(RouteEndpoint route) => "/" + route.RoutePattern.RawText!.TrimStart('/');

    private static string Filled(RoutePattern pattern) => "/" + string.Join('/', pattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
    {
        RoutePatternLiteralPart literal => literal.Content,
        RoutePatternSeparatorPart separator => separator.Content,
        RoutePatternParameterPart { Name: "documentName" } => "v1",
        _ => "1",
    }))));
}
