using System.Text.Json.Serialization;

namespace CowansDashboard.Shopify.Tokens;

/// <summary>Shopify's answer to a request for a token, granted or refused.</summary>
internal sealed record TokenGrant
{
    [JsonPropertyName("access_token")]
    public string? AccessToken { get; init; }

    [JsonPropertyName("scope")]
    public string? Scope { get; init; }

    [JsonPropertyName("expires_in")]
    public long? ExpiresIn { get; init; }

    [JsonPropertyName("error")]
    public string? Error { get; init; }

    [JsonPropertyName("error_description")]
    public string? ErrorDescription { get; init; }
}

[JsonSerializable(typeof(TokenGrant))]
internal sealed partial class TokenJson : JsonSerializerContext;
