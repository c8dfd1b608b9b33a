using Microsoft.Extensions.DependencyInjection;

namespace CowansDashboard.Insights;

public static class InsightsRegistration
{
    public static IServiceCollection AddInsights(this IServiceCollection services)
    {
        services.AddSingleton<ReadFigures>();
        services.AddSingleton<CountPendingProducts>();
        services.AddSingleton<FindDuplicateSkus>();
        return services;
    }
}
