using System.Text.Json.Nodes;

namespace CowansDashboard.History;

/// <summary>What a field holds.</summary>
public enum FieldKind
{
    Text,
    Html,
    Handle,
    Choice,
    Flag,
    Money,
    Number,
    Whole,

    /// <summary>Texts without order, which merge one by one.</summary>
    Set,

    /// <summary>Texts in order.</summary>
    List,

    /// <summary>Shopify's ids in order.</summary>
    Ids,

    /// <summary>Option values as Shopify returns them.</summary>
    OptionValues,

    /// <summary>A metafield's value, as its type says.</summary>
    MetafieldValue,
    Category,
    Country,

    /// <summary>How a product is removed here.</summary>
    Removal,
    TariffCode,

    /// <summary>What a source of a collection says, as Shopify returns it; two are the same that say the same.</summary>
    Source,
}

/// <summary>A field that people may edit: its label and what it takes.</summary>
public sealed record CatalogueField(string Entity, string Name, string Label, FieldKind Kind)
{
    /// <summary>It may be empty: null where the column allows it.</summary>
    public bool Optional { get; init; }

    /// <summary>An empty text is stored as no value.</summary>
    public bool EmptyIsNull { get; init; }

    public int? LongestText { get; init; }

    /// <summary>Longer texts are taken, and pages say that search engines cut them.</summary>
    public int? BestBelow { get; init; }

    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Kept here and never sent as a value of its own: it is no reason to push.</summary>
    public bool LocalOnly { get; init; }

    /// <summary>Set by ordering, options and attachments, not typed into a cell.</summary>
    public bool Structural { get; init; }

    /// <summary>Whether two values are the same for people.</summary>
    public bool Same(JsonNode? left, JsonNode? right) => Kind switch
    {
        FieldKind.Set => JsonValues.SameSet(left, right),
        FieldKind.Source => SourceMeaning.Same(left, right),
        FieldKind.Ids when Name == MemberOrder.Field => MemberOrder.Same(left, right),
        _ => JsonValues.Same(left, right),
    };
}
