using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Collections;
using CowansDashboard.History;

namespace CowansDashboard.Web.Api;

/// <summary>What a request says of a collection, with the names of the answers; only what it names. Pure.</summary>
public sealed class CollectionBody
{
    private static readonly string[] Holds = ["definition", "productIds", "collectionIds"];

    private readonly Dictionary<string, string[]> _problems = [];
    private readonly List<SourceChange> _sources = [];
    private readonly List<long> _publications = [];

    private CollectionBody()
    {
    }

    /// <summary>What cannot be understood, by its place in the body.</summary>
    public IReadOnlyDictionary<string, string[]> Problems => _problems;

    /// <summary>The version that the sender saw; null when it names none.</summary>
    public int? Version { get; private set; }

    public JsonObject Fields { get; } = [];

    public IReadOnlyList<SourceChange> Sources => _sources;

    /// <summary>Our ids of places; only of a new collection.</summary>
    public IReadOnlyList<long> PublicationIds => _publications;

    public static CollectionBody OfNew(JsonObject body)
    {
        var read = Read(body, isNew: true);
        if (read.Fields["title"] is null)
            read.Wrong("title", "title is needed.");
        return read;
    }

    public static CollectionBody OfChange(JsonObject body) => Read(body, isNew: false);

    private static CollectionBody Read(JsonObject body, bool isNew)
    {
        var read = new CollectionBody();
        foreach (var (name, value) in body)
            read.Take(name, value, isNew);
        return read;
    }

    private void Take(string name, JsonNode? value, bool isNew)
    {
        switch (name, value)
        {
            case ("version", JsonValue number) when !isNew && number.TryGetValue<int>(out var version):
                Version = version;
                break;
            case ("seo", JsonObject seo):
                foreach (var (part, text) in seo)
                    Field($"seo_{part}", text, $"seo.{part}");
                break;
            case ("sources", JsonArray sources):
                for (var i = 0; i < sources.Count; i++)
                    Source(sources[i], string.Create(CultureInfo.InvariantCulture, $"sources[{i}]"), isNew);
                break;
            case ("publicationIds", _) when isNew && Ids(value) is { } places:
                _publications.AddRange(places);
                break;
            case ("sources" or "seo" or "version" or "publicationIds", _):
                Wrong(name, name switch
                {
                    "seo" => "seo is an object with title and description.",
                    "sources" => "sources is a list of objects.",
                    "version" => "version is the whole number that the collection had when it was read; a new one has none.",
                    _ => "publicationIds is a list of ids of places, of a new collection; afterwards POST and DELETE publications.",
                });
                break;
            default:
                Field(JsonNamingPolicy.SnakeCaseLower.ConvertName(name), value, name);
                break;
        }
    }

    private void Field(string column, JsonNode? value, string path)
    {
        if (CatalogueFields.Find(CatalogueFields.Collection, column) is not { Structural: false })
        {
            Wrong(path, "A collection has no such field that can be changed here. Known: title, handle, redirectNewHandle, descriptionHtml, seo, sortOrder, templateSuffix, imageUrl, imageAlt, sources.");
            return;
        }
        // Answers write these words in small letters.
        if (column == "sort_order" && value?.GetValueKind() == JsonValueKind.String)
            value = value.GetValue<string>().ToUpperInvariant();
        Fields[column] = value?.DeepClone();
    }

    private void Source(JsonNode? node, string path, bool isNew)
    {
        if (node is not JsonObject source)
        {
            Wrong(path, "A source is an object.");
            return;
        }
        if (source.Select(field => field.Key).FirstOrDefault(name => !Holds.Contains(name) && name is not ("title" or "id" or "remove")) is { } unknown)
            Wrong($"{path}.{unknown}", $"A source has no “{unknown}”; it has title and one of {string.Join(", ", Holds)}, and id or remove where the collection has it already.");
        long? id = null;
        if (source["id"] is { } named && (isNew || !long.TryParse(named.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            Wrong($"{path}.id", "id names a source of this collection, digits only; a new source has none.");
        else if (source["id"] is { } known)
            id = long.Parse(known.ToString(), CultureInfo.InvariantCulture);
        var isRemoved = source["remove"] is JsonValue flag && flag.TryGetValue<bool>(out var yes) && yes;
        if (source["remove"] is not null && (id is null || !isRemoved))
            Wrong($"{path}.remove", "remove is true and stands beside the id of the source.");
        var title = source["title"]?.GetValueKind() == JsonValueKind.String ? source["title"]!.GetValue<string>() : null;
        if (source["title"] is not null && title is null)
            Wrong($"{path}.title", "title is a text.");
        var said = Holds.Where(source.ContainsKey).ToList();
        if (said.Count > 1 || said.Count == 0 && id is null)
            Wrong(path, $"A source has one of {string.Join(", ", Holds)}.");
        WantedSource? holds = said is not [var only] ? null : only switch
        {
            "definition" => source["definition"] is JsonObject definition ? new WantedSource.Defined((JsonObject)definition.DeepClone()) : null,
            "productIds" => Ids(source[only]) is { } products ? new WantedSource.Picked(products) : null,
            _ => Ids(source[only]) is { Count: > 0 } collections ? new WantedSource.OfCollections(collections) : null,
        };
        if (said.Count == 1 && holds is null)
            Wrong($"{path}.{said[0]}", said[0] == "definition" ? "definition is an object, as GET answers it." : $"{said[0]} is a list of ids of the copy.");
        _sources.Add(new(id, title ?? (id is null ? "Products" : null), holds, isRemoved));
    }

    /// <summary>A list of ids, as texts or numbers; null where it is none.</summary>
    public static IReadOnlyList<long>? Ids(JsonNode? node) =>
        node is JsonArray list && list.Select(id => id is not null && long.TryParse(id.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : 0).ToList() is var ids && !ids.Contains(0) ? ids : null;

    private void Wrong(string path, string sentence) => _problems[path] = [sentence];
}
