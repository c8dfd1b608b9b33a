using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Catalog;

namespace CowansDashboard.Web.Components.Products.Editing;

/// <summary>The fields of a product that was read, by their keys: what the copy holds, and what both sides last agreed on.</summary>
public sealed class ProductValues(ProductDetails product) : IKnownFields
{
    private static readonly FrozenSet<string> ProductFieldNames = new[]
    {
        "title", "handle", "description_html", "vendor", "product_type", "tags", "status", "template_suffix", "seo_title", "seo_description", "category_id",
        "requires_selling_plan", "redirect_new_handle",
    }.ToFrozenSet();

    private static readonly FrozenSet<string> VariantFieldNames = new[]
    {
        "price", "compare_at_price", "unit_cost", "sku", "barcode", "weight", "weight_unit", "inventory_policy", "tracked", "taxable", "requires_shipping",
        "harmonized_system_code", "country_code_of_origin", "position",
    }.ToFrozenSet();

    private readonly FrozenDictionary<long, ProductVariant> _variants = product.Variants.ToFrozenDictionary(each => each.Id);
    private readonly FrozenDictionary<long, ProductMedia> _media = product.Media.ToFrozenDictionary(each => each.Id);
    private readonly FrozenDictionary<long, Metafield> _metafields = product.Metafields.ToFrozenDictionary(each => each.Id);

    public ProductDetails Product { get; } = product;

    public ProductVariant? Variant(long id) => _variants.GetValueOrDefault(id);

    /// <summary>The row is still there, and has such a field.</summary>
    public bool Has(FieldKey key) => key.Entity switch
    {
        "product" => key.Id == Product.Id && ProductFieldNames.Contains(key.Field),
        "variant" => _variants.ContainsKey(key.Id) && VariantFieldNames.Contains(key.Field),
        "media" => _media.ContainsKey(key.Id) && key.Field is "alt" or "position",
        "metafield" => _metafields.ContainsKey(key.Id) && key.Field == "value",
        _ => false,
    };

    public JsonNode? Now(FieldKey key) => key.Entity switch
    {
        "product" => OfProduct(key.Field),
        "variant" => _variants.TryGetValue(key.Id, out var variant) ? Of(variant, key.Field) : null,
        "media" => _media.TryGetValue(key.Id, out var media) ? key.Field == "position" ? JsonValue.Create(media.Position) : Text(media.Alt) : null,
        "metafield" => _metafields.TryGetValue(key.Id, out var metafield) ? Text(metafield.Value) : null,
        _ => throw Unknown(key.Entity, key.Field),
    };

    /// <summary>The value both sides last agreed on, while the field waits for Shopify; null when it does not wait.</summary>
    public JsonElement? Base(FieldKey key)
    {
        var pending = key.Entity switch
        {
            "product" => Product.Pending,
            "variant" => _variants.GetValueOrDefault(key.Id)?.Pending,
            "media" => _media.GetValueOrDefault(key.Id)?.Pending,
            "metafield" => _metafields.GetValueOrDefault(key.Id)?.Pending,
            _ => null,
        };
        return pending?.FirstOrDefault(field => field.Name == key.Field)?.Base;
    }

    public string? MetafieldType(long id) => _metafields.GetValueOrDefault(id)?.Type;

    public ProductConflict? Conflict(FieldKey key) => Product.Conflicts.FirstOrDefault(conflict => conflict.Entity == key.Entity && conflict.EntityId == key.Id && conflict.Field == key.Field);

    public string? Said(FieldKey key, JsonNode? value) => key.Field == "status" && value is not null ? ProductWords.Status(value.GetValue<string>()) : null;

    /// <summary>Whose field it is, for lists that hold fields of many rows: "S / Oat", "Care"; null for the product itself.</summary>
    public string? Owner(FieldKey key) => key.Entity switch
    {
        "variant" => _variants.GetValueOrDefault(key.Id)?.Title ?? "A variant that is gone",
        "media" => _media.TryGetValue(key.Id, out var media) ? $"Picture {media.Position}" : "A picture that is gone",
        "metafield" => _metafields.TryGetValue(key.Id, out var field) ? $"{field.Namespace}.{field.Key}" : "A metafield that is gone",
        _ => null,
    };

    private JsonNode? OfProduct(string field) => field switch
    {
        "title" => Text(Product.Title),
        "handle" => Text(Product.Handle),
        "description_html" => Text(Product.DescriptionHtml),
        "vendor" => Text(Product.Vendor),
        "product_type" => Text(Product.ProductType),
        "tags" => new JsonArray([.. Product.Tags.Select(tag => JsonValue.Create(tag))]),
        "status" => Text(Product.Status),
        "template_suffix" => Text(Product.TemplateSuffix),
        "seo_title" => Text(Product.SeoTitle),
        "seo_description" => Text(Product.SeoDescription),
        "category_id" => Text(Product.CategoryId),
        "redirect_new_handle" => JsonValue.Create(Product.RedirectNewHandle),
        "requires_selling_plan" => JsonValue.Create(Product.RequiresSellingPlan),
        _ => throw Unknown("product", field),
    };

    private static JsonValue? Of(ProductVariant variant, string field) => field switch
    {
        "price" => JsonValue.Create(variant.Price),
        "compare_at_price" => Number(variant.CompareAtPrice),
        "unit_cost" => Number(variant.UnitCost),
        "sku" => Text(variant.Sku),
        "barcode" => Text(variant.Barcode),
        "weight" => Number(variant.Weight),
        "weight_unit" => Text(variant.WeightUnit),
        "inventory_policy" => Text(variant.InventoryPolicy),
        "tracked" => JsonValue.Create(variant.Tracked),
        "taxable" => JsonValue.Create(variant.Taxable),
        "requires_shipping" => JsonValue.Create(variant.RequiresShipping),
        "harmonized_system_code" => Text(variant.HarmonizedSystemCode),
        "country_code_of_origin" => Text(variant.CountryCodeOfOrigin),
        "position" => JsonValue.Create(variant.Position),
        _ => throw Unknown("variant", field),
    };

    private static JsonValue? Text(string? text) => text is null ? null : JsonValue.Create(text);

    private static JsonValue? Number(decimal? number) => number is { } some ? JsonValue.Create(some) : null;

    private static ArgumentOutOfRangeException Unknown(string entity, string field) => new(nameof(field), field, $"{entity} has no such field to edit");
}
