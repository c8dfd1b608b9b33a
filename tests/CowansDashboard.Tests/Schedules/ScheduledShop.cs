using CowansDashboard.Catalog.Bulk;
using CowansDashboard.Runs;
using CowansDashboard.Schedules;
using CowansDashboard.Search;
using CowansDashboard.Tests.History;
using CowansDashboard.Tests.Runs;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Schedules;

/// <summary>A shop in Dublin with a clock that is moved by hand, and schedules that begin and end when it says so.</summary>
internal sealed class ScheduledShop(TestDatabase database, EditedShop shop, RunHost node, ManualClock clock) : IAsyncDisposable
{
    public EditedShop Shop => shop;

    public RunHost Node => node;

    public ManualClock Clock => clock;

    public ReadSchedules Read { get; } = new(database.Source);

    public WakeSchedules Wake { get; } = new(database.Source, node.Get<EnqueueRun>(), null, clock);

    public static async Task<ScheduledShop> Open(TestDatabase database)
    {
        var shop = await EditedShop.Open(database);
        await shop.Run("update stores set time_zone = 'Europe/Dublin' where id = $1", shop.Store);
        var clock = new ManualClock(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
        return new ScheduledShop(database, shop, await Start(database, clock), clock);
    }

    public static Task<RunHost> Start(TestDatabase database, ManualClock clock) =>
        RunHost.Start(database.ConnectionString, Guid.NewGuid().ToString(), new PerformSchedules(database.Source, new SendSchedules(database.Source, null!, null!, null!), clock));

    public ValueTask DisposeAsync() => node.DisposeAsync();

    public async Task<long> Preview(BulkAction action, params long[] products)
    {
        var understand = new UnderstandSearch(database.Source, new(database.Source, TimeProvider.System));
        var previewing = new PreviewBulkEdit(database.Source, new ReadSelectedProducts(database.Source, understand, new ReadStoreTime(database.Source, TimeProvider.System)));
        return (await previewing.Preview(new(shop.Store, new(null, [.. products]), action, RunsOfTests.Ann), default)).ShouldBeOfType<PreviewOutcome.Prepared>().PreviewId;
    }

    /// <summary>Hours from now until it begins and ends; not sent, since nobody listens.</summary>
    public async Task<long> Schedule(BulkAction action, double starts, double? ends, params long[] products) =>
        (await Try(await Preview(action, products), starts, ends)).ShouldBeOfType<ScheduleOutcome.Scheduled>().ScheduleId;

    public Task<ScheduleOutcome> Try(long preview, double starts, double? ends, BulkConsent? consent = null) =>
        new ScheduleBulkEdit(database.Source, clock, Wake).Schedule(shop.Store, preview, Times(starts, ends), consent ?? new(), RunsOfTests.Ann, default);

    public ScheduleTimes Times(double starts, double? ends) =>
        new(clock.GetUtcNow().AddHours(starts).UtcDateTime, ends is { } end ? clock.GetUtcNow().AddHours(end).UtcDateTime : null) { Sends = false };

    /// <summary>Moves the clock and does what came due.</summary>
    public async Task Pass(double hours)
    {
        clock.Advance(TimeSpan.FromHours(hours));
        await Look();
    }

    public async Task Look()
    {
        await Wake.Wake(default);
        await Patience.Until(() => database.Scalar<long>("select count(*) from runs where store_id = $1 and status <> 'succeeded'", shop.Store), open => open == 0, open => $"{open} runs are not done.");
    }

    public async Task<Schedule> Of(long schedule) => (await Read.Find(shop.Store, schedule, default)).ShouldNotBeNull();

    public async Task<string> Price(long product) => (await shop.Value("variants", (await shop.Variants(product))[0], "price"));

    public async Task<string> Pending(long product) => await shop.Pending("variants", (await shop.Variants(product))[0]);
}
