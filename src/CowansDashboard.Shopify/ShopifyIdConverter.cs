using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CowansDashboard.Shopify;

/// <summary>Reads and writes a <see cref="ShopifyId"/> as its gid; a null reads as the default value, a text id is refused.</summary>
internal sealed class ShopifyIdConverter : JsonConverter<ShopifyId>
{
    public override bool HandleNull => true;

    public override ShopifyId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return default;
        }

        if (reader.TokenType != JsonTokenType.String)
        {
            throw new JsonException("A Shopify id is a string.");
        }

        var bytes = reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan;
        var parsed = reader.ValueIsEscaped
            ? ShopifyId.TryParse(reader.GetString(), out var id)
            : ShopifyId.TryParse(bytes, out id);
        return parsed ? id : throw new JsonException($"'{reader.GetString()}' is no Shopify id.");
    }

    public override void Write(Utf8JsonWriter writer, ShopifyId value, JsonSerializerOptions options)
    {
        if (value.IsNone)
        {
            writer.WriteNullValue();
        }
        else
        {
            writer.WriteStringValue(value.ToString());
        }
    }
}
