using System.Globalization;
using System.Text.RegularExpressions;
using CowansDashboard.Collections;
using CowansDashboard.Collections.Conditions;

namespace CowansDashboard.Web.Components.Collections.Editing;

/// <summary>A condition while it is being edited: which field, which relation, what was typed. What is not offered here stays as it came.</summary>
public sealed partial record ConditionDraft(string Field, string Relation, IReadOnlyList<string> Values, bool All)
{
    public const string Tag = "tag", Status = "status", Category = "category", InCollections = "collections", OfMetafield = "metafield";

    private const string Is = "Is", IsNot = "IsNot", IsSet = "IsSet", IsNotSet = "IsNotSet";

    private static readonly (string Name, string Said)[] TextRelations =
        [(Is, "is"), (IsNot, "is not"), ("StartsWith", "starts with"), ("EndsWith", "ends with"), ("Contains", "contains"), ("DoesNotContain", "does not contain")];

    private static readonly (string Name, string Said)[] EqualRelations = [(Is, "is"), (IsNot, "is not")];
    private static readonly (string Name, string Said)[] ExclusionRelations = [(Is, "is"), ("Contains", "contains")];
    private static readonly (string Name, string Said)[] NumberRelations = [(Is, "is"), (IsNot, "is not"), ("Above", "is above"), ("Below", "is below")];
    private static readonly (string Name, string Said)[] SetRelations = [(IsSet, "is set"), (IsNotSet, "is not set")];

    /// <summary>What an inclusion can ask; metafields are offered by their definitions.</summary>
    public static readonly IReadOnlyList<(string Name, string Said)> Fields =
    [
        (Tag, "Tag"), ("ProductType", "Type"), ("Vendor", "Vendor"), (Category, "Category"), ("Title", "Title"), (Status, "Status"),
        ("Price", "Price"), ("CompareAtPrice", "Compare-at price"), ("Stock", "Stock"), ("Weight", "Weight"), ("VariantTitle", "Variant’s title"),
    ];

    /// <summary>Shopify excludes by these only.</summary>
    public static readonly IReadOnlyList<(string Name, string Said)> ExclusionFields = [(Tag, "Tag"), ("ProductType", "Type"), ("Vendor", "Vendor"), (InCollections, "Collection")];

    public static readonly IReadOnlyList<string> Statuses = ["ACTIVE", "DRAFT", "ARCHIVED", "UNLISTED"];

    public static readonly IReadOnlyList<(string Value, string Said)> Units = [("GRAMS", "g"), ("KILOGRAMS", "kg"), ("OUNCES", "oz"), ("POUNDS", "lb")];

    /// <summary>It came so and nothing was typed into it: it is saved as it came, also where it is of a kind that is not offered.</summary>
    public Condition? Kept { get; init; }

    /// <summary>What the collection asks until what is typed is a value; null where it asked nothing.</summary>
    public Condition? Was { get; init; }

    /// <summary>Shopify's id, while it is the same condition with other values.</summary>
    public string? Gid { get; init; }

    public string Unit { get; init; } = "GRAMS";

    /// <summary>Products of categories below count too.</summary>
    public bool WithDescendants { get; init; } = true;

    public ConditionMetafield? Metafield { get; init; }

    /// <summary>It can be typed into.</summary>
    public bool IsOffered => Field.Length > 0;

    public bool IsNumber => Enum.TryParse<NumberField>(Field, out _) || Metafield?.Kind is MetafieldKind.Whole or MetafieldKind.Fraction;

    public bool AsksNoValue => Relation is IsSet or IsNotSet;

    /// <summary>The name of the field in a list of choices.</summary>
    public string Choice => Metafield is { } chosen ? chosen.Choice : Field;

    public static ConditionDraft New(string field) => new(field, Enum.TryParse<NumberField>(field, out _) ? "Above" : Is, [], false);

    public static ConditionDraft New(ConditionMetafield metafield) =>
        new(OfMetafield, metafield.Kind is MetafieldKind.Whole or MetafieldKind.Fraction ? "Above" : Is, metafield.Kind == MetafieldKind.Boolean ? ["true"] : [], false) { Metafield = metafield };

    public static ConditionDraft Of(Condition condition) => (condition switch
    {
        Condition.Tag tag => new(Tag, tag.Is ? Is : IsNot, tag.Values, tag.All),
        Condition.Text text => new(text.Field.ToString(), text.Relation.ToString(), text.Values, text.All),
        Condition.Status status => new(Status, status.Is ? Is : IsNot, status.Values, status.All),
        Condition.Category category when category.Values.Select(value => value.WithDescendants).Distinct().Count() <= 1 =>
            new(Category, category.Is ? Is : IsNot, [.. category.Values.Select(value => value.Code)], category.All) { WithDescendants = category.Values is not [{ WithDescendants: false }, ..] },
        Condition.Number number => new(number.Field.ToString(), number.Relation.ToString(), number.Value is { } value ? [value.ToString("0.######", CultureInfo.InvariantCulture)] : [], false) { Unit = number.Unit ?? "GRAMS" },
        Condition.InCollections of => new(InCollections, Is, [.. of.ShopifyIds.Select(id => id.ToString(CultureInfo.InvariantCulture))], false),
        Condition.Metafield metafield when metafield.Kind is not (MetafieldKind.Reference or MetafieldKind.ReferenceList) =>
            new(OfMetafield, metafield.Relation.ToString(), metafield.Values, metafield.All) { Metafield = new(metafield.Kind, metafield.Definition, $"{metafield.Definition.Namespace}.{metafield.Definition.Key}") },
        _ => new ConditionDraft("", "", [], false),
    }) with { Kept = condition, Was = condition, Gid = condition.Gid };

