using System.Net.Http.Json;
using System.Text.Json;
using CowansDashboard.Stores;
using CowansDashboard.Tests.Support;
using CowansDashboard.Tests.Sync;
using CowansDashboard.Web.Webhooks;
using CowansDashboard.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CowansDashboard.Tests.Webhooks;

/// <summary>A pulled shop that posts what happens in it, over HTTP and signed, to a node that listens.</summary>
public sealed class HearingShop : IAsyncLifetime
{
    private static readonly string[] Topics =
    [
        "PRODUCTS_CREATE", "PRODUCTS_UPDATE", "PRODUCTS_DELETE", "COLLECTIONS_CREATE", "COLLECTIONS_UPDATE", "COLLECTIONS_DELETE", "INVENTORY_LEVELS_CONNECT",
        "INVENTORY_LEVELS_UPDATE", "INVENTORY_LEVELS_DISCONNECT", "INVENTORY_ITEMS_UPDATE", "LOCATIONS_UPDATE", "ORDERS_CREATE", "BULK_OPERATIONS_FINISH",
    ];

    private PullHost? _host;
    private WebApplication? _door;

    public TestDatabase Database { get; } = new();

    public DemoStore Demo { get; private set; } = null!;

    internal PullHost Host => _host!;

    public long Store { get; private set; }

    public Uri Address { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Database.InitializeAsync();
        Demo = await DemoStore.Start(products: 120);
        _host = await Node("one");
        Store = await Host.Connect(Database, Demo);
        (await Host.Get<WebhookSecrets>().Type(Store, DemoStore.ClientSecret, default)).ShouldBeNull();
        await Host.Pull(Store);
        await OpenDoor();
        await Subscribe();
    }

    /// <summary>A node that handles what the first one hears.</summary>
    internal Task<PullHost> Node(string name) => PullHost.Start(Database, Demo, node: name, more: services =>
    {
        services.AddWebhooks();
        services.PostConfigure<WebhookOptions>(options => (options.GatherFor, options.RetryAfter, options.AnswerWithin) = (TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(2)));
    });

    /// <summary>Waits until everything that happened was heard, handled, and what it led to was read again.</summary>
    public async Task IsQuiet()
    {
        await Demo.WebhooksAreOut();
        await Patience.Until(() => Database.Scalar<long>("""
            select (select count(*) from webhook_deliveries where state = 'queued') + (select count(*) from webhook_replays where state = 'queued') + (select count(*) from webhook_rereads)
            """), left => left == 0, left => $"{left} are left");
    }

    /// <summary>How many deliveries came to this end, of those about a thing or of all.</summary>
    public Task<long> Count(string where, params object[] parameters) => Database.Scalar<long>($"select count(*) from webhook_deliveries where {where}", parameters);

    /// <summary>Posts a body of our own, signed as the shop signs.</summary>
    public async Task Post(string topic, string id, string body)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, Address) { Content = new StringContent(body, null, "application/json") };
        request.Headers.Add("X-Shopify-Topic", topic);
        request.Headers.Add("X-Shopify-Webhook-Id", id);
        request.Headers.Add("X-Shopify-Shop-Domain", Demo.Shop);
        request.Headers.Add("X-Shopify-Hmac-Sha256", WebhookSignature.Of(System.Text.Encoding.UTF8.GetBytes(body), SigningKeys.Bytes(DemoStore.ClientSecret)));
        using var answer = await http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    public async Task DisposeAsync()
    {
        await _door!.DisposeAsync();
        await Host.DisposeAsync();
        await Demo.DisposeAsync();
        await Database.DisposeAsync();
    }

    // The program's own door on a real port, before the services of the node.
    private async Task OpenDoor()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(Host.Get<WebhookSecrets>());
        builder.Services.AddSingleton(Host.Get<ReceiveDelivery>());
        builder.Services.AddSingleton(Host.Get<WebhookOptions>());
        _door = builder.Build();
        _door.MapWebhookDoor();
        await _door.StartAsync();
        Address = new Uri(new Uri(_door.Urls.Single()), WebhookDoor.Path);
    }

    private async Task Subscribe()
    {
        using var http = new HttpClient { DefaultRequestHeaders = { { "X-Shopify-Access-Token", DemoStore.Token } } };
        foreach (var topic in Topics)
        {
            const string Query = "mutation($t: WebhookSubscriptionTopic!, $u: String!) { webhookSubscriptionCreate(topic: $t, webhookSubscription: {uri: $u}) { userErrors { message } webhookSubscription { id } } }";
            using var answer = await http.PostAsJsonAsync(new Uri(Demo.BaseUrl, "/admin/api/2026-10/graphql.json"), new { query = Query, variables = new { t = topic, u = Address.ToString() } });
            var said = await answer.Content.ReadFromJsonAsync<JsonElement>();
            said.GetProperty("data").GetProperty("webhookSubscriptionCreate").GetProperty("userErrors").GetArrayLength().ShouldBe(0, $"{topic}: {said}");
        }
    }
}
