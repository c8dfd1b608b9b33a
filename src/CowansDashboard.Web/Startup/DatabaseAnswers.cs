using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace CowansDashboard.Web.Startup;

/// <summary>Healthy means that PostgreSQL answers: without it no page and no run can do anything.</summary>
public sealed class DatabaseAnswers(NpgsqlDataSource database) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await using var command = database.CreateCommand("select 1");
            await command.ExecuteScalarAsync(patience.Token);
            return HealthCheckResult.Healthy();
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return HealthCheckResult.Unhealthy(exception: failure);
        }
    }
}
