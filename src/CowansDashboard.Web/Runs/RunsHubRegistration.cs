namespace CowansDashboard.Web.Runs;

public static class RunsHubRegistration
{
    public const string HubPath = "/hubs/progress";

    public static IServiceCollection AddProgressHub(this IServiceCollection services)
    {
        services.AddSignalR();
        services.AddSingleton<ProgressWatches>();
        services.AddSingleton<ProgressAccounts>();
        services.AddHostedService(provider => provider.GetRequiredService<ProgressAccounts>());
        return services;
    }

    /// <summary>Maps the hub of live progress.</summary>
    public static IEndpointRouteBuilder MapRuns(this IEndpointRouteBuilder app)
    {
        app.MapHub<ProgressHub>(HubPath, options => options.CloseOnAuthenticationExpiration = true);
        return app;
    }
}
