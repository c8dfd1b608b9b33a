using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CowansDashboard.Stores;
using CowansDashboard.Webhooks;
using Microsoft.Net.Http.Headers;
using Npgsql;

namespace CowansDashboard.Web.Webhooks;

/// <summary>
/// Where Shopify posts. The bytes are checked against the shop's secret and kept; everything else happens later. It answers
/// 200 when the delivery is kept, 401 without a signature of the shop's, 404 for a shop that is not connected, 413 and 415 for
/// what is no webhook, and 503 while the database cannot keep it: then Shopify comes again.
/// </summary>
public static class WebhookDoor
{
    public const string Path = "/webhooks/shopify";

    private const int LongestHeader = 200;

    // Reached before anybody is asked who they are and how often they come: the signature is the only key.
    public static WebApplication MapWebhookDoor(this WebApplication app)
    {
        app.MapPost(Path, Hear).AllowAnonymous().ExcludeFromDescription().ShortCircuit();
        return app;
    }

    private static async Task Hear(HttpContext context)
    {
        var services = context.RequestServices;
        context.Response.StatusCode = await Hear(context.Request, services.GetRequiredService<WebhookSecrets>(), services.GetRequiredService<ReceiveDelivery>(),
            services.GetRequiredService<WebhookOptions>(), context.RequestAborted);
    }

    private static async Task<int> Hear(HttpRequest request, WebhookSecrets secrets, ReceiveDelivery receive, WebhookOptions options, CancellationToken cancel)
    {
        if (Header(request, "X-Shopify-Hmac-Sha256") is not { } signature)
            return StatusCodes.Status401Unauthorized;
        if (Header(request, "X-Shopify-Shop-Domain") is not { } shop || !ShopDomain.TryParse(shop, out shop))
            return StatusCodes.Status404NotFound;
        try
        {
            if (await secrets.Of(shop, cancel) is not { } keys || (keys.IsOfRemoved && !IsCompliance(request)))
                return StatusCodes.Status404NotFound;
            if (!IsJson(request.ContentType))
                return StatusCodes.Status415UnsupportedMediaType;
            if (await Body(request, options.LongestBody, cancel) is not { } body)
                return StatusCodes.Status413PayloadTooLarge;
            if (!keys.Fits(signature, body))
            {
                keys = await secrets.Anew(shop, cancel);
                if (keys is null || !keys.Fits(signature, body))
                    return StatusCodes.Status401Unauthorized;
                if (keys.IsOfRemoved && !IsCompliance(request))
                    return StatusCodes.Status404NotFound;
            }
            return await receive.Receive(Delivery(request, keys.StoreId, body), cancel) ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        }
        catch (NpgsqlException)
        {
            return StatusCodes.Status503ServiceUnavailable;
        }
        catch (BadHttpRequestException bad)
        {
            return bad.StatusCode;
        }
    }

    /// <summary>All bytes of the body; null when there are more than are taken.</summary>
    private static async Task<byte[]?> Body(HttpRequest request, int longest, CancellationToken cancel)
    {
        // A stranger may announce any length: room is made for what has come.
        if (request.ContentLength > longest)
            return null;
        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        for (int read; (read = await request.Body.ReadAsync(chunk, cancel)) > 0;)
        {
            if (buffer.Length + read > longest)
                return null;
            buffer.Write(chunk, 0, read);
        }
        return buffer.ToArray();
    }

    private static Delivery Delivery(HttpRequest request, long storeId, byte[] body)
    {
        var topic = Header(request, "X-Shopify-Topic") ?? "";
        return new Delivery(storeId, Header(request, "X-Shopify-Webhook-Id") ?? OwnId(topic, body), topic, body)
        {
            EventId = Header(request, "X-Shopify-Event-Id"),
            TriggeredAt = DateTimeOffset.TryParse(Header(request, "X-Shopify-Triggered-At"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null,
            ApiVersion = Header(request, "X-Shopify-API-Version"),
            IsTest = string.Equals(Header(request, "X-Shopify-Test"), "true", StringComparison.OrdinalIgnoreCase),
        };
    }

    // Without an id the same words count as the same delivery.
    private static string OwnId(string topic, byte[] body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(topic));
        hash.AppendData([0]);
        hash.AppendData(body);
        return $"none-{Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }

    // What PostgreSQL could not keep as text is no header that Shopify sends.
    private static string? Header(HttpRequest request, string name) =>
        request.Headers.TryGetValue(name, out var values) && values is [{ Length: > 0 and <= LongestHeader } value] && !value.Any(char.IsControl) ? value : null;

    private static bool IsCompliance(HttpRequest request) => WebhookTopic.Of(Header(request, "X-Shopify-Topic") ?? "") is { IsCompliance: true };

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase));
}
