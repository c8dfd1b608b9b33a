using System.Globalization;
using CowansDashboard.Collections.Ordering;
using CowansDashboard.History;
using CowansDashboard.Runs;

namespace CowansDashboard.Schedules.Recurring;

/// <summary>Puts the collections of a shop in order whose rules are kept; what has moved waits for a push, unless the rule sends it.</summary>
public sealed class OrderCollectionsAgain(ListKeptOrders list, ApplyOrderRule apply, NoteOrderRun note, SendKeptCollections send) : IRecurringTask
{
    private const string Moved = "Put in order.";
    private static readonly AskedBy Schedule = new(null, "Orders of collections");

    string IRecurringTask.Work => RecurringKind.OrderCollections.Name;

    public async Task<RecurringResult> Perform(long storeId, CancellationToken cancel)
    {
        var (moved, late, same) = (new List<KeptOrder>(), new List<KeptOrder>(), 0);
        var hindered = new List<string>();
        foreach (var one in await list.List(storeId, cancel))
        {
            switch (await apply.Apply(storeId, one.CollectionId, Schedule, cancel))
            {
                case SaveOutcome.Saved { ChangeSetId: > 0 }:
                    moved.Add(one);
                    if (!one.Sends)
                        await note.Note(storeId, [one.CollectionId], $"{Moved} It waits for a push.", false, cancel);
                    break;
                // It was hindered the night before, or cut off: what has not gone is not in order there.
                case SaveOutcome.Saved when one is { Sends: true, Waits: true, Awaited: { } plan }:
                    await Hinder([one], $"Everything stood in its order. Not sent yet: a second person has to approve push plan {plan}.");
                    break;
                case SaveOutcome.Saved when one is { Sends: true, Waits: true }:
                    late.Add(one);
                    break;
                case SaveOutcome.Saved:
                    same++;
                    await note.Note(storeId, [one.CollectionId], one.Waits ? "Everything stood in its order, which waits for a push." : "Everything stood in its order.", false, cancel);
                    break;
                case SaveOutcome.Refused refused:
                    await Hinder([one], refused.Problems[0].Sentence);
                    break;
                case SaveOutcome.Stale:
                    await Hinder([one], "Somebody put it in order at the same moment.");
                    break;
            }
        }
        var going = await Send(storeId, [.. moved.Where(one => one.Sends)], Moved, Hinder, cancel);
        var later = await Send(storeId, late, "Everything stood in its order.", Hinder, cancel);
        var said = moved.Count + late.Count + same == 0 && hindered.Count == 0 ? "No collection has an order that is kept." : moved.Count == 0 ? "Everything stands in its order."
            : string.Create(CultureInfo.InvariantCulture, $"{moved.Count:N0} {(moved.Count == 1 ? "collection" : "collections")} put in order; {Waits(moved.Count, going)}");
        if (later > 0)
            said += string.Create(CultureInfo.InvariantCulture, $" A push sends {later:N0} {(later == 1 ? "order that was" : "orders that were")} not sent before.");
        return hindered.Count == 0 ? new RecurringResult(true, said)
            : new RecurringResult(false, string.Create(CultureInfo.InvariantCulture, $"{said} {hindered[0]}{(hindered.Count > 1 ? $" And {hindered.Count - 1:N0} more." : "")}"));

        async Task Hinder(IReadOnlyList<KeptOrder> which, string why)
        {
            hindered.Add($"{string.Join(", ", which.Take(3).Select(one => one.Title))}{(which.Count > 3 ? $" and {which.Count - 3} more" : "")}: {why}");
            await note.Note(storeId, [.. which.Select(one => one.CollectionId)], why, true, cancel);
        }
    }

    private static string Waits(int moved, int going) => going == 0 ? $"{(moved == 1 ? "it waits" : "they wait")} for a push."
        : going == moved ? $"a push sends {(moved == 1 ? "it" : "them")}."
        : string.Create(CultureInfo.InvariantCulture, $"a push sends {going:N0} of them.");

    /// <returns>How many go.</returns>
    private async Task<int> Send(long storeId, List<KeptOrder> moved, string became, Func<IReadOnlyList<KeptOrder>, string, Task> hinder, CancellationToken cancel)
    {
        if (moved.Count == 0)
            return 0;
        var going = 0;
        foreach (var alike in moved.GroupBy(one => one.By))
        {
            KeptOrder[] some = [.. alike];
            var (goes, what) = await send.Send(storeId, some.Length == 1 ? $"{some[0].Title} put in order" : $"{some.Length} collections put in order", [.. some.Select(one => one.CollectionId)], alike.Key, cancel, onlyOrder: true);
            going += goes ? some.Length : 0;
            if (goes)
                await note.Note(storeId, [.. some.Select(one => one.CollectionId)], $"{became} {what}", false, cancel);
            else
                await hinder(some, $"{became} {what}");
        }
        return going;
    }
}
