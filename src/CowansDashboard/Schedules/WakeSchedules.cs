using CowansDashboard.Runs;
using Npgsql;
using Quartz;

namespace CowansDashboard.Schedules;

/// <summary>
/// Starts the run of every shop in which a schedule is due. Quartz calls it at each start and end, and twice a minute for
/// whatever was missed: how often it is called does not matter, the rows decide.
/// </summary>
public sealed class WakeSchedules(NpgsqlDataSource database, EnqueueRun enqueue, ISchedulerFactory? schedulers, TimeProvider clock)
{
    private static readonly AskedBy Schedules = new(null, "Schedule");

    // A run that failed or was cancelled is not begun anew at once.
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(5);

    public async Task Wake(CancellationToken cancel)
    {
        var stores = new List<long>();
        await using (var find = database.CreateCommand($"""
            select distinct s.store_id from schedules s
            where ({DueMove.IsDue} or s.sending is not null)
                and not exists (select from runs r where r.store_id = s.store_id and r.kind = '{PerformSchedules.Kind.Name}'
                    and (r.status not in ('succeeded', 'failed', 'cancelled') or r.status <> 'succeeded' and r.finished_at > now() - $2::interval))
            """))
        {
            find.Parameters.Add(new() { Value = clock.GetUtcNow() });
            find.Parameters.Add(new() { Value = Rest });
            await using var reader = await find.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
                stores.Add(reader.GetInt64(0));
        }
        foreach (var store in stores)
            await enqueue.Enqueue(new RunRequest(PerformSchedules.Kind, store, Schedules), null, cancel);
    }

    /// <summary>Has Quartz look at these moments, if and when the transaction commits. Dispose what it returns after that.</summary>
    internal async Task<IDisposable> At(IEnumerable<DateTimeOffset> moments, NpgsqlTransaction transaction, CancellationToken cancel)
    {
        if (schedulers is null)
            return new NoWatch();
        var scheduler = await schedulers.GetScheduler(cancel);
        var enlisted = scheduler.EnlistTransaction(transaction);
        try
        {
            foreach (var moment in moments)
                await scheduler.ScheduleJob(Look(moment), cancellationToken: cancel);
            return enlisted;
        }
        catch
        {
            enlisted.Dispose();
            throw;
        }
    }

    private static ITrigger Look(DateTimeOffset moment) => TriggerBuilder.Create()
        .ForJob(LookAtSchedules.Key)
        .WithIdentity(Guid.NewGuid().ToString("n"), "schedules")
        .StartAt(moment)
        .WithSimpleSchedule(once => once.WithMisfireInstruction(SimpleTriggerMisfireInstruction.FireNow))
        .Build();
}

/// <summary>Without Quartz nobody looks by itself.</summary>
internal sealed class NoWatch : IDisposable
{
    public void Dispose()
    {
    }
}
