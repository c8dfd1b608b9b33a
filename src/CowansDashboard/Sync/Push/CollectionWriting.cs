using System.Text.Json.Nodes;
using CowansDashboard.History;
using CowansDashboard.Shopify.Wire;

namespace CowansDashboard.Sync.Push;

/// <summary>Which column fills which field of Shopify's inputs for collections: the way back of the reading of the pull. Pure.</summary>
public static class CollectionWriting
{
    public const string Namespace = CreateProduct.Namespace;
    public const string Key = "collection_id";

    private static readonly Dictionary<string, string> Names = new()
    {
        ["title"] = "title", ["handle"] = "handle", ["description_html"] = "descriptionHtml", ["sort_order"] = "sortOrder", ["template_suffix"] = "templateSuffix",
        ["seo_title"] = "seo", ["seo_description"] = "seo", ["image_url"] = "image", ["image_alt"] = "image",
    };

    /// <summary>What Shopify has to know before it takes such an id.</summary>
    public static JsonObject Definition() => new()
    {
        ["name"] = "Id in the product dashboard", ["namespace"] = Namespace, ["key"] = Key, ["type"] = "id", ["ownerType"] = "COLLECTION",
    };

    /// <summary>A CollectionCreateInput. The id of our own is how a collection is found whose answer was lost.</summary>
    public static JsonObject Create(PushCollection collection, PushEntity created, IReadOnlyList<PushEntity> sources)
    {
        var input = new JsonObject();
        // What nobody filled in is Shopify's to choose: a handle from the title, no template.
        foreach (var (field, _, value) in created.Fields.Where(one => one.New is not null && (one.New.GetValueKind() != System.Text.Json.JsonValueKind.String || ((string)one.New!).Length > 0)))
            Set(input, field, value, created);
        input["sources"] = new JsonArray([.. sources.Select(source => (JsonNode)SourceInputs.Create((string?)source.Value("title") ?? "", (JsonObject)source.Value("definition")!))]);
        input["metafields"] = new JsonArray(new JsonObject { ["namespace"] = Namespace, ["key"] = Key, ["type"] = "id", ["value"] = $"{collection.CustomId:N}" });
        return input;
    }

    /// <summary>A CollectionUpdateInput of these fields.</summary>
    public static JsonObject Update(string gid, PushEntity collection, IEnumerable<PushedField> fields)
    {
        var input = new JsonObject { ["id"] = gid };
        foreach (var (field, _, value) in fields)
            Set(input, field, value, collection);
        if (input.ContainsKey("handle"))
            input["redirectNewHandle"] = collection.Row["redirect_new_handle"]?.DeepClone() ?? true;
        return input;
    }

    /// <summary>Which of the fields an error is about; none where it does not say.</summary>
    public static string[] FieldsOf(UserError error, IEnumerable<string> fields) =>
        [.. fields.Where(field => Names.TryGetValue(field, out var name) && error.Field.Contains(name)
            && (name != "seo" || !error.Field.Contains(field == "seo_title" ? "description" : "title")))];

    private static void Set(JsonObject input, string field, JsonNode? value, PushEntity collection)
    {
        switch (field)
        {
            case "seo_title" or "seo_description":
                Part("seo")[field == "seo_title" ? "title" : "description"] = Text(value);
                break;
            case "image_url" when value is null:
                input["image"] = null;
                break;
            case "image_url":
                Part("image")["src"] = value.DeepClone();
                // Another picture comes without a text of its own.
                if (!collection.Has("image_alt") && collection.Row["image_alt"] is { } alt)
                    Part("image")["altText"] = alt.DeepClone();
                break;
            case "image_alt" when collection.Value("image_url") is not null:
                Part("image")["altText"] = Text(value);
                break;
            case "description_html" or "template_suffix":
                input[Names[field]] = Text(value);
                break;
            case "title" or "handle" or "sort_order":
                input[Names[field]] = value?.DeepClone();
                break;
        }

        JsonObject Part(string name)
        {
            if (input[name] is not JsonObject part)
                input[name] = part = [];
            return part;
        }
    }

    private static JsonNode Text(JsonNode? value) => value?.DeepClone() ?? "";
}
