using System.Text.Json.Nodes;
using CowansDashboard.History;

namespace CowansDashboard.Sync.Push;

/// <summary>What Shopify would refuse of a collection for certain, known before any call, with the reason. Pure.</summary>
public static class CollectionLimits
{
    private const int LongestTitle = 255;

    private static readonly HashSet<string> Settable = ["title", "handle", "description_html", "seo_title", "seo_description", "sort_order", "template_suffix",
        "image_url", "image_alt", MemberOrder.Field];

    /// <summary>Why nothing of this row can be sent; null when something can.</summary>
    /// <param name="collection">Whose row it is.</param>
    /// <param name="entity">The row.</param>
    public static string? RefuseAll(PendingCollection collection, PendingEntity entity)
    {
        if (collection.ShopifyId is null && !collection.Entities.Any(one => one is { Entity: CatalogueFields.Collection, Kind: PushKind.Create }))
            return "Its collection is not in Shopify.";
        return entity switch
        {
            { Entity: CollectionMembers.Entity } when collection.IsOfOthers => "Its products come from other collections; no product is put into it by hand.",
            { Entity: CatalogueFields.CollectionPublication } when entity.Row["publication"] is null => "The place is not in Shopify.",
            { Entity: CatalogueFields.Source, Kind: PushKind.Create } => SourceInputs.Refuse(null, entity.Row["definition"] as JsonObject ?? []),
            { Entity: CatalogueFields.Source, Kind: PushKind.Remove } when entity.Row["gid"] is null => "The source is not in Shopify.",
            _ => null,
        };
    }

    /// <summary>Why this field cannot be sent; null when it can.</summary>
    public static string? Refuse(PendingCollection collection, PendingEntity entity, PushedField change) => (entity.Entity, change.Field) switch
    {
        (_, "title") when string.IsNullOrWhiteSpace((string?)change.New) => $"A {entity.Entity} needs a title.",
        (_, "title") when ((string)change.New!).Length > LongestTitle => $"Shopify takes titles of up to {LongestTitle} characters.",
        (CatalogueFields.Collection, MemberOrder.Field) when collection.SortOrder != "MANUAL" =>
            "The collection is not sorted by hand; only such a one has an order that can be sent.",
        (CatalogueFields.Collection, "image_url") when change.New is not null && !((string)change.New!).StartsWith("http", StringComparison.OrdinalIgnoreCase) =>
            "Shopify fetches a picture from an address that begins with https.",
        (CatalogueFields.Collection, "image_alt") when change.New is not null && entity.Row["image_url"] is null => "There is no picture that this text could be about.",
        (CatalogueFields.Collection, var field) => Settable.Contains(field) ? null : $"Shopify does not let “{field.Replace('_', ' ')}” of a collection be changed.",
        (CatalogueFields.Source, "definition") => change.New is JsonObject wanted ? SourceInputs.Refuse(change.Base as JsonObject, wanted) : "It says nothing.",
        (CatalogueFields.Source, "position") => "Shopify keeps the sources of a collection in the order in which they were made.",
        (CatalogueFields.Source, not "title") => $"Shopify does not let “{change.Field.Replace('_', ' ')}” of a source be changed.",
        _ => null,
    };
}
