using System.Text.Json.Nodes;
using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Catalog;

/// <summary>What a copy of a product takes along besides its fields, options and variants.</summary>
/// <param name="Skus">SKUs and barcodes, which then stand twice in the shop.</param>
/// <param name="Media">Files, and which of them shows which variant.</param>
/// <param name="Metafields">Those of the product.</param>
public sealed record CopiedParts(bool Skus, bool Media, bool Metafields)
{
    public static readonly CopiedParts Everything = new(true, true, true);
}

/// <summary>Makes a draft with what a product has: its fields, options, variants, metafields and files; stock, places and collections do not come along.</summary>
public sealed class DuplicateProduct(NpgsqlDataSource database, CreateProduct creating)
{
    private static readonly string[] OfVariant =
    [
        "option_values", "sku", "barcode", "price", "compare_at_price", "unit_cost", "taxable", "inventory_policy", "tracked", "requires_shipping", "weight", "weight_unit",
        "harmonized_system_code", "country_code_of_origin", "media_ids",
    ];

    private static readonly string[] OfProduct =
        ["description_html", "vendor", "product_type", "tags", "template_suffix", "seo_title", "seo_description", "category_id", "is_gift_card", "requires_selling_plan"];

    /// <param name="head">Whose it is; its kind becomes duplicate.</param>
    /// <param name="productId">What is copied.</param>
    /// <param name="title">The copy's title.</param>
    /// <param name="parts">What comes along.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>Null when the store has no such product.</returns>
    public async Task<SaveOutcome?> Duplicate(ChangeSetHead head, long productId, string title, CopiedParts parts, CancellationToken cancel)
    {
        if (await ProductShape.Read(database, head.StoreId, productId, [], cancel) is not { } shape)
            return null;
        var product = shape.Rows["product"][0];
        var fields = Columns(product, OfProduct);
        (fields["title"], fields["status"]) = (title, "DRAFT");
        var options = shape.Living("option")
            .Select(option => new NewOption((string)option["name"]!, [.. ((JsonArray)option["option_values"]!).Select(value => (string)value!["name"]!)])).ToList();
        var isPlain = options.Count == 0 || (options.Count == 1 && options[0].Values.SequenceEqual([PlanStructure.DefaultValue]));
        return await creating.Create(head with { Kind = ChangeSetKind.Duplicate }, new NewProduct(fields)
        {
            Options = isPlain ? [] : options,
            Variants = [.. shape.Living("variant").Select(variant => Columns(variant, OfVariant.Where(column => (parts.Skus || column is not ("sku" or "barcode")) && (parts.Media || column != "media_ids"))))],
            Metafields = [.. shape.Living("metafield").Where(metafield => parts.Metafields && (string?)metafield["owner_kind"] == "product").Select(metafield => Columns(metafield, ["namespace", "key", "type", "value"]))],
            Media = [.. shape.Living("media").Where(medium => parts.Media && medium["shopify_id"] is not null && (string?)medium["status"] == "READY")
                .Select(medium => Columns(medium, ["shopify_id", "media_type", "alt", "status", "url", "preview_url", "width", "height", "mime_type"]))],
        }, cancel);
    }

    private static JsonObject Columns(JsonObject row, IEnumerable<string> columns) => new(columns.Select(column => KeyValuePair.Create(column, row[column]?.DeepClone())));
}
