using System.Net;
using CowansDashboard.Tests.Support;
using CowansDashboard.Web.Startup;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace CowansDashboard.Tests.Web.Startup;

[Trait("Category", "Integration")]
public sealed class HealthTests(WebApp app) : IClassFixture<WebApp>
{
    [Fact]
    public async Task A_stranger_learns_that_it_is_healthy_and_nothing_else()
    {
        using var answer = await app.Stranger().GetAsync("/health");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("Healthy");
    }

    [Fact]
    public async Task Without_a_database_it_is_not_healthy()
    {
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=nobody;Database=nothing;Timeout=2");

        var result = await new DatabaseAnswers(nowhere).CheckHealthAsync(new HealthCheckContext());

        result.Status.ShouldBe(HealthStatus.Unhealthy);
    }
}
