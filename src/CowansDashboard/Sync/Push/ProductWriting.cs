using System.Globalization;
using System.Text.Json.Nodes;

namespace CowansDashboard.Sync.Push;

/// <summary>
/// Which column fills which field of Shopify's inputs: the way back of the readings of the pull. Pure. An emptied text goes
/// as an empty text, since Shopify takes a missing one for "leave it".
/// </summary>
public static class ProductWriting
{
    private static readonly Dictionary<string, HashSet<string>> Settable = new()
    {
        ["product"] = ["title", "handle", "description_html", "vendor", "product_type", "tags", "status", "template_suffix",
            "seo_title", "seo_description", "category_id", "requires_selling_plan"],
        ["variant"] = ["option_values", "position", "sku", "barcode", "price", "compare_at_price", "unit_cost", "taxable", "inventory_policy",
            "tracked", "requires_shipping", "weight", "weight_unit", "harmonized_system_code", "country_code_of_origin", "media_ids"],
        ["option"] = ["name", "position", "option_values"],
        ["metafield"] = ["value", "type"],
        ["media"] = ["alt", "position"],
        ["inventory level"] = ["available", "on_hand", "is_active"],
        ["product publication"] = [],
    };

    /// <summary>Whether Shopify lets this field of a row that exists be changed.</summary>
    public static bool CanSet(string entity, string field) => Settable.GetValueOrDefault(entity)?.Contains(field) == true;

    /// <summary>The input of productUpdate; null when none of the fields goes that way. Tags go their own way.</summary>
    public static JsonObject? Product(PushEntity product)
    {
        var input = new JsonObject();
        foreach (var (field, _, value) in product.Fields)
            Product(input, field, value);
        if (input.Count == 0)
            return null;
        input["id"] = Gid("Product", product.ShopifyId);
        if (input.ContainsKey("handle"))
            input["redirectNewHandle"] = product.Row["redirect_new_handle"]?.DeepClone() ?? true;
        return input;
    }

    /// <summary>The fields of a product, also of one to be created.</summary>
    public static void Product(JsonObject input, string field, JsonNode? value)
    {
        switch (field)
        {
            case "title" or "handle" or "vendor" or "status":
                input[field] = value?.DeepClone();
                break;
            case "description_html":
                input["descriptionHtml"] = Text(value);
                break;
            case "product_type":
                input["productType"] = Text(value);
                break;
            case "template_suffix":
                input["templateSuffix"] = Text(value);
                break;
            case "requires_selling_plan":
                input["requiresSellingPlan"] = value?.DeepClone();
                break;
            case "category_id":
                input["category"] = value is null ? null : $"gid://shopify/TaxonomyCategory/{value.GetValue<string>()}";
                break;
            case "seo_title" or "seo_description":
                var seo = (JsonObject)(input["seo"] ??= new JsonObject());
                seo[field["seo_".Length..]] = Text(value);
                break;
        }
    }

    /// <summary>The input of one variant, without its place and its pictures; it may hold nothing but the id.</summary>
    public static JsonObject Variant(PushEntity variant, IReadOnlyList<string> options)
    {
        var input = new JsonObject();
        if (variant.Kind == PushKind.Update)
            input["id"] = Gid("ProductVariant", variant.ShopifyId);
        foreach (var (field, _, value) in variant.Fields)
            Variant(input, variant, field, value, options);
        return input;
    }

    private static void Variant(JsonObject input, PushEntity variant, string field, JsonNode? value, IReadOnlyList<string> options)
    {
        switch (field)
        {
            case "price":
                input["price"] = Amount(value);
                break;
            case "compare_at_price":
                input["compareAtPrice"] = Amount(value);
                break;
            case "barcode":
                input["barcode"] = Text(value);
                break;
            case "taxable":
                input["taxable"] = value?.DeepClone();
                break;
            case "inventory_policy":
                input["inventoryPolicy"] = value?.DeepClone();
                break;
            case "option_values":
                input["optionValues"] = OptionValues(value, options);
                break;
            case "sku":
                Item(input)["sku"] = Text(value);
                break;
            case "tracked":
                Item(input)["tracked"] = value?.DeepClone();
                break;
            case "requires_shipping":
                Item(input)["requiresShipping"] = value?.DeepClone();
                break;
            case "unit_cost":
                Item(input)["cost"] = Amount(value);
                break;
            case "harmonized_system_code":
                Item(input)["harmonizedSystemCode"] = value?.DeepClone();
                break;
            case "country_code_of_origin":
                Item(input)["countryCodeOfOrigin"] = value?.DeepClone();
                break;
            // Shopify has no variant without a weight: an emptied one goes as nothing on the scales.
            case "weight" or "weight_unit" when variant.Kind == PushKind.Update || variant.Value("weight") is not null:
                Item(input)["measurement"] = new JsonObject
                {
                    ["weight"] = new JsonObject { ["value"] = variant.Value("weight")?.DeepClone() ?? 0, ["unit"] = (variant.Value("weight_unit") ?? "KILOGRAMS").DeepClone() },
                };
                break;
        }
    }

    /// <summary>A variant's values by the names of its product's options; a product without options has the one Shopify gives it.</summary>
    public static JsonArray OptionValues(JsonNode? values, IReadOnlyList<string> options)
    {
        var named = values as JsonArray ?? [];
        return options.Count == 0
            ? [new JsonObject { ["optionName"] = "Title", ["name"] = named.FirstOrDefault()?.DeepClone() ?? "Default Title" }]
            : new JsonArray([.. options.Zip(named, (option, value) => new JsonObject { ["optionName"] = option, ["name"] = value?.DeepClone() })]);
    }

    public static string Gid(string kind, long? id) => string.Create(CultureInfo.InvariantCulture,
        $"gid://shopify/{kind}/{id ?? throw new InvalidOperationException($"This {kind} has no id in Shopify yet.")}");

    /// <summary>The file's whole id; its kind follows from what it is.</summary>
    public static string MediaGid(JsonObject row) => Gid(MediaKind.Of(row["media_type"]?.GetValue<string>()), Number(row, "shopify_id"));

    public static long? Number(JsonObject row, string column) => row[column]?.GetValue<long>();

    private static JsonObject Item(JsonObject input) => (JsonObject)(input["inventoryItem"] ??= new JsonObject());

    private static JsonNode Text(JsonNode? value) => value?.DeepClone() ?? "";

    // Money is text, so that no digit is lost on the way.
    private static JsonValue? Amount(JsonNode? value) => value is null ? null : JsonValue.Create(value.ToJsonString());
}
