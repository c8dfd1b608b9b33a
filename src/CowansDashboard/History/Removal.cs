using System.Globalization;

namespace CowansDashboard.History;

/// <summary>
/// How a product is removed here. Deleted: archived in Shopify, where it is deleted so many hours after that was confirmed,
/// and restored as it was until then. Kept: it stays in Shopify as it is and is no longer shown here, until it is taken back.
/// </summary>
/// <param name="Hours">The window; null where Shopify keeps the product.</param>
public sealed record Removal(int? Hours)
{
    /// <summary>The field of a product that holds it; it is also the name of the conflict that a purge opens.</summary>
    public const string Field = "removal";

    /// <summary>What Shopify's product becomes while it can be restored.</summary>
    public const string Archived = "ARCHIVED";

    public const int MostHours = 720;

    /// <summary>The window where nobody has said how long it is.</summary>
    public const int UsualHours = 24;

    public static readonly Removal KeptInShopify = new((int?)null);

    /// <summary>As the field holds it.</summary>
    public string Text => Hours is { } hours ? string.Create(CultureInfo.InvariantCulture, $"delete:{hours}") : "exclude";

    /// <summary>As people read it.</summary>
    public string Words => Hours is { } hours ? string.Create(CultureInfo.InvariantCulture, $"Archived, deleted after {hours:#,0} h") : "Excluded here, kept in Shopify";

    /// <summary>What the text says; null when it says nothing of the kind.</summary>
    public static Removal? Parse(string? text) => text switch
    {
        "exclude" => KeptInShopify,
        not null when text.StartsWith("delete:", StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(7), NumberStyles.None, CultureInfo.InvariantCulture, out var hours) && hours is > 0 and <= MostHours => new Removal(hours),
        _ => null,
    };
}
