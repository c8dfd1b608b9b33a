using System.Globalization;
using System.Text.Json.Nodes;
using CowansDashboard.History;

namespace CowansDashboard.Sync.Push;

/// <summary>What Shopify would refuse for certain, known before any call, with the reason. Pure.</summary>
public static class PushLimits
{
    /// <summary>Why nothing of this row can be sent; null when something can.</summary>
    public static string? RefuseAll(PendingProduct product, PendingEntity entity)
    {
        var isNew = product.Entities.Any(one => one is { Entity: "product", Kind: PushKind.Create });
        if (product.ShopifyId is null && !isNew)
            return "Its product is not in Shopify.";
        if (product.Variants > ShopifyLimits.MostVariants && (isNew || entity is { Entity: "variant", Kind: PushKind.Create }))
            return Say($"The product would have {product.Variants:#,0} variants; Shopify takes {ShopifyLimits.MostVariants:#,0}.");
        if (product.Options.Count > ShopifyLimits.MostOptions && (isNew || entity is { Entity: "option", Kind: PushKind.Create }))
            return Say($"The product would have {product.Options.Count} options; Shopify takes {ShopifyLimits.MostOptions}.");
        if (product.Media > ShopifyLimits.MostMedia && entity is { Entity: "media", Kind: PushKind.Create })
            return Say($"The product would have {product.Media} media; Shopify takes {ShopifyLimits.MostMedia}.");
        if (isNew && product.Tags > ShopifyLimits.MostTags)
            return Tags(product.Tags);
        return (entity.Entity, entity.Kind) switch
        {
            ("inventory level", not PushKind.Update) => "Which locations stock a variant cannot be pushed yet.",
            ("collection member", PushKind.Update) => "The order within a collection cannot be pushed yet.",
            ("collection member", _) when entity.Row["collection"] is null => "Its collection is not in Shopify.",
            ("media", PushKind.Create) when entity.ShopifyId is null => "The file is not in Shopify yet.",
            _ => null,
        };
    }

    /// <summary>Why this field cannot be sent; null when it can.</summary>
    public static string? Refuse(PendingEntity entity, PushedField change) => (entity.Entity, change.Field) switch
    {
        _ when entity.Kind == PushKind.Update && !ProductWriting.CanSet(entity.Entity, change.Field) =>
            $"Shopify does not let “{Words(change.Field)}” be changed on a {entity.Entity} that exists.",
        ("product", "title") when IsEmpty(change.New) => "A product needs a title.",
        ("product", "tags") when change.New is JsonArray { Count: > ShopifyLimits.MostTags } tags => Tags(tags.Count),
        ("product", "tags") when change.New is JsonArray tags && tags.FirstOrDefault(tag => tag!.GetValue<string>().Length > ShopifyLimits.LongestTag) is { } tag =>
            $"The tag “{tag.GetValue<string>()[..40]}…” is longer than {ShopifyLimits.LongestTag} characters.",
        ("variant", "price") when change.New is null => "A variant needs a price.",
        ("media", "alt") when change.New is JsonValue alt && alt.GetValue<string>().Length > ShopifyLimits.LongestAlt => $"Shopify takes alternative texts of up to {ShopifyLimits.LongestAlt} characters.",
        ("inventory level", "is_active") when change.New?.GetValue<bool>() == false => "Stopping to stock a variant at a location cannot be pushed yet.",
        // Sales go on while a subtraction waits.
        ("inventory level", "available") when long.TryParse(change.New?.ToJsonString(), CultureInfo.InvariantCulture, out var left) && left < 0 => Say($"It would leave {left:#,0} in stock, and Shopify sets none below zero: set the quantity anew."),
        _ => null,
    };

    private static bool IsEmpty(JsonNode? text) => string.IsNullOrWhiteSpace(text?.GetValue<string>());

    private static string Tags(int count) => Say($"The product would have {count} tags; Shopify takes {ShopifyLimits.MostTags}.");

    private static string Words(string column) => column.Replace('_', ' ');

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
