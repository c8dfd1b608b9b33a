using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Catalog;
using CowansDashboard.Collections;
using CowansDashboard.Collections.Conditions;
using CowansDashboard.History;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Products.Editing;

namespace CowansDashboard.Web.Components.Collections.Editing;

/// <summary>The fields of a collection that was read, with those of its sources and places.</summary>
/// <param name="collection">As it was read.</param>
/// <param name="order">Its products; null while they could not be read.</param>
/// <param name="names">What its sources refer to.</param>
/// <param name="currency">The shop's.</param>
public sealed class CollectionValues(CollectionDetails collection, OrderedMembers? order, ReferenceNames names, string currency) : IKnownFields
{
    /// <summary>A field of a source that shall go, and of a place: yes or no.</summary>
    public const string Removed = "removed", Published = "published";

    private static readonly FrozenSet<string> OwnFields = new[]
    {
        "title", "handle", "redirect_new_handle", "description_html", "seo_title", "seo_description", "sort_order", "template_suffix", "image_url", "image_alt", MemberOrder.Field,
    }.ToFrozenSet();

    private readonly FrozenDictionary<long, StoredSource> _sources = collection.Sources.ToFrozenDictionary(source => source.Id);

    private readonly JsonArray? _order = order is null ? null : [.. order.Now.Select(id => (JsonNode)JsonValue.Create(id))];

    public CollectionDetails Collection { get; } = collection;

    public bool Has(FieldKey key) => key.Entity switch
    {
        CatalogueFields.Collection => key.Id == Collection.Row.Id && OwnFields.Contains(key.Field) && (key.Field != MemberOrder.Field || _order is not null),
        // Negative ids stand for sources that the next save makes.
        CatalogueFields.Source => key.Id < 0 ? key.Field == "definition" : _sources.ContainsKey(key.Id) && key.Field is "definition" or Removed,
        CatalogueFields.CollectionPublication => key.Field == Published && Place(key.Id) is not null,
        _ => false,
    };

    public JsonNode? Now(FieldKey key) => key.Entity switch
    {
        CatalogueFields.Collection => Own(key.Field),
        CatalogueFields.Source when key.Field == Removed => JsonValue.Create(false),
        CatalogueFields.Source => _sources.TryGetValue(key.Id, out var source) ? JsonNode.Parse(source.Definition.GetRawText()) : null,
        CatalogueFields.CollectionPublication => JsonValue.Create(Place(key.Id)?.IsPublished == true),
        _ => throw new ArgumentOutOfRangeException(nameof(key), key, "A collection has no such field."),
    };

    public JsonElement? Base(FieldKey key) => (key.Entity switch
    {
        CatalogueFields.Collection => Collection.Pending,
        CatalogueFields.Source => _sources.GetValueOrDefault(key.Id)?.Pending,
        _ => null,
    })?.FirstOrDefault(field => field.Name == key.Field)?.Base;

    public ProductConflict? Conflict(FieldKey key) =>
        Collection.Conflicts.FirstOrDefault(conflict => conflict.Entity == key.Entity && conflict.EntityId == key.Id && conflict.Field == key.Field);

    public string? MetafieldType(long id) => null;

    public string? Said(FieldKey key, JsonNode? value) => key.Field switch
    {
        "sort_order" when value is not null => CollectionWords.Order(value.GetValue<string>()),
        "definition" => CollectionWords.Definition(value, names, currency),
        MemberOrder.Field => $"{Figure.Count(MemberOrder.Moved(_order, value), "product")} elsewhere than now",
        _ => null,
    };

    private CollectionPlace? Place(long publication) => Collection.Places.FirstOrDefault(place => place.PublicationId == publication);

    private JsonNode? Own(string field) => field switch
    {
        "title" => JsonValue.Create(Collection.Row.Title),
        "handle" => JsonValue.Create(Collection.Row.Handle),
        "redirect_new_handle" => JsonValue.Create(Collection.RedirectNewHandle),
        "description_html" => JsonValue.Create(Collection.DescriptionHtml),
        "sort_order" => JsonValue.Create(Collection.Row.SortOrder),
        "seo_title" => Text(Collection.SeoTitle),
        "seo_description" => Text(Collection.SeoDescription),
        "template_suffix" => Text(Collection.TemplateSuffix),
        "image_url" => Text(Collection.Row.ImageUrl),
        "image_alt" => Text(Collection.ImageAlt),
        MemberOrder.Field => _order,
        _ => throw new ArgumentOutOfRangeException(nameof(field), field, "A collection has no such field."),
    };

    private static JsonValue? Text(string? text) => text is null ? null : JsonValue.Create(text);
}
