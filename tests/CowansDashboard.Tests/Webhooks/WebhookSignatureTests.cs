using System.Text;
using CowansDashboard.Webhooks;

namespace CowansDashboard.Tests.Webhooks;

public sealed class WebhookSignatureTests
{
    private static readonly byte[] Secret = SigningKeys.Bytes("hush");
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"id":788032119674292922,"title":"Ein Pulli 🧶"}""");

    [Fact]
    public void A_signature_is_base64_of_the_hash_of_the_bytes() =>
        // printf '{}' | openssl dgst -sha256 -hmac hush -binary | base64
        WebhookSignature.Of("{}"u8, Secret).ShouldBe("UFwgrGBPZilFtmKh8TqcovA78LGYb1BdWu9I4Q2oyRg=");

    [Fact]
    public void Every_altered_byte_is_refused()
    {
        var signature = WebhookSignature.Of(Body, Secret);
        WebhookSignature.Matches(signature, Body, [Secret]).ShouldBeTrue();

        for (var at = 0; at < Body.Length; at++)
            for (var bit = 0; bit < 8; bit++)
            {
                var altered = (byte[])Body.Clone();
                altered[at] ^= (byte)(1 << bit);
                WebhookSignature.Matches(signature, altered, [Secret]).ShouldBeFalse($"bit {bit} of byte {at}");
            }
        WebhookSignature.Matches(signature, Body.AsSpan(..^1), [Secret]).ShouldBeFalse();
        WebhookSignature.Matches(signature, [.. Body, 0], [Secret]).ShouldBeFalse();
    }

    [Fact]
    public void Every_altered_letter_of_the_signature_is_refused()
    {
        var signature = WebhookSignature.Of(Body, Secret);

        for (var at = 0; at < signature.Length; at++)
            foreach (var letter in "Aa0+/=-_ é")
                if (letter != signature[at])
                    WebhookSignature.Matches(signature[..at] + letter + signature[(at + 1)..], Body, [Secret]).ShouldBeFalse($"{letter} at {at}");
        foreach (var other in new[] { "", signature[..^1], signature + "=", " " + signature, new string('A', 44) })
            WebhookSignature.Matches(other, Body, [Secret]).ShouldBeFalse(other);
    }

    [Fact]
    public void While_a_secret_is_rotated_both_are_good()
    {
        var (before, after) = (SigningKeys.Bytes("before"), SigningKeys.Bytes("after"));

        WebhookSignature.Matches(WebhookSignature.Of(Body, before), Body, [after, before]).ShouldBeTrue();
        WebhookSignature.Matches(WebhookSignature.Of(Body, after), Body, [after, before]).ShouldBeTrue();
        WebhookSignature.Matches(WebhookSignature.Of(Body, before), Body, [after]).ShouldBeFalse();
        WebhookSignature.Matches(WebhookSignature.Of(Body, before), Body, []).ShouldBeFalse();
    }
}
