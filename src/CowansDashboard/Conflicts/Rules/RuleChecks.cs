using System.Text.RegularExpressions;

namespace CowansDashboard.Conflicts.Rules;

/// <summary>Something in a draft of rules that cannot be saved: the rule's place, its field, and what would be right.</summary>
public sealed record RuleProblem(int Index, string Field, string Message);

/// <summary>What must hold of rules before they are saved. Pure.</summary>
public static partial class RuleChecks
{
    public const int MostRules = 100;

    public static IReadOnlyList<RuleProblem> Of(IReadOnlyList<OwnershipRule> rules)
    {
        var problems = new List<RuleProblem>();
        if (rules.Count > MostRules)
            problems.Add(new(MostRules, "field", $"A shop has at most {MostRules} rules; these are {rules.Count}."));
        for (var index = 0; index < rules.Count; index++)
        {
            var rule = rules[index];
            if (!Pattern().IsMatch(rule.Field))
                problems.Add(new(index, "field", $"field is “{rule.Field}”; it is a name such as price, a group such as seo.*, or * for everything."));
            if (rule.Scope is not RuleScope.All && rule.ScopeValue.Trim().Length == 0)
                problems.Add(new(index, "scopeValue", $"Which {rule.Scope.Text()} is missing."));
            if (rule.Scope is RuleScope.Collection && rule.ScopeValue.Length > 0 && !long.TryParse(rule.ScopeValue, out _))
                problems.Add(new(index, "scopeValue", $"The collection is “{rule.ScopeValue}”; it is an id of the copy."));
            if (rule.ScopeValue.Length > 255 || rule.Note.Length > 500)
                problems.Add(new(index, "note", "A scope has at most 255 characters, a note at most 500."));
            if (rule.MostPerDay is < 0 or > 100)
                problems.Add(new(index, "mostPerDay", $"Times a day is {rule.MostPerDay}; it is a whole number from 0 to 100."));
            if (rules.Take(index).Any(earlier => earlier.Scope == rule.Scope && earlier.ScopeValue == rule.ScopeValue && OwnedFields.Fits(earlier.Field, rule.Field)))
                problems.Add(new(index, "field", $"An earlier rule already decides “{rule.Field}” there, so that this one would never be asked. Move it up or remove it."));
        }
        return problems;
    }

    [GeneratedRegex(@"^(\*|[A-Za-z0-9_$-]+(\.[A-Za-z0-9_$-]+)*(\.\*)?)$")]
    private static partial Regex Pattern();
}
