using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CowansDashboard.Tests.Sync.AnyOrder;

/// <summary>A field on both sides: how it is called here and in the shop, and which values it takes.</summary>
internal sealed record WatchedField(string Entity, string Table, long Id, string Name, long ProductId, string Kind, string State, string ShopId, string ShopName)
{
    private static int _values;

    public bool IsSet => Name == "tags";

    public override string ToString() => $"{Name} of {Entity} {Id}";

    /// <summary>Another value: a third of them come again and again, the others never did before.</summary>
    public JsonNode Another(JsonNode? now, int choice)
    {
        var again = choice % 3 == 0;
        var number = again ? choice % 4 : 100 + Interlocked.Increment(ref _values);
        switch (Name)
        {
            case "tags":
                var tags = Elements(now).ToHashSet();
                // Of those that are there one goes, else one comes.
                if (choice % 5 > 2 && tags.Count > 1)
                    tags.Remove(tags.Order(StringComparer.Ordinal).ElementAt(choice % tags.Count));
                else if (!tags.Remove($"tag {number}"))
                    tags.Add($"tag {number}");
                return new JsonArray([.. tags.Order(StringComparer.Ordinal).Select(tag => (JsonNode)tag)]);
            case "price":
                return JsonValue.Create(again ? number + 1 : number + 0.25m);
            case "available":
                return JsonValue.Create(number);
            default:
                return JsonValue.Create(again ? $"{Name} {"abcd"[number]}" : $"{Name} #{number} ü☃");
        }
    }

    /// <summary>A value of the shop's own state, as this side writes it.</summary>
    public JsonNode? FromShop(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.Array => new JsonArray([.. value.EnumerateArray().Select(tag => tag.GetString()!).Order(StringComparer.Ordinal).Select(tag => (JsonNode)tag)]),
        JsonValueKind.Number => JsonValue.Create(value.GetDecimal()),
        _ when Name == "price" => JsonValue.Create(decimal.Parse(value.GetString()!, CultureInfo.InvariantCulture)),
        _ => JsonValue.Create(value.GetString()),
    };

    public object ToShop(JsonNode value) => Name == "price" ? value.GetValue<decimal>().ToString("0.00", CultureInfo.InvariantCulture) : value;

    public static IEnumerable<string> Elements(JsonNode? array) => array is JsonArray elements ? elements.Select(element => element!.GetValue<string>()) : [];

    /// <summary>Values that are the same have the same text.</summary>
    public static string Text(JsonNode? value) => value switch
    {
        null => "∅",
        JsonArray set => string.Join(" | ", Elements(set).Order(StringComparer.Ordinal)),
        JsonValue number when number.GetValueKind() == JsonValueKind.Number => decimal.Parse(number.ToJsonString(), CultureInfo.InvariantCulture).ToString("0.####", CultureInfo.InvariantCulture),
        _ => value.GetValue<string>(),
    };
}
