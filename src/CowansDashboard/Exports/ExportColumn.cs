using System.Globalization;
using CowansDashboard.History;

namespace CowansDashboard.Exports;

/// <summary>A column that a file can have.</summary>
/// <param name="Key">Its name over REST and in JSON lines: title, price, metafield:custom.care, variant-metafield:custom.fit, stock:17.</param>
/// <param name="Head">Its head in CSV and XLSX.</param>
/// <param name="OfVariant">Whether each variant has a value of its own: then each variant is a row.</param>
/// <param name="Value">What it holds: a text, a decimal, a long, a flag, a list of texts, a time, or null.</param>
public sealed record ExportColumn(string Key, string Head, bool OfVariant, Func<ExportedProduct, ExportedVariant?, object?> Value)
{
    /// <summary>Taken where nobody chooses.</summary>
    public bool IsUsual { get; init; }

    /// <summary>The columns that every shop has, in the order in which people look for them.</summary>
    public static IReadOnlyList<ExportColumn> OfEveryShop { get; } =
    [
        Product("handle", "Handle", product => product.Handle, usual: true),
        Product("title", "Title", product => product.Title, usual: true),
        Variant("options", "Options", (product, variant) => Options(product, variant), usual: true),
        Variant("sku", "SKU", (_, variant) => variant.Sku, usual: true),
        Variant("barcode", "Barcode", (_, variant) => variant.Barcode, usual: true),
        Product("status", "Status", product => product.Status, usual: true),
        Product("vendor", "Vendor", product => product.Vendor, usual: true),
        Product("product_type", "Type", product => product.ProductType, usual: true),
        Product("tags", "Tags", product => product.Tags, usual: true),
        Variant("price", "Price", (_, variant) => variant.Price, usual: true),
        Variant("compare_at_price", "Compare-at price", (_, variant) => variant.CompareAtPrice, usual: true),
        Variant("unit_cost", "Cost per item", (_, variant) => variant.UnitCost, usual: true),
        Variant("stock", "Stock", (_, variant) => variant.Tracked ? variant.Stock.Values.Sum() : null, usual: true),
        Product("category_id", "Category", product => product.Category),
        Product("own_category", "Own category", product => product.OwnCategory),
        Product("collections", "Collections", product => product.Collections),
        Product("description_html", "Description", product => product.DescriptionHtml),
        Product("seo_title", "Search engine title", product => product.SeoTitle),
        Product("seo_description", "Search engine description", product => product.SeoDescription),
        Product("template_suffix", "Theme template", product => product.TemplateSuffix),
        Product("online_store", "On the online store", product => product.IsOnOnlineStore),
        Product("gift_card", "Gift card", product => product.IsGiftCard),
        Product("requires_selling_plan", "Only with a selling plan", product => product.RequiresSellingPlan),
        Variant("taxable", "Charge tax", (_, variant) => variant.Taxable),
        Variant("inventory_policy", "When out of stock", (_, variant) => variant.InventoryPolicy),
        Variant("tracked", "Track stock", (_, variant) => variant.Tracked),
        Variant("requires_shipping", "Physical product", (_, variant) => variant.RequiresShipping),
        Variant("weight", "Weight", (_, variant) => variant.Weight),
        Variant("weight_unit", "Weight unit", (_, variant) => variant.WeightUnit),
        Variant("harmonized_system_code", "HS code", (_, variant) => variant.HarmonizedSystemCode),
        Variant("country_code_of_origin", "Country of origin", (_, variant) => variant.CountryCodeOfOrigin),
        Variant("variant_picture", "Variant picture", (_, variant) => variant.PictureUrl),
        Product("pictures", "Pictures", product => product.Pictures.Select(picture => picture.Url).ToList()),
        Product("id", "Id", product => Number(product.Id)),
        Product("shopify_id", "Shopify id", product => Number(product.ShopifyId)),
        Variant("variant_id", "Variant id", (_, variant) => Number(variant.Id)),
        Variant("variant_shopify_id", "Variant Shopify id", (_, variant) => Number(variant.ShopifyId)),
        Product("created_at", "Created in Shopify", product => product.CreatedAt),
        Product("updated_at", "Last change", product => product.UpdatedAt),
    ];

    /// <summary>What the key of the stock at one place begins with; our number of the place follows.</summary>
    public const string StockPrefix = "stock:";

    public static long LocationOf(string key) => long.Parse(key[StockPrefix.Length..], CultureInfo.InvariantCulture);

    /// <summary>A column that the shop has no more, such as a place that was closed since: it stays empty.</summary>
    public static ExportColumn Gone(string key) => Product(key, key, _ => null);

    /// <summary>The stock at one place.</summary>
    public static ExportColumn StockAt(long locationId, string name) => Variant(
        string.Create(CultureInfo.InvariantCulture, $"{StockPrefix}{locationId}"), $"Stock, {name}",
        (_, variant) => variant.Tracked && variant.Stock.TryGetValue(locationId, out var available) ? available : null);

    /// <summary>A metafield of products or variants.</summary>
    public static ExportColumn Metafield(string ownerKind, string name) => ownerKind == CatalogueFields.Product
        ? Product($"metafield:{name}", name, product => product.Metafields.GetValueOrDefault(name))
        : Variant($"variant-metafield:{name}", $"{name} (variant)", (_, variant) => variant.Metafields.GetValueOrDefault(name));

    private static ExportColumn Product(string key, string head, Func<ExportedProduct, object?> value, bool usual = false) =>
        new(key, head, false, (product, _) => value(product)) { IsUsual = usual };

    private static ExportColumn Variant(string key, string head, Func<ExportedProduct, ExportedVariant, object?> value, bool usual = false) =>
        new(key, head, true, (product, variant) => variant is null ? null : value(product, variant)) { IsUsual = usual };

    // As text: a spreadsheet shows a number of so many digits as 7.2E+12.
    private static string? Number(long? id) => id?.ToString(CultureInfo.InvariantCulture);

    // What Shopify calls Default Title is no option that anybody chose.
    private static string? Options(ExportedProduct product, ExportedVariant variant) =>
        product.OptionNames is ["Title"] && variant.OptionValues is ["Default Title"] ? null
            : string.Join(", ", product.OptionNames.Zip(variant.OptionValues, (name, value) => $"{name}: {value}"));
}
