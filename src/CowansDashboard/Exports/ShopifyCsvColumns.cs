using System.Globalization;

namespace CowansDashboard.Exports;

/// <summary>A column of Shopify's product CSV, under the name that the admin writes now and the one that it wrote before.</summary>
/// <param name="Now">As of the product CSV of 2024 and later.</param>
/// <param name="Before">The name until then; null for a column that there was not.</param>
/// <param name="Value">What stands in row <c>n</c> of a product: its fields in the first, one variant and one picture in each.</param>
public sealed record ShopifyCsvColumn(string Now, string? Before, Func<ExportedProduct, int, ShopifyCsvShop, string?> Value);

/// <summary>What of a shop Shopify's product CSV depends on.</summary>
/// <param name="OnlyPlace">The one place that stocks things; null where there are several, of which that file tells nothing.</param>
public sealed record ShopifyCsvShop(long? OnlyPlace);

/// <summary>Shopify's product CSV, column by column: https://help.shopify.com/manual/products/import-export/using-csv.</summary>
public static class ShopifyCsvColumns
{
    private const decimal GramsOfPound = 453.59237m, GramsOfOunce = 28.349523125m;

    public static IReadOnlyList<ShopifyCsvColumn> All { get; } =
    [
        new("Title", "Title", First(product => product.Title)),
        // Every row of a product repeats it: by this Shopify knows which rows belong together.
        new("URL handle", "Handle", (product, _, _) => product.Handle),
        new("Description", "Body (HTML)", First(product => product.DescriptionHtml)),
        new("Vendor", "Vendor", First(product => product.Vendor)),
        new("Product category", "Product Category", First(product => product.Category)),
        new("Type", "Type", First(product => product.ProductType)),
        new("Tags", "Tags", First(product => string.Join(", ", product.Tags))),
        new("Published on online store", "Published", First(product => Flag(product.IsOnOnlineStore))),
        new("Status", "Status", First(product => Capital(product.Status))),
        new("SKU", "Variant SKU", Variant(variant => variant.Sku)),
        new("Barcode", "Variant Barcode", Variant(variant => variant.Barcode)),
        .. Enumerable.Range(0, 3).SelectMany(Option),
        new("Price", "Variant Price", Variant(variant => Number(variant.Price))),
        new("Compare-at price", "Variant Compare At Price", Variant(variant => Number(variant.CompareAtPrice))),
        new("Cost per item", "Cost per item", Variant(variant => Number(variant.UnitCost))),
        new("Charge tax", "Variant Taxable", Variant(variant => Flag(variant.Taxable))),
        new("Inventory tracker", "Variant Inventory Tracker", Variant(variant => variant.Tracked ? "shopify" : "")),
        new("Inventory quantity", "Variant Inventory Qty", (product, row, shop) => row < product.Variants.Count && product.Variants[row] is { Tracked: true } variant && shop.OnlyPlace is { } place
            ? Number(variant.Stock.TryGetValue(place, out var available) ? available : null) : null),
        new("Continue selling when out of stock", "Variant Inventory Policy", Variant(variant => variant.InventoryPolicy.ToLowerInvariant())),
        new("Weight value (grams)", "Variant Grams", Variant(variant => Number(Grams(variant)))),
        new("Weight unit for display", "Variant Weight Unit", Variant(variant => Unit(variant.WeightUnit))),
        new("Requires shipping", "Variant Requires Shipping", Variant(variant => Flag(variant.RequiresShipping))),
        new("Fulfillment service", "Variant Fulfillment Service", Variant(_ => "manual")),
        new("Product image URL", "Image Src", Picture((picture, _) => picture.Url)),
        new("Image position", "Image Position", Picture((_, row) => Number(row + 1))),
        new("Image alt text", "Image Alt Text", Picture((picture, _) => picture.Alt)),
        new("Variant image URL", "Variant Image", Variant(variant => variant.PictureUrl)),
        new("Gift card", "Gift Card", First(product => Flag(product.IsGiftCard))),
        new("SEO title", "SEO Title", First(product => product.SeoTitle)),
        new("SEO description", "SEO Description", First(product => product.SeoDescription)),
    ];

    /// <summary>A metafield of products under the head that the admin gives it.</summary>
    public static ShopifyCsvColumn Metafield(string name)
    {
        var head = $"{name} (product.metafields.{name})";
        return new(head, head, First(product => product.Metafields.GetValueOrDefault(name)));
    }

    /// <summary>How many rows a product has there: the longer of its variants and its pictures.</summary>
    public static int Rows(ExportedProduct product) => Math.Max(Math.Max(product.Variants.Count, product.Pictures.Count), 1);

    /// <summary>The weight in grams, whatever unit it is shown in.</summary>
    public static decimal? Grams(ExportedVariant variant) => variant.WeightUnit switch
    {
        "KILOGRAMS" => variant.Weight * 1000,
        "POUNDS" => variant.Weight * GramsOfPound,
        "OUNCES" => variant.Weight * GramsOfOunce,
        _ => variant.Weight,
    };

    private static IEnumerable<ShopifyCsvColumn> Option(int place) =>
    [
        new($"Option{place + 1} name", $"Option{place + 1} Name", (product, row, _) => row == 0 ? product.OptionNames.ElementAtOrDefault(place) : null),
        new($"Option{place + 1} value", $"Option{place + 1} Value", Variant(variant => variant.OptionValues.ElementAtOrDefault(place))),
    ];

    private static Func<ExportedProduct, int, ShopifyCsvShop, string?> First(Func<ExportedProduct, string?> value) => (product, row, _) => row == 0 ? value(product) : null;

    private static Func<ExportedProduct, int, ShopifyCsvShop, string?> Variant(Func<ExportedVariant, string?> value) =>
        (product, row, _) => row < product.Variants.Count ? value(product.Variants[row]) : null;

    private static Func<ExportedProduct, int, ShopifyCsvShop, string?> Picture(Func<ExportedPicture, int, string?> value) =>
        (product, row, _) => row < product.Pictures.Count ? value(product.Pictures[row], row) : null;

    private static string Flag(bool value) => value ? "TRUE" : "FALSE";

    private static string? Number(decimal? value) => value?.ToString("0.############", CultureInfo.InvariantCulture);

    private static string? Unit(string? unit) => unit switch { "KILOGRAMS" => "kg", "GRAMS" => "g", "POUNDS" => "lb", "OUNCES" => "oz", _ => null };

    private static string Capital(string status) => status.Length == 0 ? status : status[..1] + status[1..].ToLowerInvariant();
}
