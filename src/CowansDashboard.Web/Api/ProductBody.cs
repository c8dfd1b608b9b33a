using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Catalog;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.History;
using CowansDashboard.Web.Components.Products.Editing;

namespace CowansDashboard.Web.Api;

/// <summary>
/// What a request wants to change of a product, field by field: only what it names changes. Names are those of the
/// answers. Pure.
/// </summary>
public sealed class ProductBody
{
    private readonly Dictionary<(string Entity, long Id, string Field), string> _paths = [];
    private readonly List<FieldEdit> _edits = [];
    private readonly List<NewRow> _added = [];
    private readonly List<RowRef> _removed = [];
    private readonly Dictionary<string, string[]> _problems = [];
    private readonly ProductValues _copy;
    private long _key;
    private bool _confirm;
    private long? _zeros;

    private ProductBody(ProductDetails product) => _copy = new(product);

    /// <summary>The version that the sender saw; null when it names none.</summary>
    public int? Version { get; private set; }

    /// <summary>What cannot be understood, by its place in the body.</summary>
    public IReadOnlyDictionary<string, string[]> Problems => _problems;

    public WantedChanges Wanted => new() { Fields = _edits, Added = _added, Removed = _removed };

    /// <summary>The named fields whose value is another than the copy's, by their place in the body.</summary>
    public IReadOnlyDictionary<string, string[]> Differing => _edits.Where(edit => !FieldShapes.Same(edit.Seen, edit.New))
        .ToDictionary(edit => PathOf(edit.Entity, edit.EntityId, edit.Field), edit => new[] { $"It is {edit.Seen?.ToJsonString() ?? "null"} now." });

    /// <summary>What the sender has to say first, because a price becomes 0 or moves further than one person may move it; null when nothing is missing.</summary>
    public string? Unconfirmed(GuardLimits limits)
    {
        var reach = EditReach.Of(1, _edits);
        string[] reasons = [.. reach.Warnings, .. limits.Exceeded(reach)];
        return reasons.Length == 0 || (_confirm && (reach.Zeros == 0 || _zeros == reach.Zeros)) ? null
            : string.Join(" ", reasons) + $" Nothing was saved; send confirm: true{(reach.Zeros > 0 ? $" and confirmZeros: {reach.Zeros.ToString(CultureInfo.InvariantCulture)}" : "")} to go on.";
    }

    public static ProductBody Read(JsonObject body, ProductDetails product)
    {
        var read = new ProductBody(product);
        foreach (var (name, value) in body)
            read.Take(name, value);
        return read;
    }

    public string PathOf(string entity, long id, string field) => _paths.GetValueOrDefault((entity, id, field), field);

    private void Take(string name, JsonNode? value)
    {
        switch (name, value)
        {
            case ("version", JsonValue number) when number.TryGetValue<int>(out var version):
                Version = version;
                break;
            case ("version", _):
                Wrong(name, "version is the whole number that the product had when it was read.");
                break;
            case ("confirm", JsonValue word) when word.TryGetValue<bool>(out var confirm):
                _confirm = confirm;
                break;
            case ("confirmZeros", JsonValue number) when number.TryGetValue<long>(out var zeros):
                _zeros = zeros;
                break;
            case ("confirm" or "confirmZeros", _):
                Wrong(name, name == "confirm" ? "confirm is true or false." : "confirmZeros is how many prices become 0.");
                break;
            case ("seo", JsonObject seo):
                foreach (var (part, text) in seo)
                    Field(CatalogueFields.Product, _copy.Product.Id, $"seo{Capital(part)}", text, $"seo.{part}");
                break;
            case ("variants", JsonArray variants):
                Each(variants, name, (variant, path) => Row(CatalogueFields.Variant, variant, path, id => _copy.Variant(id) is not null));
                break;
            case ("media", JsonArray media):
                Each(media, name, (each, path) => Row(CatalogueFields.Media, each, path, id => _copy.Product.Media.Any(known => known.Id == id)));
                break;
            case ("metafields", JsonArray metafields):
                Each(metafields, name, Metafield);
                break;
            case ("seo" or "variants" or "media" or "metafields", _):
                Wrong(name, name == "seo" ? "seo is an object with title and description." : $"{name} is a list of objects.");
                break;
            default:
                Field(CatalogueFields.Product, _copy.Product.Id, name, value, name);
                break;
        }
    }

