namespace CowansDashboard.Conflicts.Rules;

/// <summary>The rules of a shop in their order, and what they say of a field. Pure.</summary>
public sealed record OwnershipRules(IReadOnlyList<OwnershipRule> All)
{
    public static readonly OwnershipRules None = new([]);

    /// <summary>The first rule that fits; null where no rule speaks of the field, so that a person is asked.</summary>
    public OwnershipRule? Decide(OwnedField field) => All.FirstOrDefault(rule => Fits(rule, field));

    /// <summary>Columns of an entity in which ours may win over a clean field: rows in which these differ must be looked at.</summary>
    public IReadOnlyList<string> ReclaimedColumns(string entity) =>
        All.Count == 0 ? [] : [.. OwnedFields.ReclaimedOf(entity).Where(column => All.Any(rule => rule.Owner is FieldOwner.Dashboard && MayFit(rule.Field, entity, column)))];

    // The key of a metafield is known row by row only.
    private static bool MayFit(string pattern, string entity, string column) => entity == "metafield"
        ? pattern == "*" || pattern == "metafields" || pattern.StartsWith("metafields.", StringComparison.Ordinal)
        : OwnedFields.Fits(pattern, OwnedFields.Name(entity, column));

    private static bool Fits(OwnershipRule rule, OwnedField field) => OwnedFields.Fits(rule.Field, field.Name) && rule.Scope switch
    {
        RuleScope.Vendor => string.Equals(rule.ScopeValue, field.Vendor, StringComparison.OrdinalIgnoreCase),
        RuleScope.Collection => long.TryParse(rule.ScopeValue, out var collection) && field.Collections.Contains(collection),
        RuleScope.Namespace => field.Namespace is { } own && string.Equals(rule.ScopeValue, own, StringComparison.Ordinal),
        _ => true,
    };
}

/// <summary>What the rules say of one field of one row.</summary>
/// <param name="Reclaims">Ours is put back also where only Shopify changed the field.</param>
/// <param name="IsWornOut">That has happened as often today as the rule allows.</param>
public sealed record FieldRule(long RuleId, FieldOwner Owner, bool Reclaims, bool IsWornOut);
