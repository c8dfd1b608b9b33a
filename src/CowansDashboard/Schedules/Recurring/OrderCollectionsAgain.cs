using System.Globalization;
using CowansDashboard.Collections.Ordering;
using CowansDashboard.History;
using CowansDashboard.Runs;

namespace CowansDashboard.Schedules.Recurring;

/// <summary>Puts the collections of a shop in order whose rules are kept; what has moved waits for a push.</summary>
public sealed class OrderCollectionsAgain(ListKeptOrders list, ApplyOrderRule apply) : IRecurringTask
{
    private static readonly AskedBy Schedule = new(null, "Orders of collections");

    string IRecurringTask.Work => RecurringKind.OrderCollections.Name;

    public async Task<RecurringResult> Perform(long storeId, CancellationToken cancel)
    {
        var (moved, same) = (0, 0);
        var hindered = new List<string>();
        foreach (var collection in await list.List(storeId, cancel))
        {
            switch (await apply.Apply(storeId, collection, Schedule, cancel))
            {
                case SaveOutcome.Saved { ChangeSetId: > 0 }:
                    moved++;
                    break;
                case SaveOutcome.Saved:
                    same++;
                    break;
                case SaveOutcome.Refused refused:
                    hindered.Add(refused.Problems[0].Sentence);
                    break;
                case SaveOutcome.Stale:
                    hindered.Add("Somebody put a collection in order at the same moment.");
                    break;
            }
        }
        if (hindered.Count > 0)
            return new RecurringResult(false, hindered[0]);
        return new RecurringResult(true, moved + same == 0 ? "No collection has an order that is kept." : moved == 0 ? "Everything stands in its order."
            : string.Create(CultureInfo.InvariantCulture, $"{moved:N0} {(moved == 1 ? "collection" : "collections")} put in order; {(moved == 1 ? "it waits" : "they wait")} for a push."));
    }
}
