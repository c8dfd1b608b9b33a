namespace CowansDashboard.Collections.Conditions;

/// <summary>One condition of a source. Each of several values is asked by itself; <c>All</c> says whether the relation must hold for all of them or for any.</summary>
public abstract record Condition
{
    private Condition() { }

    /// <summary>Shopify's whole id; null for one that was made here.</summary>
    public string? Gid { get; init; }

    public sealed record Tag(bool Is, bool All, IReadOnlyList<string> Values) : Condition;

    public sealed record Text(TextField Field, TextRelation Relation, bool All, IReadOnlyList<string> Values) : Condition;

    public sealed record Category(bool Is, bool All, IReadOnlyList<ConditionCategory> Values) : Condition;

    /// <summary>Values are ACTIVE, ARCHIVED, DRAFT, UNLISTED.</summary>
    public sealed record Status(bool Is, bool All, IReadOnlyList<string> Values) : Condition;

    /// <summary>Value is null when the relation is that it is set or not. Weights come in their unit.</summary>
    public sealed record Number(NumberField Field, NumberRelation Relation, decimal? Value, string? Unit = null) : Condition;

    public sealed record Metafield(MetafieldKind Kind, ConditionDefinition Definition, NumberRelation Relation, bool All, IReadOnlyList<string> Values) : Condition;

    /// <summary>Only in an exclusion: what these collections hold, by Shopify's ids.</summary>
    public sealed record InCollections(IReadOnlyList<long> ShopifyIds) : Condition;

    /// <summary>One that came with a later version of Shopify's API: shown as it is, kept as it is, and not evaluated here.</summary>
    public sealed record Unknown(string Type, string? Relation, IReadOnlyList<string> Values) : Condition;
}

public enum TextField { Title, ProductType, Vendor, VariantTitle }

public enum TextRelation { Is, IsNot, StartsWith, EndsWith, Contains, DoesNotContain }

public enum NumberField { Price, CompareAtPrice, Stock, Weight }

public enum NumberRelation { Is, IsNot, Above, Below, IsSet, IsNotSet }

public enum MetafieldKind { Boolean, Whole, Fraction, Text, TextList, Reference, ReferenceList }

/// <summary>A category by its code, such as aa-1-13.</summary>
public sealed record ConditionCategory(string Code, bool WithDescendants);

public sealed record ConditionDefinition(string Gid, string Namespace, string Key, bool OfVariants);
