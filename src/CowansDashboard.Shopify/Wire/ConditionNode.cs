using System.Text.Json.Serialization;

namespace CowansDashboard.Shopify.Wire;

/// <summary>
/// One condition of a source, of any of the 19 inclusion and 6 exclusion kinds, also one newer than this API version.
/// <see cref="TypeName"/> says which; <see cref="Relation"/> and <see cref="Match"/> are the same for all.
/// </summary>
public sealed record ConditionNode
{
    /// <summary>Such as <c>CollectionSourceInclusionConditionProductTag</c>, or <c>…ConditionUnknown</c>.</summary>
    [JsonPropertyName("__typename")]
    public string? TypeName { get; init; }

    /// <summary>Kept as text: the kind is long and of no use to us.</summary>
    public string Id { get; init => field = value ?? ""; } = "";

    /// <summary>ALL or ANY of the values; null where a condition has one value.</summary>
    public string? Match { get; init; }

    public string? UnknownMatch { init => Match ??= value; }

    /// <summary>Such as EQUALS, TAGGED_WITH, GREATER_THAN.</summary>
    [JsonIgnore]
    public string? Relation { get; private set; }

    /// <summary>The texts a tag, title, type, vendor or text-metafield condition names.</summary>
    public IReadOnlyList<string> Texts { get; init => field = value is null or [] ? field : value; } = [];

    public IReadOnlyList<string> UnknownTexts { init => Texts = value; }

    public IReadOnlyList<string> Statuses { init => Texts = value; }

    public IReadOnlyList<CategoryChoice> Categories { get; init => field = value ?? []; } = [];

    public IReadOnlyList<NodeRef> Collections { get; init => field = value ?? []; } = [];

    public IReadOnlyList<NodeRef> Metaobjects { get; init => field = value ?? []; } = [];

    public NodeRef? Metaobject { get; init; }

    public Money? Price { get; init; }

    public Money? CompareAt { get; init; }

    public long? Whole { get; init; }

    public decimal? Fraction { get; init; }

    public bool? Flag { get; init; }

    public Weight? Weight { get; init; }

    public MetafieldKey? Definition { get; init; }

    // GraphQL forbids one alias for fields of different enums, so each kind has its own.
    public string? TagRelation { init => Relation ??= value; }

    public string? TitleRelation { init => Relation ??= value; }

    public string? TypeRelation { init => Relation ??= value; }

    public string? VendorRelation { init => Relation ??= value; }

    public string? StatusRelation { init => Relation ??= value; }

    public string? CategoryRelation { init => Relation ??= value; }

    public string? VariantTitleRelation { init => Relation ??= value; }

    public string? PriceRelation { init => Relation ??= value; }

    public string? CompareAtRelation { init => Relation ??= value; }

    public string? InventoryRelation { init => Relation ??= value; }

    public string? WeightRelation { init => Relation ??= value; }

    public string? BooleanRelation { init => Relation ??= value; }

    public string? DecimalRelation { init => Relation ??= value; }

    public string? IntegerRelation { init => Relation ??= value; }

    public string? StringRelation { init => Relation ??= value; }

    public string? StringListRelation { init => Relation ??= value; }

    public string? MetaobjectRelation { init => Relation ??= value; }

    public string? MetaobjectListRelation { init => Relation ??= value; }

    public string? UnknownRelation { init => Relation ??= value; }
}
