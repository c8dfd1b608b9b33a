using System.Text;
using System.Text.Json;

namespace CowansDashboard.Tests.Webhooks;

/// <summary>A delivery as Shopify sent it.</summary>
internal sealed record Captured(string Topic, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    private static readonly string Folder = Path.Combine(Architecture.Repository.Root, "tests", "CowansDashboard.Tests", "Webhooks", "captured");

    public static IEnumerable<Captured> All => Directory.GetFiles(Folder, "*.json").Order(StringComparer.Ordinal).Select(file => Read(Path.GetFileNameWithoutExtension(file)));

    public static Captured Read(string name)
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, name + ".json")));
        var headers = file.RootElement.GetProperty("headers").EnumerateObject().ToDictionary(header => header.Name, header => header.Value.GetString()!);
        // As compact as Shopify writes it.
        return new(headers["x-shopify-topic"], headers, Encoding.UTF8.GetBytes(JsonSerializer.Serialize(file.RootElement.GetProperty("body"))));
    }
}
