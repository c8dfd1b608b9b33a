using CowansDashboard.Runs;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Sync.Purge;
using CowansDashboard.Sync.Push;
using CowansDashboard.Sync.Reconcile;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CowansDashboard.Sync;

public static class SyncRegistration
{
    /// <summary>Registers the work of pulls; settings in the section "Sync". Needs AddData, AddStores and AddRuns.</summary>
    public static IServiceCollection AddSync(this IServiceCollection services)
    {
        services.AddOptions<SyncOptions>()
            .Configure<IConfiguration>((sync, settings) => sync.Folder = settings["Dashboard:DataFolder"] is { Length: > 0 } data ? Path.Combine(data, "results") : sync.Folder)
            .BindConfiguration("Sync").ValidateOnStart();
        services.AddSingleton<IValidateOptions<SyncOptions>, ValidateSyncOptions>();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<SyncOptions>>().Value);
        services.AddSingleton<StartPull>();
        services.AddSingleton<PullStore>();
        services.AddSingleton<IRunWork>(provider => provider.GetRequiredService<PullStore>());
        services.AddSingleton<StartComparison>();
        services.AddSingleton<IRunWork, CompareStore>();
        services.AddSingleton<ReadDrift>();
        services.AddSingleton<ReadMissed>();
        services.AddSingleton<SweepDrift>();
        services.AddSingleton<TakeInDrift>();
        services.AddSingleton<ChooseRepair>();
        services.AddHostedService<SweepPulls>();
        services.AddSingleton<IRunWork, PullChanges>();
        services.AddSingleton<IRunWork, PullSelection>();
        services.AddSingleton<ReadBulkOperations>();
        services.AddSingleton<ReadPushFacts>();
        services.AddSingleton<PreparePush>();
        services.AddSingleton<ReadPushPlan>();
        services.AddSingleton<ListAwaitedPlans>();
        services.AddSingleton<ReadRefused>();
        services.AddSingleton<CountWaitingCollections>();
        services.AddSingleton<ReadArrivals>();
        services.AddSingleton<RehearsePush>();
        services.AddSingleton<AlterPush>();
        services.AddSingleton<ApprovePush>();
        services.AddSingleton<StartPush>();
        services.AddSingleton<RetryFailedItems>();
        services.AddSingleton<IRunWork, PushChanges>();
        services.AddSingleton<IRunWork, PurgeProducts>();
        services.AddSingleton<StartPurges>();
        services.AddHostedService(provider => provider.GetRequiredService<StartPurges>());
        services.AddHostedService<SweepPushes>();
        return services;
    }
}
