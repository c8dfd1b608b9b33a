using CowansDashboard.Runs;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace CowansDashboard.Schedules;

public static class SchedulesRegistration
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(30);

    /// <summary>Registers scheduled changes. Needs AddData, AddRuns, AddCatalog, AddHistory and AddSync.</summary>
    public static IServiceCollection AddSchedules(this IServiceCollection services)
    {
        services.AddSingleton<ReadSchedules>();
        services.AddSingleton<WakeSchedules>();
        services.AddSingleton<ScheduleBulkEdit>();
        services.AddSingleton<ChangeSchedule>();
        services.AddSingleton<CancelSchedule>();
        services.AddSingleton<EndScheduleNow>();
        services.AddSingleton<SendSchedules>();
        services.AddHostedService<SweepSchedules>();
        services.AddSingleton<IRunWork, PerformSchedules>();
        services.AddQuartz(quartz =>
        {
            quartz.AddJob<LookAtSchedules>(job => job.WithIdentity(LookAtSchedules.Key).StoreDurably());
            quartz.AddTrigger(trigger => trigger.ForJob(LookAtSchedules.Key).WithIdentity("look", "schedules")
                .WithSimpleSchedule(often => often.WithInterval(Look).RepeatForever()));
        });
        return services;
    }
}
