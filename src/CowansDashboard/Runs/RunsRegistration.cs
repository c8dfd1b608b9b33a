using CowansDashboard.Runs.Progress;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;
using Quartz;

namespace CowansDashboard.Runs;

public static class RunsRegistration
{
    private const string TablePrefix = "qrtz_";

    /// <summary>
    /// Registers runs, their schedule and their live progress; settings in the section "Runs". Works are registered
    /// beside it as <see cref="IRunWork"/>. Needs the data source of AddData and a migrated database.
    /// </summary>
    public static IServiceCollection AddRuns(this IServiceCollection services, string connectionString)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<RunsOptions>().BindConfiguration("Runs").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<RunsOptions>>().Value);

        services.AddSingleton<RunLife>();
        services.AddSingleton<RunsHere>();
        services.AddSingleton<ReadRuns>();
        services.AddSingleton<WriteProgress>();
        services.AddSingleton<ClaimRun>();
        services.AddSingleton<SettleRun>();
        services.AddSingleton<TakeOverRuns>();
        services.AddSingleton<DispatchRun>();
        services.AddSingleton<AskRun>();
        services.AddSingleton<PerformRun>();
        services.AddSingleton<RunBroadcast>();
        services.AddSingleton<RunNode>();
        services.AddSingleton(provider => new RunFeed(provider.GetRequiredService<ReadRuns>(), provider.GetRequiredService<TimeProvider>()));

        services.AddSingleton(provider => new EnqueueRun(
            provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<DispatchRun>(), provider.GetRequiredService<ReadRuns>()));
        services.AddSingleton(provider => new PauseRun(provider.GetRequiredService<AskRun>(), provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton(provider => new PauseRuns(provider.GetRequiredService<AskRun>(), provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton(provider => new CancelRun(provider.GetRequiredService<AskRun>()));
        services.AddSingleton(provider => new ResumeRun(provider.GetRequiredService<AskRun>(), provider.GetRequiredService<DispatchRun>()));
        services.AddSingleton(provider => new RetryRun(provider.GetRequiredService<AskRun>(), provider.GetRequiredService<DispatchRun>()));
        services.AddSingleton(provider => new FindRun(provider.GetRequiredService<ReadRuns>()));
        services.AddSingleton(provider => new ListRuns(provider.GetRequiredService<ReadRuns>()));
        services.AddSingleton<CountRuns>();
        services.AddSingleton<ReadRunLog>();
        services.AddSingleton<ReadRunSamples>();

        // Stopped in the opposite order: first the schedule, then the node with its runs, last the ear.
        services.AddHostedService<RunListener>();
        services.AddHostedService(provider => provider.GetRequiredService<RunNode>());
        services.AddSchedule(connectionString);
        return services;
    }

    private static void AddSchedule(this IServiceCollection services, string connectionString)
    {
        // A stopped process must not keep the schedule's locks from the other nodes.
        var schedule = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Options = "-c idle_in_transaction_session_timeout=15000",
            MaxPoolSize = 12,
        };
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(scheduler =>
            {
                scheduler.InstanceName = "cowans-dashboard";
                scheduler.GenerateInstanceId = true;
                scheduler.ShutdownJobInterruption = ShutdownJobInterruption.Never;
                scheduler.IdleWaitTime = TimeSpan.FromSeconds(5);
            });
            quartz.UseDefaultThreadPool(32);
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(NpgsqlFactory.Instance, schedule.ConnectionString);
                store.ProvisionSchema();
                store.UseClustering(cluster =>
                {
                    cluster.CheckinInterval = TimeSpan.FromSeconds(5);
                    cluster.CheckinMisfireThreshold = TimeSpan.FromSeconds(10);
                });
                store.ConfigureStore(options =>
                {
                    options.TablePrefix = TablePrefix;
                    options.StoreJobDataAsStrings = true;
                    options.AcceptEnlistedTransactions = true;
                });
            });
            quartz.AddJob<RunJob>(job => job.WithIdentity(RunJob.Key).StoreDurably().RequestRecovery());
        });
        services.AddQuartzHostedService(options => options.WaitForJobsToComplete = false);
    }
}
