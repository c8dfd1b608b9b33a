namespace CowansDashboard.Conflicts.Rules;

/// <summary>The names by which rules speak of fields: grouped with dots, so that one rule can own a group.</summary>
public static class OwnedFields
{
    /// <summary>What rules can be made for, with what people call it.</summary>
    public static readonly IReadOnlyList<(string Field, string Title)> Groups =
    [
        ("*", "Everything"),
        ("title", "Title"),
        ("description", "Description"),
        ("handle", "Handle"),
        ("status", "Status"),
        ("vendor", "Vendor"),
        ("type", "Type"),
        ("category", "Category"),
        ("tags", "Tags"),
        ("seo.*", "Search listing"),
        ("price", "Price"),
        ("compare_at_price", "Compare-at price"),
        ("cost", "Cost"),
        ("sku", "SKU"),
        ("barcode", "Barcode"),
        ("variants.*", "Other fields of variants"),
        ("options.*", "Options"),
        ("inventory", "Stock"),
        ("media.*", "Pictures and alt text"),
        ("metafields.*", "Metafields"),
        ("collections.*", "Collections"),
    ];

    private static readonly Dictionary<string, string> Products = new()
    {
        ["description_html"] = "description", ["product_type"] = "type", ["category_id"] = "category",
        ["seo_title"] = "seo.title", ["seo_description"] = "seo.description",
    };

    private static readonly HashSet<string> PlainVariantFields = ["price", "compare_at_price", "sku", "barcode"];

    // Stock is left out: it moves with every sale, and putting ours back would sell what is not there.
    private static readonly Dictionary<string, string[]> Reclaimed = new()
    {
        ["product"] = ["title", "handle", "description_html", "vendor", "product_type", "tags", "status", "template_suffix", "seo_title", "seo_description", "category_id"],
        ["variant"] = ["sku", "barcode", "price", "compare_at_price", "unit_cost", "taxable", "inventory_policy", "tracked", "requires_shipping", "weight", "weight_unit",
            "harmonized_system_code", "country_code_of_origin"],
        ["option"] = ["name"],
        ["media"] = ["alt"],
        ["metafield"] = ["value"],
        ["collection"] = ["title", "handle", "description_html", "sort_order", "template_suffix", "seo_title", "seo_description", "image_alt"],
    };

    /// <summary>Fields that only people write, so that ours can be put back over a clean one.</summary>
    public static IReadOnlyList<string> ReclaimedOf(string entity) => Reclaimed.GetValueOrDefault(entity, []);

    /// <summary>The name of a column; <paramref name="key"/> is "namespace.key" of a metafield.</summary>
    public static string Name(string entity, string field, string? key = null) => entity switch
    {
        "product" => Products.GetValueOrDefault(field, field),
        "variant" => field == "unit_cost" ? "cost" : PlainVariantFields.Contains(field) ? field : "variants." + field,
        "option" => "options." + field,
        "inventory level" => "inventory." + field,
        "media" => "media." + field,
        "metafield" => "metafields." + (key ?? field),
        "collection" or "collection source" or "collection member" => "collections." + field,
        _ => $"{entity.Replace(' ', '_')}.{field}",
    };

    /// <summary>Whether a pattern names the field itself, a group it stands in, or everything.</summary>
    public static bool Fits(string pattern, string name)
    {
        if (pattern == "*" || pattern == name)
            return true;
        var group = pattern.EndsWith(".*", StringComparison.Ordinal) ? pattern[..^2] : pattern;
        return name.Length > group.Length && name[group.Length] == '.' && name.StartsWith(group, StringComparison.Ordinal);
    }
}