    private void Each(JsonArray list, string name, Action<JsonObject, string> take)
    {
        for (var i = 0; i < list.Count; i++)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"{name}[{i}]");
            if (list[i] is JsonObject each)
                take(each, path);
            else
                Wrong(path, "It is an object.");
        }
    }

    private void Row(string entity, JsonObject row, string path, Func<long, bool> known)
    {
        if (Id(row) is not { } id || !known(id))
        {
            Wrong($"{path}.id", $"id names a {entity} of this product.");
            return;
        }
        foreach (var (name, value) in row.Where(each => each.Key != "id"))
            Field(entity, id, name, value, $"{path}.{name}");
    }

    // By its id, or by namespace and key; a value of null removes it, an unknown one comes into being.
    private void Metafield(JsonObject field, string path)
    {
        var (space, key) = (Text(field["namespace"]), Text(field["key"]));
        var variant = Id(field, "variantId");
        var owner = variant ?? _copy.Product.Id;
        var kind = variant is null ? "product" : "variant";
        var known = Id(field) is { } id
            ? _copy.Product.Metafields.FirstOrDefault(each => each.Id == id)
            : _copy.Product.Metafields.FirstOrDefault(each => each.OwnerKind == kind && each.OwnerId == owner && each.Namespace == space && each.Key == key);
        if (!field.ContainsKey("value"))
            Wrong($"{path}.value", "value is the text that Shopify stores, or null to remove the metafield.");
        else if (known is not null && field["value"] is null)
            _removed.Add(new RowRef(CatalogueFields.Metafield, known.Id));
        else if (known is not null)
            Field(CatalogueFields.Metafield, known.Id, "value", field["value"], $"{path}.value");
        else if (field["value"] is null || space is null || key is null || Text(field["type"]) is not { } type)
            Wrong(path, "There is no such metafield: a new one needs namespace, key, type and value.");
        else
            _added.Add(new NewRow(CatalogueFields.Metafield, --_key, new JsonObject
            {
                ["owner_kind"] = kind, ["owner_id"] = owner, ["namespace"] = space, ["key"] = key, ["type"] = type, ["value"] = field["value"]!.DeepClone(),
            }));
    }

    private void Field(string entity, long id, string name, JsonNode? value, string path)
    {
        var column = JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
        var field = CatalogueFields.Find(entity, column);
        var key = new FieldKey(entity, id, column);
        if (field is null || (field.Structural && column != "position") || !_copy.Has(key))
        {
            Wrong(path, $"“{name}” is no field that can be changed here. Known: {string.Join(", ", Known(entity))}.");
            return;
        }
        // Answers write these words in small letters.
        if (column == "status" && Text(value) is { } status)
            value = JsonValue.Create(status.ToUpperInvariant());
        _paths[(entity, id, column)] = path;
        _edits.Add(new FieldEdit(entity, id, column, _copy.Now(key), value?.DeepClone()));
    }

    private static IEnumerable<string> Known(string entity) => CatalogueFields.All
        .Where(field => field.Entity == entity && !field.Structural)
        .Select(field => field.Name.StartsWith("seo_", StringComparison.Ordinal) ? "seo." + field.Name[4..] : JsonNamingPolicy.CamelCase.ConvertName(Pascal(field.Name)));

    private static string Pascal(string column) => string.Concat(column.Split('_').Select(Capital));

    private static string Capital(string word) => word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..];

    private static string? Text(JsonNode? node) => node?.GetValueKind() is JsonValueKind.String ? node.GetValue<string>() : null;

    private static long? Id(JsonObject row, string name = "id") =>
        row[name] is { } node && long.TryParse(node.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    private void Wrong(string path, string sentence) => _problems[path] = [sentence];
}
