using System.Text.Json;
using CowansDashboard.Shopify.Errors;

namespace CowansDashboard.Shopify.Bulk;

/// <summary>One line of a bulk mutation's result: which line of the file it answers, and what Shopify did with it.</summary>
/// <param name="Number">The line of the uploaded file, counted from zero; null where Shopify does not say. Results come in any order.</param>
/// <param name="Data">The answer's data; null when the line failed as a whole.</param>
/// <param name="Errors">Why the line failed as a whole.</param>
public sealed record BulkMutationLine(int? Number, JsonElement? Data, IReadOnlyList<GraphQLError> Errors)
{
    /// <summary>Reads a line.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static BulkMutationLine Read(ReadOnlyMemory<byte> line)
    {
        // Cloned: the line's memory is the reader's and is overwritten by the next one.
        using var parsed = JsonDocument.Parse(line);
        var root = parsed.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("A line of a bulk mutation's result is an object.");
        }

        var at = root.TryGetProperty("__lineNumber", out var number) && number.TryGetInt32(out var told) ? told : (int?)null;
        var data = root.TryGetProperty("data", out var answered) && answered.ValueKind == JsonValueKind.Object ? answered.Clone() : (JsonElement?)null;
        var errors = root.TryGetProperty("errors", out var failed) && failed.ValueKind == JsonValueKind.Array
            ? failed.Deserialize(ShopifyJson.Default.GraphQLErrorArray) ?? []
            : [];
        return new BulkMutationLine(at, data, errors);
    }
}
