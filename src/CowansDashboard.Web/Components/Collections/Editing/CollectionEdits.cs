using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Collections;
using CowansDashboard.Collections.Conditions;
using CowansDashboard.History;
using CowansDashboard.Web.Components.Products.Editing;

namespace CowansDashboard.Web.Components.Collections.Editing;

/// <summary>A source as it would be saved.</summary>
/// <param name="Id">Ours; negative for one that the save makes.</param>
/// <param name="Title">Its name.</param>
/// <param name="Says">What it would hold.</param>
/// <param name="Definition">The same as Shopify returns it.</param>
public sealed record EditedSource(long Id, string Title, CollectionSource Says, JsonNode? Definition)
{
    private string? _text;

    /// <summary>The definition as text, to be compared.</summary>
    public string Text => _text ??= Definition?.ToJsonString() ?? "";
}

/// <summary>What one person has typed on one collection's page and not saved.</summary>
public sealed class CollectionEdits(CollectionValues values, string currency) : FieldEdits(values, currency)
{
    private const string ByConditions = "CollectionConditionsSource", OfCollections = "CollectionSubCollectionsSource";

    private readonly string _currency = currency;

    // A source may name thousands of products, and is asked for with every drawing.
    private readonly Dictionary<long, (string? Typed, EditedSource Read)> _read = [];
    private CollectionDetails? _readOf;

    public new CollectionValues Copy => (CollectionValues)base.Copy;

    public CollectionDetails Collection => Copy.Collection;

    public FieldKey Of(string field) => new(CatalogueFields.Collection, Collection.Row.Id, field);

    public static FieldKey Definition(long source) => new(CatalogueFields.Source, source, "definition");

    public static FieldKey Removal(long source) => new(CatalogueFields.Source, source, CollectionValues.Removed);

    public static FieldKey Published(long publication) => new(CatalogueFields.CollectionPublication, publication, CollectionValues.Published);

    public string SortOrder => Text(Of("sort_order"));

    /// <summary>Somebody orders it by hand, or will once this is saved.</summary>
    public bool IsByHand => SortOrder == "MANUAL";

    /// <summary>By source: how many of its conditions have no value yet.</summary>
    public Dictionary<long, int> Unfinished { get; } = [];

    /// <summary>What is typed about who belongs.</summary>
    public bool HasTypedSources => Typed.Any(typed => typed.Key.Entity == CatalogueFields.Source);

    /// <summary>The sources as they would be saved, in their order.</summary>
    public IReadOnlyList<EditedSource> Sources
    {
        get
        {
            if (_readOf != Collection)
            {
                _read.Clear();
                _readOf = Collection;
            }
            var sources = Collection.Sources.Where(source => !IsTyped(Removal(source.Id))).Select(source => Once(source.Id, source.Title, source.Type));
            var made = Typed.Where(typed => typed.Key is { Entity: CatalogueFields.Source, Id: < 0 }).OrderByDescending(typed => typed.Key.Id).Select(typed => Once(typed.Key.Id, "", TypeOf(typed.New)));
            return [.. sources, .. made];
        }
    }

    private EditedSource Once(long id, string title, string type)
    {
        var key = Definition(id);
        var typed = IsTyped(key) ? Text(key) : null;
        if (_read.TryGetValue(id, out var known) && known.Typed == typed)
            return known.Read;
        var definition = Value(key);
        var read = new EditedSource(id, title, Read(type, definition), definition);
        _read[id] = (typed, read);
        return read;
    }

    public IEnumerable<StoredSource> GoingSources => Collection.Sources.Where(source => IsTyped(Removal(source.Id)));

    public void Say(EditedSource source, CollectionSource says) => Type(Definition(source.Id), SourceWriting.Write(says, source.Definition as JsonObject, _currency).ToJsonString());

    /// <summary>A source that is made, empty as yet.</summary>
    public void AddSource(CollectionSource says)
    {
        var id = Typed.Where(field => field.Key is { Entity: CatalogueFields.Source, Id: < 0 }).Select(field => field.Key.Id).DefaultIfEmpty(0).Min() - 1;
        Type(Definition(id), SourceWriting.Write(says, null, _currency).ToJsonString());
    }

    public void RemoveSource(long id)
    {
        TakeBack(Definition(id));
        if (id > 0)
            Type(Removal(id), FieldShapes.Yes);
    }

    /// <summary>What a save of these fields asks for.</summary>
    public WantedChanges Wanted(IReadOnlyCollection<TypedField> sent)
    {
        var sources = sent.Where(field => field.Key.Entity == CatalogueFields.Source).ToList();
        var places = sent.Where(field => field.Key.Entity == CatalogueFields.CollectionPublication)
            .Select(field => (Place: Collection.Places.First(place => place.PublicationId == field.Key.Id), On: field.New?.GetValue<bool>() == true)).ToList();
        var next = Collection.Sources.Count;
        return new WantedChanges
        {
            Fields = [.. sent.Where(field => field.Key.Entity == CatalogueFields.Collection || field.Key is { Entity: CatalogueFields.Source, Id: > 0, Field: "definition" })
                .Select(field => new FieldEdit(field.Key.Entity, field.Key.Id, field.Key.Field, field.Seen?.DeepClone(), field.New?.DeepClone()))],
            Added =
            [
                .. sources.Where(field => field.Key.Id < 0).OrderByDescending(field => field.Key.Id).Select(field => new NewRow(CatalogueFields.Source, field.Key.Id, new JsonObject
                {
                    ["collection_id"] = Collection.Row.Id,
                    ["position"] = ++next,
                    ["source_type"] = TypeOf(field.New),
                    ["title"] = TypeOf(field.New) == OfCollections ? "Sub-collections" : "Conditions",
                    ["definition"] = field.New?.DeepClone(),
                })),
                .. places.Where(one => one.On && one.Place.PairId is null).Select(one => new NewRow(CatalogueFields.CollectionPublication, -1_000_000 - one.Place.PublicationId,
                    new JsonObject { ["collection_id"] = Collection.Row.Id, ["publication_id"] = one.Place.PublicationId })),
            ],
            Removed =
            [
                .. sources.Where(field => field.Key.Field == CollectionValues.Removed).Select(field => new RowRef(CatalogueFields.Source, field.Key.Id)),
                .. places.Where(one => !one.On && one.Place.PairId is not null).Select(one => new RowRef(CatalogueFields.CollectionPublication, one.Place.PairId!.Value)),
            ],
            Returned = [.. places.Where(one => one is { On: true, Place.PairId: not null }).Select(one => new RowRef(CatalogueFields.CollectionPublication, one.Place.PairId!.Value))],
        };
    }

    private static string TypeOf(JsonNode? definition) => definition?["collections"] is JsonArray ? OfCollections : ByConditions;

    private static CollectionSource Read(string type, JsonNode? definition) => SourceReading.Read(type, JsonSerializer.SerializeToElement(definition ?? new JsonObject()));
}
