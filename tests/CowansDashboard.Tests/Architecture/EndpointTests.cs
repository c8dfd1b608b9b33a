using CowansDashboard.Tests.Support;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CowansDashboard.Tests.Architecture;

/// <summary>Every REST endpoint can be found and understood in the OpenAPI document.</summary>
[Trait("Category", "Integration")]
public sealed class EndpointTests(WebApp app) : IClassFixture<WebApp>
{
    [Fact]
    public void Every_endpoint_has_a_name() =>
        Endpoints().Where(endpoint => string.IsNullOrEmpty(endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName))
            .Select(Address).ShouldBeEmpty("WithName(…)");

    [Fact]
    public void Every_endpoint_has_a_summary() =>
        Endpoints().Where(endpoint => string.IsNullOrEmpty(endpoint.Metadata.GetMetadata<IEndpointSummaryMetadata>()?.Summary))
            .Select(Address).ShouldBeEmpty("WithSummary(…)");

    [Fact]
    public void No_two_endpoints_share_a_name() =>
        Endpoints().GroupBy(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName).Where(same => same.Count() > 1)
            .Select(same => $"{same.Key}: {string.Join(", ", same.Select(Address))}").ShouldBeEmpty();

    private List<RouteEndpoint> Endpoints()
    {
        List<RouteEndpoint> found =
        [
            .. app.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
                .Where(endpoint => Address(endpoint).Contains(" /api/", StringComparison.Ordinal)),
        ];
        found.ShouldNotBeEmpty();
        return found;
    }

    private static string Address(RouteEndpoint endpoint) =>
        $"{string.Join(',', endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [])} /{endpoint.RoutePattern.RawText?.TrimStart('/')}";
}
