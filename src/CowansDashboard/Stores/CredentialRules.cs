using CowansDashboard.Shopify;

namespace CowansDashboard.Stores;

/// <summary>What typed credentials must look like. Messages never repeat them.</summary>
public static class CredentialRules
{
    public static StoreChange.Refused? Refusal(ShopifyCredentials credentials) => credentials switch
    {
        ShopifyCredentials.AccessToken { Token: var token } => Word(token) is { } wrong
            ? new("AccessToken", $"The access token {wrong} Copy it from Shopify: it begins with shpat_.")
            : null,
        ShopifyCredentials.Client client => Word(client.Id) is { } wrongId
            ? new("ClientId", $"The client ID {wrongId} It stands in the Dev Dashboard under the app's settings.")
            : Word(client.Secret) is { } wrongSecret
                ? new("ClientSecret", $"The client secret {wrongSecret} It stands in the Dev Dashboard beside the client ID.")
                : null,
        _ => null,
    };

    // A header value: no spaces, no line breaks, nothing outside ASCII.
    private static string? Word(string text) =>
        text.Length == 0 ? "is missing."
        : text.Length > 500 ? "is longer than any that Shopify gives."
        : text.Any(letter => letter is <= ' ' or > '~') ? "holds a space or another character that none has."
        : null;
}
