using System.Text;

namespace CowansDashboard.Webhooks;

/// <summary>The secrets with which a shop's deliveries may be signed, the current one first.</summary>
public sealed class SigningKeys(long storeId, IReadOnlyList<byte[]> secrets)
{
    public long StoreId => storeId;

    /// <summary>The shop was removed here: of it only the demands of privacy laws are still heard, which come two days later.</summary>
    public bool IsOfRemoved { get; init; }

    public bool Fits(string signature, ReadOnlySpan<byte> body) => WebhookSignature.Matches(signature, body, secrets);

    /// <summary>As Shopify would sign it; null while no secret is known.</summary>
    public string? Sign(ReadOnlySpan<byte> body) => secrets is [var current, ..] ? WebhookSignature.Of(body, current) : null;

    public static byte[] Bytes(string secret) => Encoding.UTF8.GetBytes(secret);
}
