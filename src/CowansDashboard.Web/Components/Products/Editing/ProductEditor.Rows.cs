using System.Text.Json.Nodes;
using CowansDashboard.Catalog;
using CowansDashboard.History;

namespace CowansDashboard.Web.Components.Products.Editing;

/// <summary>Rows that come and go with the product: pictures attached and detached, metafields added and removed.</summary>
public sealed partial class ProductEditor
{
    private Task<string?> Attach(ShopFile file)
    {
        var place = Product.Media.Count == 0 ? 1 : Product.Media.Max(media => media.Position) + 1;
        var values = new JsonObject
        {
            ["product_id"] = Product.Id, ["shopify_id"] = file.ShopifyId, ["position"] = place, ["media_type"] = file.MediaType, ["alt"] = file.Alt, ["status"] = "READY",
            ["url"] = file.Url, ["preview_url"] = file.PreviewUrl, ["width"] = file.Width, ["height"] = file.Height, ["mime_type"] = file.MimeType,
        };
        return ChangeRows(new WantedChanges { Added = [new NewRow(CatalogueFields.Media, -1, values)] }, $"{Product.Title}, a picture attached");
    }

    private Task<string?> Detach(ProductMedia media) =>
        ChangeRows(new WantedChanges { Removed = [new RowRef(CatalogueFields.Media, media.Id)] }, $"{Product.Title}, picture {media.Position} detached");

    private Task<string?> AddMetafield((string Namespace, string Key, string Type, string Value) field)
    {
        var values = new JsonObject
        {
            ["owner_kind"] = "product", ["owner_id"] = Product.Id, ["namespace"] = field.Namespace, ["key"] = field.Key, ["type"] = field.Type, ["value"] = field.Value,
        };
        return ChangeRows(new WantedChanges { Added = [new NewRow(CatalogueFields.Metafield, -1, values)] }, $"{Product.Title}, {field.Namespace}.{field.Key} added");
    }

    private Task<string?> RemoveMetafield(Metafield field) =>
        ChangeRows(new WantedChanges { Removed = [new RowRef(CatalogueFields.Metafield, field.Id)] }, $"{Product.Title}, {field.Namespace}.{field.Key} removed");
}
