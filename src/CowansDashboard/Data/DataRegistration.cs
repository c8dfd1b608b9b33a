using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CowansDashboard.Data;

public static class DataRegistration
{
    /// <summary>Registers the one data source, the EF Core context factory on it, and the migrations.</summary>
    public static IServiceCollection AddData(this IServiceCollection services, string connectionString)
    {
        services.AddSingleton(_ => NpgsqlDataSource.Create(connectionString));
        services.AddDbContextFactory<DashboardContext>((provider, options) =>
            options.UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton<MigrateDatabase>();
        services.AddSingleton<AnswerOnce>();
        return services;
    }
}
