using System.Text.Json;
using System.Text.Json.Nodes;

namespace CowansDashboard.Catalog.Categories;

/// <summary>What a category may be called, hold and point to.</summary>
internal static class CategoryChecks
{
    private const int LongestName = 255;
    private const int MostAttributes = 100;
    private const int MostValues = 1_000;

    public static CategoryOutcome.Refused TooDeep => new("parentId", $"A tree has at most {CategoryPath.MostLevels} levels.");

    public static CategoryOutcome.Refused? Name(string name) => name.Length switch
    {
        0 => new("name", "A category needs a name."),
        > LongestName => new("name", $"The name has {name.Length} characters; at most {LongestName} are possible."),
        _ when name.Any(char.IsControl) => new("name", "The name holds a line break or a control character."),
        _ => null,
    };

    public static CategoryOutcome.Refused? Attributes(JsonObject? attributes)
    {
        if (attributes is null)
            return null;
        if (attributes.Count > MostAttributes)
            return new("attributes", $"A category has at most {MostAttributes} attributes.");
        foreach (var (name, values) in attributes)
        {
            if (name.Trim().Length is 0 or > LongestName)
                return new("attributes", "An attribute needs a name of at most 255 characters.");
            if (name.Trim() != name || name.Any(char.IsControl))
                return new("attributes", "The name of an attribute begins or ends with a space, or holds a control character.");
            if (values is not null && (values is not JsonArray { Count: <= MostValues } list || list.Any(each => each?.GetValueKind() is not JsonValueKind.String)))
                return new("attributes", $"“{name}” takes a list of texts, an empty list for free text, or null where an inherited one does not count.");
            // The page writes them in one line, with commas between them.
            if (values is JsonArray texts && texts.Select(each => each!.GetValue<string>()).FirstOrDefault(text => text.Trim().Length == 0 || text.Trim() != text || text.Contains(',') || text.Any(char.IsControl)) is { } unfit)
                return new("attributes", $"“{unfit}” is no value of “{name}”: one is not empty, neither begins nor ends with a space, and holds no comma and no control character.");
        }
        return null;
    }

    public static async Task<CategoryOutcome.Refused?> Unfit(TreeInHand tree, long? parentId, string name, long except, CancellationToken cancel) =>
        await tree.IsTaken(parentId, name, except, cancel) ? new("name", $"There is a category “{name}” at this place already.") : null;

    public static async Task<CategoryOutcome.Refused?> Taxonomy(TreeInHand tree, string? id, CancellationToken cancel)
    {
        if (string.IsNullOrEmpty(id))
            return null;
        await using var command = tree.Command("select is_archived from taxonomy_categories where id = $1", id);
        return await command.ExecuteScalarAsync(cancel) switch
        {
            null => new("taxonomyId", $"The copy knows no category {id} of Shopify’s taxonomy. Import the taxonomy first, or take another one."),
            true => new("taxonomyId", $"Shopify has archived category {id}: take another one."),
            _ => null,
        };
    }
}
