using System.Globalization;
using CowansDashboard.Catalog.Categories;
using CowansDashboard.Sync.Reconcile;
using CowansDashboard.Webhooks;

namespace CowansDashboard.Schedules.Recurring;

/// <summary>Deletes what a shop's webhooks, comparisons and deleted categories have left, once it is so old that nobody looks at it.</summary>
public sealed class SweepOldRecords(SweepDeliveries deliveries, SweepDrift drift, SweepSecrets secrets, PurgeCategories categories) : IRecurringTask
{
    string IRecurringTask.Work => RecurringKind.Sweep.Name;

    public async Task<RecurringResult> Perform(long storeId, CancellationToken cancel)
    {
        await secrets.Sweep(cancel);
        var (events, differences) = (await deliveries.Sweep(storeId, cancel), await drift.Sweep(storeId, cancel));
        var purged = await categories.Purge(storeId, cancel);
        return new RecurringResult(true, events + differences + purged == 0 ? "Nothing was old enough."
            : string.Create(CultureInfo.InvariantCulture, $"{events:N0} {(events == 1 ? "event" : "events")} and {differences:N0} {(differences == 1 ? "difference" : "differences")} deleted{(purged == 0 ? "" : $", and {purged:N0} {(purged == 1 ? "category" : "categories")} for good")}."));
    }
}
