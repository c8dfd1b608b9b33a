using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace CowansDashboard.Shopify.Bulk;

/// <summary>
/// A bulk query with its filter written into it, since Shopify gives bulk queries no variables.
/// Results are ungrouped: children name their parent in <c>__parentId</c> and may come anywhere after or before it.
/// </summary>
public sealed partial record BulkQuery
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private BulkQuery(string name, string? filter)
    {
        Name = name;
        Filter = filter;
        Text = WithFilter(Documents.Text(name), filter);
    }

    /// <summary>The document's name.</summary>
    public string Name { get; }

    /// <summary>The search filter of the root connection; null reads everything.</summary>
    public string? Filter { get; }

    /// <summary>What is sent.</summary>
    public string Text { get; }

    /// <summary>Products with options, category and SEO. Filter by product search, such as <c>created_at:&gt;='…'</c>.</summary>
    public static BulkQuery Products(string? filter = null) => new("BulkProducts", filter);

    /// <summary>Variants with their product's id and inventory item; children are MediaRef and Metafield lines. Filter by variant search.</summary>
    public static BulkQuery Variants(string? filter = null) => new("BulkVariants", filter);

    /// <summary>Products' ids; children are their media in order. Filter by product search.</summary>
    public static BulkQuery Media(string? filter = null) => new("BulkMedia", filter);

    /// <summary>Products' ids; children are their metafields. Filter by product search.</summary>
    public static BulkQuery Metafields(string? filter = null) => new("BulkMetafields", filter);

    /// <summary>Collections without sources; children are their members in order. Filter by collection search.</summary>
    public static BulkQuery Collections(string? filter = null) => new("BulkCollections", filter);

    /// <summary>Inventory items' ids; children are their levels. Filter by inventory item search.</summary>
    public static BulkQuery Inventory(string? filter = null) => new("BulkInventory", filter);

    /// <summary>Publications; children are the products they include. The filter narrows the products.</summary>
    public static BulkQuery Publications(string? filter = null) => new("BulkPublications", filter);

    /// <summary>Whether a text that Shopify reports is this query, however it was laid out.</summary>
    public bool IsSameAs(string? reported) => reported is not null && Spaces().Replace(reported, " ").Trim() == Spaces().Replace(Text, " ").Trim();

    private static string WithFilter(string document, string? filter)
    {
        var anonymous = document.Replace("($filter: String)", "", StringComparison.Ordinal);
        return string.IsNullOrEmpty(filter)
            ? anonymous.Replace("(query: $filter)", "", StringComparison.Ordinal)
            : anonymous.Replace("$filter", JsonSerializer.Serialize(filter, Plain), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
