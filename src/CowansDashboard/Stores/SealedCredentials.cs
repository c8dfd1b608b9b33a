using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using CowansDashboard.Shopify;
using Microsoft.AspNetCore.DataProtection;

namespace CowansDashboard.Stores;

/// <summary>Closes and opens what proves to Shopify who is calling. A ciphertext opens only for the shop it was made for.</summary>
public sealed partial class SealedCredentials(IDataProtectionProvider protection)
{
    public byte[] Seal(string shop, ShopifyCredentials credentials)
    {
        var plain = credentials switch
        {
            ShopifyCredentials.AccessToken token => new Plain(token.Token, null, null),
            ShopifyCredentials.Client client => new Plain(null, client.Id, client.Secret),
            _ => throw new ArgumentOutOfRangeException(nameof(credentials)),
        };
        return Protector(shop).Protect(JsonSerializer.SerializeToUtf8Bytes(plain, PlainJson.Default.Plain));
    }

    /// <summary>Null when the ciphertext cannot be opened: made with other keys, or for another shop.</summary>
    public ShopifyCredentials? Open(string shop, byte[] ciphertext)
    {
        try
        {
            return JsonSerializer.Deserialize(Protector(shop).Unprotect(ciphertext), PlainJson.Default.Plain) switch
            {
                { Token: { } token } => new ShopifyCredentials.AccessToken(token),
                { ClientId: { } id, ClientSecret: { } secret } => new ShopifyCredentials.Client(id, secret),
                _ => null,
            };
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>With what a shop signs what it posts; opens under no other purpose.</summary>
    public byte[] SealSecret(string shop, string secret) => SecretProtector(shop).Protect(Encoding.UTF8.GetBytes(secret));

    /// <summary>Null when the ciphertext cannot be opened.</summary>
    public string? OpenSecret(string shop, byte[] ciphertext)
    {
        try
        {
            return Encoding.UTF8.GetString(SecretProtector(shop).Unprotect(ciphertext));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public static string KindOf(ShopifyCredentials credentials) => credentials is ShopifyCredentials.AccessToken ? "token" : "client";

    private IDataProtector Protector(string shop) => protection.CreateProtector("stores.credentials", "v1", shop);

    private IDataProtector SecretProtector(string shop) => protection.CreateProtector("stores.webhook-secret", "v1", shop);

    private sealed record Plain(string? Token, string? ClientId, string? ClientSecret)
    {
        // The text of a record shows its values; these must never reach a log.
        private bool PrintMembers(StringBuilder builder) => false;
    }

    [JsonSerializable(typeof(Plain))]
    private sealed partial class PlainJson : JsonSerializerContext;
}
