using System.Text.Json;

namespace CowansDashboard.Tests.Support;

/// <summary>The demo store's webhooks: what spoils them, what was sent, and what happens in the shop without the dashboard. See its README.</summary>
public sealed partial class DemoStore
{
    /// <summary>
    /// Sets switches, for example <c>Webhooks(new { drop = 1, @double = 5, shuffle = 1000, seed = 7 })</c>; <c>topics</c> limits them.
    /// Also retryScale, connectMs, totalMs, hold, delayMs, stockFiresProducts.
    /// </summary>
    public Task<JsonElement> Webhooks(object switches) => Control(HttpMethod.Post, "webhooks", switches);

    /// <summary>Every switch as at the start; what was held goes out.</summary>
    public Task ResetWebhooks() => Control(HttpMethod.Delete, "webhooks");

    /// <summary>Lets go what <c>hold</c> kept.</summary>
    public Task ReleaseWebhooks() => Control(HttpMethod.Post, "webhooks/release");

    /// <summary>Switches, subscriptions, what is open, and counts by topic.</summary>
    public Task<JsonElement> WebhookReport() => Control(HttpMethod.Get, "webhooks");

    /// <summary>Counts from now on.</summary>
    public Task ClearWebhookCounts() => Control(HttpMethod.Delete, "webhooks/counts");

    /// <summary>By topic the bare ids of what changed last without a delivery.</summary>
    public async Task<IReadOnlyDictionary<string, string[]>> MissedWebhooks() =>
        (await Control(HttpMethod.Get, "webhooks/missed")).Deserialize<Dictionary<string, string[]>>()!;

    /// <summary>Deliveries so far, without their bodies: id, eventId, topic, entity, outcome, attempts, status …</summary>
    public async Task<IReadOnlyList<JsonElement>> WebhookDeliveries(string? topic = null) =>
        [.. (await Control(HttpMethod.Get, topic is null ? "webhooks/deliveries" : $"webhooks/deliveries?topic={Uri.EscapeDataString(topic)}")).GetProperty("deliveries").EnumerateArray()];

    /// <summary>Waits until everything that was fired is delivered, lost or given up; what is held does not count.</summary>
    public async Task WebhooksAreOut()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (true)
        {
            var open = (await WebhookReport()).GetProperty("open");
            if (new[] { "ready", "delayed", "inFlight", "retrying" }.All(name => open.GetProperty(name).GetInt32() == 0))
                return;
            patience.Token.ThrowIfCancellationRequested();
            await Task.Delay(20, CancellationToken.None);
        }
    }

    /// <summary>Takes the subscriptions to a topic, as in a header, away without a word.</summary>
    public Task RemoveSubscription(string topic) => Control(HttpMethod.Post, "webhooks/remove-subscription", new { topic });

    /// <summary>Sends a body as it is, signed with the app's secret.</summary>
    public Task SendWebhook(string topic, string body, Uri? to = null, bool test = true) =>
        Control(HttpMethod.Post, "webhooks/send", to is null ? new { topic, body, test } : new { topic, body, test, uri = to.ToString() });

    /// <summary>A new client secret. With <paramref name="keepOld"/> old and new sign in turn.</summary>
    public Task RotateSecret(string secret, bool keepOld = true) => Control(HttpMethod.Post, "webhooks/secret", new { secret, keepOld });

    /// <summary>Customers order: the seed chooses what. Answers the orders' bare ids.</summary>
    public async Task<IReadOnlyList<string>> Order(int count = 1, int seed = 1, bool fireProducts = true) =>
        Ids(await Control(HttpMethod.Post, "orders", new { count, seed, fireProducts }));

    /// <summary>Cancels, refunds or fulfils an order.</summary>
    public Task ChangeOrder(string id, string action) => Control(HttpMethod.Post, "orders", new { id, action });

    /// <summary>Changes hand-picked members of a collection, from its own page or, without a webhook, from the product's.</summary>
    public Task ChangeMembers(string collectionId, string[] add, string[] remove, bool fromProduct = false) =>
        Control(HttpMethod.Post, "members", new { id = collectionId, add, remove, from = fromProduct ? "product" : "collection" });
}
