using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.History;

namespace CowansDashboard.Collections;

/// <summary>Makes a collection with what another one has: its fields, picture and sources. It is published nowhere, and Shopify makes its handle of the title.</summary>
public sealed class DuplicateCollection(ReadCollection read, CreateCollection creating)
{
    private static readonly string[] OfCondition = ["inclusion", "exclusion"];

    /// <returns>Null when the store has no such collection.</returns>
    public async Task<SaveOutcome?> Duplicate(ChangeSetHead head, long collectionId, string? title, CancellationToken cancel)
    {
        if (await read.Read(head.StoreId, collectionId, cancel) is not { DeletedAt: null } found)
            return null;
        var fields = new JsonObject
        {
            ["title"] = string.IsNullOrWhiteSpace(title) ? Copied(found.Row.Title) : title.Trim(),
            ["description_html"] = found.DescriptionHtml,
            ["sort_order"] = found.Row.SortOrder,
            ["template_suffix"] = found.TemplateSuffix,
            ["seo_title"] = found.SeoTitle,
            ["seo_description"] = found.SeoDescription,
            ["image_url"] = found.Row.ImageUrl,
            ["image_alt"] = found.ImageAlt,
        };
        return await creating.Create(head with { Kind = ChangeSetKind.Duplicate }, new NewCollection(fields)
        {
            Sources = [.. found.Sources.Where(source => source.Type is SourceChecks.ByConditions or SourceChecks.OfCollections)
                .Select(source => (source.Title.Length == 0 ? "Products" : source.Title, (WantedSource)new WantedSource.Defined(WithoutIds(source.Definition))))],
        }, cancel);
    }

    private static string Copied(string title) => $"Copy of {(title.Length > 247 ? title[..247] : title)}";

    // Shopify gives a new source and its conditions ids of their own.
    private static JsonObject WithoutIds(JsonElement definition)
    {
        var copy = (JsonObject)JsonSerializer.SerializeToNode(definition)!;
        copy.Remove("id");
        foreach (var side in OfCondition)
            if (copy[side]?["conditions"] is JsonArray conditions)
                foreach (var condition in conditions.OfType<JsonObject>())
                    condition.Remove("id");
        return copy;
    }
}
