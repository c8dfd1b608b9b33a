namespace CowansDashboard.Conflicts.Rules;

/// <summary>A conflict of the past: its field, and how it ended (null while open).</summary>
public sealed record PastConflict(long Id, string Title, string? Part, OwnedField Field, string? ClosedAs);

/// <summary>What a draft of rules would have made of past conflicts, beside today's rules. Pure.</summary>
/// <param name="Decided">How many each rule of the draft would have decided, in its order.</param>
/// <param name="Otherwise">Those among them that a person had decided the other way.</param>
public sealed record RuleSimulation(int Past, int Today, int Draft, IReadOnlyList<RuleShare> Decided, IReadOnlyList<PastConflict> Otherwise)
{
    private const int MostNamed = 50;

    public int Asked => Past - Draft;

    public static RuleSimulation Of(IReadOnlyList<PastConflict> past, OwnershipRules today, OwnershipRules draft)
    {
        var shares = draft.All.Select(_ => new RuleShare(0, 0)).ToArray();
        var otherwise = new List<PastConflict>();
        var (decidedToday, decidedByDraft) = (0, 0);
        foreach (var conflict in past)
        {
            if (today.Decide(conflict.Field) is { Owner: not FieldOwner.Ask })
                decidedToday++;
            if (draft.Decide(conflict.Field) is not { } rule)
                continue;
            var index = IndexOf(draft.All, rule);
            if (rule.Owner is FieldOwner.Ask)
            {
                shares[index] = shares[index] with { Conflicts = shares[index].Conflicts + 1 };
                continue;
            }
            decidedByDraft++;
            var other = IsOtherwise(rule.Owner, conflict.ClosedAs);
            shares[index] = new(shares[index].Conflicts + 1, shares[index].Otherwise + (other ? 1 : 0));
            if (other && otherwise.Count < MostNamed)
                otherwise.Add(conflict);
        }
        return new(past.Count, decidedToday, decidedByDraft, shares, otherwise);
    }

    private static bool IsOtherwise(FieldOwner owner, string? closedAs) => (owner, closedAs) switch
    {
        (FieldOwner.Shopify, "mine" or "other") => true,
        (FieldOwner.Dashboard, "shopifys" or "other") => true,
        _ => false,
    };

    private static int IndexOf(IReadOnlyList<OwnershipRule> rules, OwnershipRule rule)
    {
        for (var index = 0; index < rules.Count; index++)
            if (ReferenceEquals(rules[index], rule))
                return index;
        return -1;
    }
}

/// <summary>How many past conflicts a rule would have had, and how many of them a person had decided otherwise.</summary>
public sealed record RuleShare(int Conflicts, int Otherwise);
