using CowansDashboard.Shopify;

namespace CowansDashboard.Stores;

/// <summary>Credentials as a person typed them: a token, or client id and secret.</summary>
public sealed class TypedCredentials
{
    private TypedCredentials(ShopifyCredentials credentials) => Credentials = credentials;

    internal ShopifyCredentials Credentials { get; }

    public static TypedCredentials Token(string token) => new(new ShopifyCredentials.AccessToken(token.Trim()));

    public static TypedCredentials Client(string id, string secret) => new(new ShopifyCredentials.Client(id.Trim(), secret.Trim()));
}
