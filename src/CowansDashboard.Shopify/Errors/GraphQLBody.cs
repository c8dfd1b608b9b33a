using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CowansDashboard.Shopify.Throttling;

namespace CowansDashboard.Shopify.Errors;

/// <summary>A GraphQL answer's three parts, read in one pass over its bytes.</summary>
internal sealed record GraphQLBody<T>(T? Data, IReadOnlyList<GraphQLError> Errors, QueryCost? Cost)
{
    /// <exception cref="JsonException">These are not the bytes of a GraphQL answer.</exception>
    public static GraphQLBody<T> Read(ReadOnlySpan<byte> json, JsonTypeInfo<T> reading)
    {
        T? data = default;
        IReadOnlyList<GraphQLError> errors = [];
        QueryCost? cost = null;
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("A GraphQL answer is an object.");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("data"u8))
            {
                reader.Read();
                data = reader.TokenType == JsonTokenType.Null ? default : JsonSerializer.Deserialize(ref reader, reading);
            }
            else if (reader.ValueTextEquals("errors"u8))
            {
                reader.Read();
                errors = ReadErrors(ref reader);
            }
            else if (reader.ValueTextEquals("extensions"u8))
            {
                reader.Read();
                cost = ReadCost(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return new GraphQLBody<T>(data, errors, cost);
    }

    // Outside GraphQL, Shopify also writes {"errors":"text"} and {"errors":{"field":"text"}}.
    private static GraphQLError[] ReadErrors(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            return JsonSerializer.Deserialize(ref reader, ShopifyJson.Default.GraphQLErrorArray) ?? [];
        }

        if (reader.TokenType == JsonTokenType.Null)
        {
            return [];
        }

        using var other = JsonDocument.ParseValue(ref reader);
        return [new GraphQLError { Message = other.RootElement.ToString() }];
    }

    private static QueryCost? ReadCost(ref Utf8JsonReader reader)
    {
        QueryCost? cost = null;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isCost = reader.ValueTextEquals("cost"u8);
            reader.Read();
            if (isCost)
            {
                cost = JsonSerializer.Deserialize(ref reader, ShopifyJson.Default.QueryCost);
            }
            else
            {
                reader.Skip();
            }
        }

        return cost;
    }
}
