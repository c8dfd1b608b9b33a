using System.Globalization;
using CowansDashboard.Collections.Automatic;
using CowansDashboard.Runs;

namespace CowansDashboard.Schedules.Recurring;

/// <summary>Makes each night what the automatic collections of a shop lack, by the rules that are kept; what is new waits for a push.</summary>
public sealed class KeepAutomaticCollections(MakeAutomaticCollections make, ReadAutomaticCollections read) : IRecurringTask
{
    private static readonly AskedBy Schedule = new(null, "Automatic collections");

    string IRecurringTask.Work => RecurringKind.AutomaticCollections.Name;

    public async Task<RecurringResult> Perform(long storeId, CancellationToken cancel)
    {
        var (kept, made) = (0, 0);
        var problems = new List<string>();
        foreach (var by in Enum.GetValues<GroupedBy>())
        {
            if (!await read.IsKept(storeId, by, cancel))
                continue;
            kept++;
            var outcome = await make.Make(storeId, by, null, Schedule, cancel);
            made += outcome.Made;
            problems.AddRange(outcome.Problems);
        }
        if (problems.Count > 0)
            return new RecurringResult(false, string.Create(CultureInfo.InvariantCulture, $"{made:N0} made. {problems[0]}{(problems.Count > 1 ? $" And {problems.Count - 1:N0} more." : "")}"));
        return new RecurringResult(true, kept == 0 ? "No rule is kept." : made == 0 ? "Every collection is there."
            : string.Create(CultureInfo.InvariantCulture, $"{made:N0} {(made == 1 ? "collection" : "collections")} made; they wait for a push."));
    }
}
