using System.Net.Http.Headers;
using CowansDashboard.Stores;
using CowansDashboard.Tests.Support;
using CowansDashboard.Webhooks;

namespace CowansDashboard.Tests.Webhooks;

/// <summary>The whole program with a shop whose deliveries are kept and not handled.</summary>
public sealed class DoorApp : IAsyncLifetime
{
    public const string Shop = "posting-shop.myshopify.com";
    public const string Secret = "shpss_first";

    private WebApp? _app;

    public WebApp App => _app!;

    public long Store { get; private set; }

    public async Task InitializeAsync()
    {
        _app = await WebApp.Start(("Webhooks:Handle", "false"), ("Webhooks:AnswerWithin", "00:02:00"));
        Store = (await App.Get<AddStore>().Add(new NewStore(Shop, TypedCredentials.Client("client", Secret)), default)).ShouldBeOfType<StoreChange.Done>().Store.Id;
    }

    public Task DisposeAsync() => App.DisposeAsync();

    public Task<HttpResponseMessage> Post(byte[] body, string id, string topic = "products/update", string secret = Secret, string shop = Shop) =>
        Post(body, [("X-Shopify-Topic", topic), ("X-Shopify-Webhook-Id", id), ("X-Shopify-Shop-Domain", shop), ("X-Shopify-Hmac-Sha256", WebhookSignature.Of(body, SigningKeys.Bytes(secret)))]);

    public async Task<HttpResponseMessage> Post(byte[] body, (string Name, string Value)[] headers, string type = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/shopify") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var stranger = App.Stranger();
        return await stranger.SendAsync(request);
    }

    public Task<long> Count(string where, params object[] parameters) => App.Database.Scalar<long>($"select count(*) from webhook_deliveries where {where}", parameters);
}
