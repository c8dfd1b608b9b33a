using System.Text.Json;
using CowansDashboard.Catalog;

namespace CowansDashboard.Web.Components.Products;

/// <summary>How a product's fields and their stored values are said.</summary>
public static class ProductFields
{
    public static string Name(string field) => field switch
    {
        "description_html" => "Description",
        "product_type" => "Type",
        "seo_title" => "SEO title",
        "seo_description" => "SEO description",
        "category_id" => "Category",
        _ => field.Length == 0 ? field : char.ToUpperInvariant(field[0]) + field[1..].Replace('_', ' '),
    };

    public static string Text(JsonElement? value) => value switch
    {
        null or { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => "none",
        { ValueKind: JsonValueKind.Array } list => string.Join(", ", list.EnumerateArray().Select(each => Text(each))),
        { ValueKind: JsonValueKind.String } text => text.GetString() is { Length: > 0 } words ? words : "empty",
        { ValueKind: JsonValueKind.True } => "yes",
        { ValueKind: JsonValueKind.False } => "no",
        _ => value.Value.GetRawText(),
    };

    /// <summary>What the copy holds of a field now.</summary>
    public static string Now(ProductDetails product, string field)
    {
        var now = field switch
        {
            "title" => product.Title,
            "handle" => product.Handle,
            "description_html" => product.DescriptionHtml,
            "vendor" => product.Vendor,
            "product_type" => product.ProductType,
            "tags" => string.Join(", ", product.Tags),
            "status" => ProductWords.Status(product.Status),
            "template_suffix" => product.TemplateSuffix,
            "seo_title" => product.SeoTitle,
            "seo_description" => product.SeoDescription,
            "category_id" => product.CategoryName ?? product.CategoryId,
            _ => "changed",
        };
        return string.IsNullOrEmpty(now) ? "none" : now;
    }
}