    /// <summary>Typed into: what came is no longer kept.</summary>
    public ConditionDraft With(string? relation = null, IReadOnlyList<string>? values = null) => this with { Kept = null, Relation = relation ?? Relation, Values = values ?? Values };

    public IReadOnlyList<(string Name, string Said)> Relations(bool excludes) => Field switch
    {
        Tag => excludes ? EqualRelations[..1] : EqualRelations,
        Status or Category => EqualRelations,
        InCollections => EqualRelations[..1],
        OfMetafield => Metafield!.Kind switch
        {
            MetafieldKind.Whole or MetafieldKind.Fraction => [NumberRelations[0], .. NumberRelations[2..]],
            MetafieldKind.TextList => [(Is, "holds")],
            _ => EqualRelations[..1],
        },
        "CompareAtPrice" => [.. NumberRelations, .. SetRelations],
        "Stock" => [NumberRelations[0], .. NumberRelations[2..]],
        "Price" or "Weight" => NumberRelations,
        _ => excludes ? ExclusionRelations : TextRelations,
    };

    /// <summary>The condition; null while something is missing.</summary>
    public Condition? Condition => Kept ?? (Typed is { } typed ? typed with { Gid = Gid } : null);

    private Condition? Typed => Field switch
    {
        Tag when Values.Count > 0 => new Condition.Tag(Relation == Is, All, Values),
        Status when Values.Count > 0 => new Condition.Status(Relation == Is, All, Values),
        Category when Values.Count > 0 => new Condition.Category(Relation == Is, All, [.. Values.Select(code => new ConditionCategory(code, WithDescendants))]),
        InCollections when Values.Count > 0 => new Condition.InCollections([.. Values.Select(id => long.Parse(id, CultureInfo.InvariantCulture))]),
        OfMetafield when Metafield is { } of && Enum.TryParse<NumberRelation>(Relation, out var how) && Values.Count > 0 && (!IsNumber || Amount is not null) =>
            new Condition.Metafield(of.Kind, of.Definition, how, All, IsNumber ? [Number(Values[0])] : Values),
        _ when Enum.TryParse<TextField>(Field, out var asked) && Enum.TryParse<TextRelation>(Relation, out var how) && Values.Count > 0 => new Condition.Text(asked, how, All, Values),
        _ when Enum.TryParse<NumberField>(Field, out var asked) && Enum.TryParse<NumberRelation>(Relation, out var how) =>
            AsksNoValue ? new Condition.Number(asked, how, null) : Amount is { } amount ? new Condition.Number(asked, how, amount, asked == NumberField.Weight ? Unit : null) : null,
        _ => null,
    };

    /// <summary>Why what is typed is no value; null while it is one or nothing is typed.</summary>
    public string? Wrong => Kept is null && IsNumber && !AsksNoValue && Values is [{ Length: > 0 } typed] && Amount is null
        ? IsMoney && Parsed is < 0 ? "A price is not below 0." : IsWhole ? $"“{typed}” is no whole number, such as 5." : $"“{typed}” is no number, such as 12.50." : null;

    private bool IsMoney => Field is "Price" or "CompareAtPrice";

    private bool IsWhole => Field == "Stock" || Metafield?.Kind == MetafieldKind.Whole;

    // One comma is a decimal sign, as much of Europe types it; before three digits it may as well part thousands, and is refused.
    private static string Number(string typed) => typed.Split(',') is [var whole, { Length: 1 or 2 } part] && !typed.Contains('.', StringComparison.Ordinal) ? $"{whole}.{part}" : typed;

    // As a price is shown, so it may be typed: with its sign, or the letters of its currency, before or behind the number.
    [GeneratedRegex(@"^(?:\p{L}{0,3}\p{Sc}|\p{L}{2,3}\.?)?\s*([+-]?[0-9.,]+)\s*(?:\p{Sc}|\p{L}{2,3}\.?)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Price();

    private decimal? Parsed => Values is [var typed] && decimal.TryParse(
        Number(IsMoney && Price().Match(typed.Trim()) is { Success: true } price ? price.Groups[1].Value : typed),
        NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    private decimal? Amount => Parsed is { } value && (!IsWhole || decimal.Truncate(value) == value) && (!IsMoney || value >= 0) && Math.Abs(value) < 1_000_000_000_000m ? value : null;
}

/// <summary>A metafield that conditions can ask.</summary>
public sealed record ConditionMetafield(MetafieldKind Kind, ConditionDefinition Definition, string Name)
{
    public string Choice => Definition.Gid;

    public string Said => Definition.OfVariants ? $"{Name} (variants)" : Name;
}
