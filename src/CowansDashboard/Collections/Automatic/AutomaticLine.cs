using CowansDashboard.Collections.Conditions;

namespace CowansDashboard.Collections.Automatic;

/// <summary>Products that have a value in common: all that a condition on it would match, those of them that are active, and those active that are in stock.</summary>
/// <param name="Value">As a condition names it: the commonest spelling, or a category's code.</param>
/// <param name="Name">As people call it.</param>
/// <param name="Products">Whatever their status.</param>
/// <param name="Active">On sale.</param>
/// <param name="InStock">Of the active ones; what is not tracked is in stock.</param>
public sealed record ValueGroup(string Value, string Name, long Products, long Active, long InStock);

/// <summary>A collection that says nothing but: everything with this value.</summary>
/// <param name="Id">Ours.</param>
/// <param name="Title">As people call it.</param>
/// <param name="Value">What its condition names.</param>
/// <param name="Members">How many Shopify has found for it.</param>
/// <param name="IsInShopify">Else it waits for its first push, and nobody has looked for its products.</param>
public sealed record ValueCollection(long Id, string Title, string Value, long Members, bool IsInShopify = true)
{
    /// <summary>It was deleted here and can still be restored.</summary>
    public bool IsRemoved { get; init; }

    /// <summary>It is deleted for good, here or in Shopify, or its making was undone.</summary>
    public bool IsGone { get; init; }
}

public enum AutomaticStep
{
    /// <summary>It has none, and gets one.</summary>
    New,

    /// <summary>It was made here and waits for its first push.</summary>
    Waits,

    /// <summary>It has one that Shopify will find more products for.</summary>
    Grows,

    Shrinks,
    Stays,

    /// <summary>It is too small for one; a collection that it has stays until somebody deletes it.</summary>
    Below,

    /// <summary>The one it had was deleted here and can still be restored: it gets no other one meanwhile.</summary>
    Deleted,

    /// <summary>It had one, and somebody deleted that: it gets another one only when a person asks for it.</summary>
    Gone,

    /// <summary>A person said that it gets none.</summary>
    LeftOut,
}

/// <summary>What becomes of one value.</summary>
public sealed record AutomaticLine(ValueGroup Group, AutomaticStep Step, string Title, ValueCollection? Collection)
{
    /// <summary>How many products come or go, where the collection exists.</summary>
    public long Moves => Collection is { } held ? Math.Abs(Group.Products - held.Members) : 0;

    /// <summary>The same as a source of a collection.</summary>
    public static CollectionSource SourceOf(GroupedBy by, string value)
    {
        Condition condition = by switch
        {
            GroupedBy.ProductType => new Condition.Text(TextField.ProductType, TextRelation.Is, All: false, [value]),
            GroupedBy.Vendor => new Condition.Text(TextField.Vendor, TextRelation.Is, All: false, [value]),
            GroupedBy.Tag => new Condition.Tag(Is: true, All: false, [value]),
            _ => new Condition.Category(Is: true, All: false, [new ConditionCategory(value, WithDescendants: true)]),
        };
        return new CollectionSource.ByConditions(OfVariants: false, new Inclusion(All: true, [condition], []), Exclusion.Nothing);
    }

    /// <summary>The value of a collection that says nothing but: everything with this value; null for any other.</summary>
    public static string? ValueOf(GroupedBy by, CollectionSource source) => source is CollectionSource.ByConditions
    {
        Included: { Conditions: [var only], Selections.Count: 0 },
        Excluded: { Conditions.Count: 0, Products.Count: 0 },
    }
        ? (by, only) switch
        {
            (GroupedBy.ProductType, Condition.Text { Field: TextField.ProductType, Relation: TextRelation.Is, Values: [var value] }) => value,
            (GroupedBy.Vendor, Condition.Text { Field: TextField.Vendor, Relation: TextRelation.Is, Values: [var value] }) => value,
            (GroupedBy.Tag, Condition.Tag { Is: true, Values: [var value] }) => value,
            (GroupedBy.Category, Condition.Category { Is: true, Values: [{ WithDescendants: true } value] }) => value.Code,
            _ => null,
        }
        : null;

    /// <summary>Decides about every value: new ones first, then those that change, and the largest of each first. Pure.</summary>
    public static IReadOnlyList<AutomaticLine> Decide(AutomaticRule rule, IReadOnlyCollection<ValueGroup> groups, IReadOnlyCollection<ValueCollection> collections)
    {
        // Shopify compares them without case.
        var held = collections.GroupBy(one => one.Value, StringComparer.OrdinalIgnoreCase).ToDictionary(same => same.Key, same => same.MinBy(one => (one.IsGone, one.IsRemoved, one.Id))!, StringComparer.OrdinalIgnoreCase);
        var leftOut = rule.LeftOut.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var names = groups.GroupBy(group => group.Name, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1).Select(same => same.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. groups.Select(Line).OrderBy(line => line.Step).ThenByDescending(line => line.Group.Products).ThenBy(line => line.Group.Value, StringComparer.Ordinal)];

        AutomaticLine Line(ValueGroup group)
        {
            var collection = held.GetValueOrDefault(group.Value);
            var step = leftOut.Contains(group.Value) ? AutomaticStep.LeftOut
                : group.Active < rule.FewestProducts || group.InStock < rule.FewestInStock ? AutomaticStep.Below
                : collection is null ? AutomaticStep.New
                : collection.IsGone ? AutomaticStep.Gone
                : collection.IsRemoved ? AutomaticStep.Deleted
                : !collection.IsInShopify ? AutomaticStep.Waits
                : group.Products > collection.Members ? AutomaticStep.Grows
                : group.Products < collection.Members ? AutomaticStep.Shrinks
                : AutomaticStep.Stays;
            // Two categories of one name lie in different places of the tree; their codes tell them apart.
            var standing = collection is { IsGone: false } ? collection : null;
            return new(group, step, standing?.Title ?? rule.TitleOf(names.Contains(group.Name) ? $"{group.Name} ({group.Value})" : group.Name), standing);
        }
    }
}
