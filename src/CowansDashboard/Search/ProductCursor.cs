using System.Buffers.Text;
using System.Text.Json;

namespace CowansDashboard.Search;

/// <summary>
/// A place between two rows: the group, the sort value and the id of the row beside it. Paging from it costs the
/// same at any depth, and rows that come or go elsewhere neither repeat nor hide others.
/// </summary>
public sealed record ProductCursor(int Group, string? Value, long Id)
{
    public string Text => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(new object?[] { Group, Value, Id.ToString(System.Globalization.CultureInfo.InvariantCulture) }));

    public static ProductCursor? Read(string? text)
    {
        if (string.IsNullOrEmpty(text) || !Base64Url.IsValid(text))
            return null;
        try
        {
            using var parts = JsonDocument.Parse(Base64Url.DecodeFromChars(text));
            var root = parts.RootElement;
            return root.ValueKind == JsonValueKind.Array && root.GetArrayLength() == 3 && root[0].TryGetInt32(out var group)
                && root[1].ValueKind is JsonValueKind.String or JsonValueKind.Null && long.TryParse(root[2].GetString(), out var id)
                ? new(group, root[1].GetString(), id)
                : null;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
