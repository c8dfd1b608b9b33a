using System.Globalization;
using System.Net;
using System.Text;
using CowansDashboard.Stores;
using Npgsql;

namespace CowansDashboard.Webhooks.Subscriptions;

/// <summary>What came of a test event.</summary>
public abstract record TestDelivery
{
    private TestDelivery() { }

    public abstract string Sentence { get; }

    /// <param name="DeliveryId">Ours.</param>
    /// <param name="Lag">From sending to kept.</param>
    public sealed record Heard(long DeliveryId, TimeSpan Lag) : TestDelivery
    {
        public override string Sentence => string.Create(CultureInfo.InvariantCulture, $"Test event heard in {Math.Max(0.1, Lag.TotalSeconds):0.0} s, signature right.");
    }

    public sealed record NotHeard(string Why) : TestDelivery
    {
        public override string Sentence => Why;
    }
}

/// <summary>The test event that was heard last.</summary>
public sealed record LastTest(DateTimeOffset HeardAt, DateTimeOffset? TriggeredAt);

/// <summary>
/// Posts a signed test event to the callback address, over the network and through the same door as Shopify's own: it shows whether
/// the address leads here and the signature is right. It changes nothing.
/// </summary>
public sealed class SendTestDelivery(NpgsqlDataSource database, ReadCallbackAddress addresses, WebhookSecrets secrets, ListStores stores, ShopifyHttp http, TimeProvider clock)
{
    public const string Topic = "products/update";

    // Shopify's own limit for the whole request.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task<TestDelivery> Send(long storeId, CancellationToken cancel)
    {
        if (await addresses.Read(cancel) is not { } address)
            return new TestDelivery.NotHeard($"The dashboard’s public address is not set. {CallbackAddress.Right}");
        if ((await stores.List(cancel)).FirstOrDefault(each => each.Id == storeId) is not { } store)
            return new TestDelivery.NotHeard("This shop is not connected any more.");
        var body = Encoding.UTF8.GetBytes("""{"id":788032119674292922,"title":"Example T-Shirt","vendor":"Acme","updated_at":null}""");
        if ((await secrets.OfStore(storeId, cancel))?.Sign(body) is not { } signature)
            return new TestDelivery.NotHeard("The secret with which this shop signs is not known. An administrator enters it in Settings, under Webhooks.");

        var id = Guid.NewGuid().ToString();
        using var request = new HttpRequestMessage(HttpMethod.Post, address.Callback) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("X-Shopify-Topic", Topic);
        request.Headers.Add("X-Shopify-Hmac-Sha256", signature);
        request.Headers.Add("X-Shopify-Shop-Domain", store.Shop);
        request.Headers.Add("X-Shopify-API-Version", store.ApiVersion);
        request.Headers.Add("X-Shopify-Webhook-Id", id);
        request.Headers.Add("X-Shopify-Event-Id", id);
        request.Headers.Add("X-Shopify-Triggered-At", clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture));
        request.Headers.Add("X-Shopify-Test", "true");
        var started = clock.GetTimestamp();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            using var answer = await http.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            var lag = clock.GetElapsedTime(started);
            if (answer.StatusCode is not HttpStatusCode.OK)
                return new TestDelivery.NotHeard(Refused(address, answer.StatusCode));
            return await Kept(storeId, id, cancel) is { } delivery
                ? new TestDelivery.Heard(delivery, lag)
                : new TestDelivery.NotHeard($"{address.Callback} answered 200, but the event did not come here: another program, or another dashboard, answers there.");
        }
        catch (HttpRequestException failure)
        {
            return new TestDelivery.NotHeard($"{address.Callback} could not be reached: {failure.Message.TrimEnd('.')}. Shopify would not reach it either.");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new TestDelivery.NotHeard($"{address.Callback} did not answer within {Patience.TotalSeconds:0} seconds, which is as long as Shopify waits.");
        }
    }

    /// <summary>The last test event that was heard since a moment; null when none was.</summary>
    public async Task<LastTest?> Last(long storeId, DateTimeOffset since, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select heard_at, triggered_at from webhook_deliveries where store_id = $1 and topic = $2 and heard_at >= $3 and is_test order by heard_at desc limit 1
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = Topic });
        command.Parameters.Add(new() { Value = since.UtcDateTime });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? new(reader.GetFieldValue<DateTimeOffset>(0), reader.IsDBNull(1) ? null : reader.GetFieldValue<DateTimeOffset>(1)) : null;
    }

    private async Task<long?> Kept(long storeId, string id, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select id from webhook_deliveries where store_id = $1 and webhook_id = $2");
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = id });
        return await command.ExecuteScalarAsync(cancel) as long?;
    }

    private static string Refused(CallbackAddress address, HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => $"{address.Callback} refused the signature (401). If another dashboard answers there, it has another secret.",
        HttpStatusCode.NotFound => $"{address.Callback} answered 404: the dashboard that answers there does not know this shop, or a proxy does not lead to it.",
        >= (HttpStatusCode)300 and < (HttpStatusCode)400 => $"{address.Callback} answered with a redirect ({(int)status}). Shopify follows none: give the address where the dashboard itself answers.",
        _ => string.Create(CultureInfo.InvariantCulture, $"{address.Callback} answered with status {(int)status} instead of 200."),
    };
}
