using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CowansDashboard.Catalog;
using CowansDashboard.History;

namespace CowansDashboard.Web.Components.Products.Editing;

/// <summary>What a copy of a product takes along.</summary>
public sealed record CopiedParts(bool Skus, bool Media, bool Metafields);

/// <summary>The rows that a new product consists of, before they have ids: keys below zero hold them together. Pure.</summary>
public static class NewProductRows
{
    public const long ProductKey = -1;

    // Shopify's words for a product that has no options.
    private const string NoOption = "Title", NoValue = "Default Title";

    /// <summary>A product with one variant, which Shopify gives its nameless option.</summary>
    public static WantedChanges Of(JsonObject product, JsonObject variant)
    {
        Handle(product);
        product["has_only_default_variant"] = true;
        variant["product_id"] = ProductKey;
        variant["title"] = NoValue;
        variant["option_values"] = new JsonArray(NoValue);
        variant["position"] = 1;
        return new WantedChanges
        {
            Added =
            [
                new NewRow(CatalogueFields.Product, ProductKey, product),
                new NewRow(CatalogueFields.Option, -2, Option(NoOption, 1, [NoValue])),
                new NewRow(CatalogueFields.Variant, -3, variant),
            ],
        };
    }

    /// <summary>A product with options and a variant for each wanted combination of their values.</summary>
    public static WantedChanges Of(JsonObject product, IReadOnlyList<(string Name, IReadOnlyList<string> Values)> options, IReadOnlyList<JsonObject> variants)
    {
        Handle(product);
        product["has_only_default_variant"] = false;
        var key = ProductKey;
        var rows = new List<NewRow> { new(CatalogueFields.Product, ProductKey, product) };
        foreach (var ((name, values), i) in options.Select((option, i) => (option, i)))
            rows.Add(new NewRow(CatalogueFields.Option, --key, Option(name, i + 1, values)));
        foreach (var (variant, i) in variants.Select((variant, i) => (variant, i)))
        {
            variant["product_id"] = ProductKey;
            variant["position"] = i + 1;
            variant["title"] = string.Join(" / ", variant["option_values"]!.AsArray().Select(value => value!.GetValue<string>()));
            rows.Add(new NewRow(CatalogueFields.Variant, --key, variant));
        }
        return new WantedChanges { Added = rows };
    }

    /// <summary>Everything of a product under another title, as a draft that nobody outside sees.</summary>
    public static WantedChanges CopyOf(ProductDetails from, string title, CopiedParts parts)
    {
        var product = new JsonObject
        {
            ["title"] = title, ["description_html"] = from.DescriptionHtml, ["vendor"] = from.Vendor, ["product_type"] = from.ProductType,
            ["tags"] = new JsonArray([.. from.Tags.Select(tag => JsonValue.Create(tag))]), ["status"] = "DRAFT", ["template_suffix"] = from.TemplateSuffix,
            ["seo_title"] = from.SeoTitle, ["seo_description"] = from.SeoDescription, ["category_id"] = from.CategoryId,
            ["is_gift_card"] = from.IsGiftCard, ["requires_selling_plan"] = from.RequiresSellingPlan,
        };
        var variants = from.Variants.Select(variant => Variant(variant, parts)).ToList();
        var rows = from.Options.Count == 0 || from.HasOnlyDefaultVariant
            ? Of(product, variants is [var only, ..] ? only : new JsonObject { ["price"] = 0 })
            : Of(product, [.. from.Options.Select(option => (option.Name, option.Values))], variants);
        var key = rows.Added.Min(row => row.Key);
        List<NewRow> more = [];
        if (parts.Media)
            more.AddRange(from.Media.Where(media => media is { Status: "READY", ShopifyId: not null }).Select(media => new NewRow(CatalogueFields.Media, --key, Media(media))));
        if (parts.Metafields)
            more.AddRange(from.Metafields.Where(field => field.OwnerKind == "product").Select(field => new NewRow(CatalogueFields.Metafield, --key, new JsonObject
            {
                ["owner_kind"] = "product", ["owner_id"] = ProductKey, ["namespace"] = field.Namespace, ["key"] = field.Key, ["type"] = field.Type, ["value"] = field.Value,
            })));
        return rows with { Added = [.. rows.Added, .. more] };
    }

    /// <summary>"Crème Brûlée – No. 5" is creme-brulee-no-5, as Shopify makes it.</summary>
    public static string HandleOf(string title)
    {
        var handle = new StringBuilder();
        foreach (var sign in title.Normalize(NormalizationForm.FormD).ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(sign))
                handle.Append(sign);
            else if (CharUnicodeInfo.GetUnicodeCategory(sign) is not UnicodeCategory.NonSpacingMark && handle.Length > 0 && handle[^1] != '-')
                handle.Append('-');
        }
        return handle.ToString().Trim('-').Normalize(NormalizationForm.FormC);
    }

    private static void Handle(JsonObject product)
    {
        if (product["handle"] is null && product["title"]?.ToString() is { } title)
            product["handle"] = HandleOf(title);
    }

    private static JsonObject Option(string name, int position, IEnumerable<string> values) => new()
    {
        ["product_id"] = ProductKey, ["name"] = name, ["position"] = position, ["option_values"] = new JsonArray([.. values.Distinct().Select(value => new JsonObject { ["name"] = value })]),
    };

    private static JsonObject Variant(ProductVariant variant, CopiedParts parts) => new()
    {
        ["option_values"] = new JsonArray([.. variant.OptionValues.Select(value => JsonValue.Create(value))]),
        ["sku"] = parts.Skus ? variant.Sku : null, ["barcode"] = parts.Skus ? variant.Barcode : null,
        ["price"] = variant.Price, ["compare_at_price"] = variant.CompareAtPrice, ["unit_cost"] = variant.UnitCost, ["taxable"] = variant.Taxable,
        ["inventory_policy"] = variant.InventoryPolicy, ["tracked"] = variant.Tracked, ["requires_shipping"] = variant.RequiresShipping,
        ["weight"] = variant.Weight, ["weight_unit"] = variant.WeightUnit, ["harmonized_system_code"] = variant.HarmonizedSystemCode, ["country_code_of_origin"] = variant.CountryCodeOfOrigin,
    };

    private static JsonObject Media(ProductMedia media) => new()
    {
        ["product_id"] = ProductKey, ["shopify_id"] = media.ShopifyId, ["position"] = media.Position, ["media_type"] = media.MediaType, ["alt"] = media.Alt, ["status"] = media.Status,
        ["url"] = media.Url, ["preview_url"] = media.PreviewUrl, ["width"] = media.Width, ["height"] = media.Height, ["mime_type"] = media.MimeType,
    };
}
