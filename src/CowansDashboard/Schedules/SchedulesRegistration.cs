using CowansDashboard.Runs;
using CowansDashboard.Schedules.Recurring;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Quartz;

namespace CowansDashboard.Schedules;

public static class SchedulesRegistration
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(30);

    // The rows say when something is due; this is how promptly that is noticed.
    private static readonly TimeSpan LookAtWork = TimeSpan.FromSeconds(10);

    /// <summary>Registers scheduled changes. Needs AddData, AddRuns, AddCatalog, AddHistory, AddSync, AddWebhooks and AddSubscriptions.</summary>
    public static IServiceCollection AddSchedules(this IServiceCollection services)
    {
        services.AddSingleton<ReadSchedules>();
        services.AddSingleton<WakeSchedules>();
        services.AddSingleton<ScheduleBulkEdit>();
        services.AddSingleton<ScheduleFields>();
        services.AddSingleton<ScheduleCollection>();
        services.AddSingleton<ChangeSchedule>();
        services.AddSingleton<CancelSchedule>();
        services.AddSingleton<EndScheduleNow>();
        services.AddSingleton<SendSchedules>();
        services.AddHostedService<SweepSchedules>();
        services.AddSingleton<IRunWork, PerformSchedules>();
        services.AddOptions<RecurringOptions>().BindConfiguration("Schedules").ValidateOnStart();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<RecurringOptions>>().Value);
        services.AddSingleton<MakeRecurringWork>();
        services.AddSingleton<ReadRecurringWork>();
        services.AddSingleton<ReadRecurringPause>();
        services.AddSingleton<StartRecurringWork>();
        services.AddSingleton<DispatchRecurringWork>();
        services.AddSingleton<ChangeRecurringWork>();
        services.AddSingleton<ScheduleCollections>();
        services.AddSingleton<RemoveRecurringWork>();
        services.AddSingleton<FindCollections>();
        services.AddSingleton<RunRecurringWorkNow>();
        services.AddSingleton<PauseRecurringWork>();
        services.AddSingleton<SendKeptCollections>();
        services.AddSingleton<IRecurringTask, KeepAutomaticCollections>();
        services.AddSingleton<IRecurringTask, OrderCollectionsAgain>();
        services.AddSingleton<IRecurringTask, SweepOldRecords>();
        services.AddSingleton<IRecurringTask, CheckSubscriptionsAgain>();
        services.AddQuartz(quartz =>
        {
            quartz.AddJob<LookAtRecurringWork>(job => job.WithIdentity(LookAtRecurringWork.Key).StoreDurably());
            quartz.AddTrigger(trigger => trigger.ForJob(LookAtRecurringWork.Key).WithIdentity("look", "recurring")
                .WithSimpleSchedule(often => often.WithInterval(LookAtWork).RepeatForever()));
            quartz.AddJob<LookAtSchedules>(job => job.WithIdentity(LookAtSchedules.Key).StoreDurably());
            quartz.AddTrigger(trigger => trigger.ForJob(LookAtSchedules.Key).WithIdentity("look", "schedules")
                .WithSimpleSchedule(often => often.WithInterval(Look).RepeatForever()));
        });
        return services;
    }
}
