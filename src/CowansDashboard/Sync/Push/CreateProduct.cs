using System.Text.Json.Nodes;
using CowansDashboard.Shopify.Operations;

namespace CowansDashboard.Sync.Push;

/// <summary>
/// One call that creates a product with all that it has here, under an id of our own: sent twice, it finds itself.
/// A handle would find, and overwrite, a stranger's product. Pure.
/// </summary>
public static class CreateProduct
{
    public const string Namespace = "cowans_dashboard";
    public const string Key = "product_id";

    public static PushOperation Of(PushProduct product, PushEntity created)
    {
        var entities = product.Entities.Where(entity => entity.Kind == PushKind.Create && entity.Entity is not ("product publication" or "collection member")).ToList();
        var variants = entities.Where(entity => entity.Entity == "variant").ToList();
        PushPart[] parts = [.. entities.Select(entity => new PushPart(entity.ItemId, entity.Entity, entity.EntityId, [.. entity.Fields.Select(field => field.Field)]))];
        var metafields = entities.Where(entity => entity.Entity == "metafield" && Text(entity, "owner_kind") == "product").ToList();
        var media = entities.Where(entity => entity.Entity == "media" && entity.ShopifyId is not null).ToList();
        var points = MutationCost.ProductSet(variants.Count, 0, 0, metafields.Count, media.Count);
        return new PushOperation(parts, _ => Mutations.ProductSet(
            new JsonObject { ["customId"] = CustomId(product, typed: false) },
            Input(product, created, entities, variants, metafields, media), points))
        {
            Mutation = "ProductSet",
            Points = points,
        };
    }

    /// <summary>What Shopify has to know before it takes such an id.</summary>
    public static JsonObject Definition() => new()
    {
        ["name"] = "Id in the product dashboard",
        ["namespace"] = Namespace,
        ["key"] = Key,
        ["type"] = "id",
        ["ownerType"] = "PRODUCT",
    };

    private static JsonObject CustomId(PushProduct product, bool typed)
    {
        var id = new JsonObject { ["namespace"] = Namespace, ["key"] = Key, ["value"] = $"{product.CustomId:N}" };
        if (typed)
            id["type"] = "id";
        return id;
    }

    private static JsonObject Input(
        PushProduct product, PushEntity created, List<PushEntity> entities, List<PushEntity> variants, List<PushEntity> metafields, List<PushEntity> media)
    {
        var input = new JsonObject();
        foreach (var (field, _, value) in created.Fields)
            // What nobody filled in is Shopify's to choose: a handle from the title, no template.
            if (value is not null && !(value is JsonValue text && text.TryGetValue<string>(out var written) && written.Length == 0))
                ProductWriting.Product(input, field, value);
        input["tags"] = created.Value("tags")?.DeepClone();
        if (created.Value("is_gift_card")?.GetValue<bool>() == true)
            input["giftCard"] = true;
        if (variants.Count > 0)
        {
            var options = entities.Where(entity => entity.Entity == "option").OrderBy(option => option.Value("position")?.GetValue<int>() ?? 0).ToList();
            input["productOptions"] = options.Count > 0
                ? new JsonArray([.. options.Select(option => new JsonObject
                {
                    ["name"] = option.Value("name")?.DeepClone(),
                    ["values"] = new JsonArray([.. (option.Value("option_values") as JsonArray ?? []).Select(value => new JsonObject { ["name"] = value?["name"]?.DeepClone() })]),
                })])
                : [new JsonObject { ["name"] = "Title", ["values"] = new JsonArray(new JsonObject { ["name"] = "Default Title" }) }];
            input["variants"] = new JsonArray([.. variants.OrderBy(variant => variant.Value("position")?.GetValue<int>() ?? 0).Select(variant => Variant(variant, product))]);
        }
        // The list must name the id as well, or Shopify takes the two for different products.
        if (metafields.Count > 0)
            input["metafields"] = new JsonArray([CustomId(product, typed: true), .. metafields.Select(metafield => new JsonObject
            {
                ["namespace"] = metafield.Row["namespace"]?.DeepClone(),
                ["key"] = metafield.Row["key"]?.DeepClone(),
                ["type"] = metafield.Row["type"]?.DeepClone(),
                ["value"] = metafield.Row["value"]?.DeepClone(),
            })]);
        if (media.Count > 0)
            input["files"] = new JsonArray([.. media.OrderBy(medium => ProductWriting.Number(medium.Row, "position"))
                .Select(medium => new JsonObject { ["id"] = ProductWriting.MediaGid(medium.Row) })]);
        return input;
    }

    private static JsonObject Variant(PushEntity variant, PushProduct product)
    {
        var input = ProductWriting.Variant(variant, product.Options);
        input["optionValues"] ??= ProductWriting.OptionValues(variant.Value("option_values"), product.Options);
        foreach (var emptied in input.Where(field => field.Value is null).Select(field => field.Key).ToList())
            input.Remove(emptied);
        return input;
    }

    private static string? Text(PushEntity entity, string column) => entity.Row[column]?.GetValue<string>();
}
