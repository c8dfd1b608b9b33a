using System.Security.Cryptography;
using System.Text;

namespace CowansDashboard.Webhooks;

/// <summary>How Shopify signs: base64 of HMAC-SHA256 over the bytes of the body, with the app's client secret.</summary>
public static class WebhookSignature
{
    /// <summary>Letters of a signature in base64.</summary>
    public const int Length = 44;

    public static string Of(ReadOnlySpan<byte> body, ReadOnlySpan<byte> secret) => Convert.ToBase64String(HMACSHA256.HashData(secret, body));

    /// <summary>Whether one of the secrets made the signature. Takes as long for a wrong one as for a right one.</summary>
    public static bool Matches(string signature, ReadOnlySpan<byte> body, IReadOnlyList<byte[]> secrets)
    {
        // Letter for letter: a second spelling of the same bytes is not what Shopify sent.
        Span<byte> given = stackalloc byte[Length];
        if (signature.Length != Length || Encoding.ASCII.GetBytes(signature, given) != Length)
            return false;
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> right = stackalloc byte[Length];
        var matches = false;
        foreach (var secret in secrets)
        {
            HMACSHA256.HashData(secret, body, hash);
            System.Buffers.Text.Base64.EncodeToUtf8(hash, right, out _, out _);
            matches |= CryptographicOperations.FixedTimeEquals(given, right);
        }
        return matches;
    }
}
