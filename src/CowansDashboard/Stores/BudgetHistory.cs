using System.Collections.Concurrent;
using CowansDashboard.Shopify.Throttling;
using Microsoft.Extensions.Hosting;

namespace CowansDashboard.Stores;

/// <summary>One reading of a store's budget: points in the bucket, its size, what flows back each second; and what was spent since the start.</summary>
public sealed record StoreBudget(DateTimeOffset At, double Available, double Maximum, double RestoreRate, double PointsSpent, long Calls, long Throttled)
{
    internal static StoreBudget? Of(BudgetReading reading) => reading.MaximumAvailable <= 0 ? null : new(
        reading.At, reading.CurrentlyAvailable, reading.MaximumAvailable, reading.RestoreRate, reading.PointsSpent, reading.Calls, reading.Throttled);
}

/// <summary>
/// The last ten minutes of each store's Shopify budget, as this process sees it: a reading every two seconds, also
/// while nothing is sent, since points flow back by themselves.
/// </summary>
public sealed class BudgetHistory(TimeProvider clock) : BackgroundService
{
    private const int Kept = 300;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<long, Followed> _stores = new();

    /// <summary>Called once per store, when its governor is made.</summary>
    public void Follow(long storeId, ThrottleGovernor governor) => _stores[storeId] = new Followed(governor);

    /// <summary>The readings of a store, the oldest first; empty until Shopify has answered once.</summary>
    public IReadOnlyList<StoreBudget> Of(long storeId) => _stores.TryGetValue(storeId, out var followed) ? followed.Readings() : [];

    /// <summary>The budget at this moment; null until Shopify has answered once.</summary>
    public StoreBudget? Now(long storeId) => _stores.TryGetValue(storeId, out var followed) ? followed.Now : null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            foreach (var followed in _stores.Values)
                followed.Take();
    }

    private sealed class Followed(ThrottleGovernor governor)
    {
        private readonly Lock _gate = new();
        private readonly Queue<StoreBudget> _readings = new(Kept);

        public StoreBudget? Now => StoreBudget.Of(governor.Reading);

        public void Take()
        {
            if (Now is not { } reading)
                return;
            lock (_gate)
            {
                if (_readings.Count == Kept)
                    _readings.Dequeue();
                _readings.Enqueue(reading);
            }
        }

        public IReadOnlyList<StoreBudget> Readings()
        {
            lock (_gate)
                return [.. _readings];
        }
    }
}
