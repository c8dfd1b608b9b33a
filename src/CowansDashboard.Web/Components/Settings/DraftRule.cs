using CowansDashboard.Conflicts.Rules;

namespace CowansDashboard.Web.Components.Settings;

/// <summary>A rule while it is being changed. <see cref="Saved"/> is what it was; null for a new one.</summary>
public sealed class DraftRule(OwnershipRule? saved, OwnershipRule now)
{
    public Guid Key { get; } = Guid.NewGuid();

    public OwnershipRule? Saved => saved;

    public OwnershipRule Now { get; set; } = now;

    public bool IsChanged => Saved != Now;

    /// <summary>A field that no group of the list names.</summary>
    public bool IsOwnField => OwnedFields.Groups.All(group => group.Field != Now.Field);

    public static DraftRule Of(OwnershipRule rule) => new(rule, rule);

    public static DraftRule New(string field) => new(null, new(0, RuleScope.All, "", field, FieldOwner.Ask));
}
