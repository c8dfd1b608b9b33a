using System.Globalization;
using CowansDashboard.Collections.Automatic;
using CowansDashboard.Runs;

namespace CowansDashboard.Schedules.Recurring;

/// <summary>Makes each night what the automatic collections of a shop lack, by the rules that are kept; what is new waits for a push, unless the rule sends it.</summary>
public sealed class KeepAutomaticCollections(MakeAutomaticCollections make, ReadAutomaticCollections read, NoteAutomaticRun note, SendKeptCollections send) : IRecurringTask
{
    private static readonly AskedBy Schedule = new(null, "Automatic collections");

    string IRecurringTask.Work => RecurringKind.AutomaticCollections.Name;

    public async Task<RecurringResult> Perform(long storeId, CancellationToken cancel)
    {
        var (kept, made) = (0, 0);
        var sent = true;
        var hindered = new List<string>();
        foreach (var by in Enum.GetValues<GroupedBy>())
        {
            if (await read.Kept(storeId, by, cancel) is not var (rule, who))
                continue;
            kept++;
            var outcome = await make.Make(storeId, by, null, Schedule, cancel);
            made += outcome.Made;
            List<string> problems = [.. outcome.Problems];
            var said = Made(outcome.Made);
            if (rule.Sends && outcome.Collections.Count > 0)
            {
                var (goes, what) = await send.Send(storeId, said.TrimEnd('.'), outcome.Collections, who, cancel);
                said = $"{said} {what}";
                if (!goes)
                    problems.Add(what);
            }
            else if (outcome.Made > 0)
            {
                sent = false;
                said = $"{said} {(outcome.Made == 1 ? "It waits" : "They wait")} for a push.";
            }
            await note.Note(storeId, by, outcome.Problems.Count == 0 ? said : $"{said} {Hindered(outcome.Problems)}", problems.Count > 0, cancel);
            hindered.AddRange(problems);
        }
        if (hindered.Count > 0)
            return new RecurringResult(false, $"{Made(made)} {Hindered(hindered)}");
        return new RecurringResult(true, kept == 0 ? "No rule is kept." : made == 0 ? "Every collection is there." : sent ? $"{Made(made)} A push sends them."
            : string.Create(CultureInfo.InvariantCulture, $"{made:N0} {(made == 1 ? "collection" : "collections")} made; they wait for a push."));
    }

    private static string Made(int made) => made == 0 ? "Nothing was missing." : string.Create(CultureInfo.InvariantCulture, $"{made:N0} {(made == 1 ? "collection" : "collections")} made.");

    private static string Hindered(IReadOnlyList<string> problems) => string.Create(CultureInfo.InvariantCulture, $"{problems[0]}{(problems.Count > 1 ? $" And {problems.Count - 1:N0} more." : "")}");
}
