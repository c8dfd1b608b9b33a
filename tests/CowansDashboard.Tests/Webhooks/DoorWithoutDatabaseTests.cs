using System.Net;
using CowansDashboard.Data;
using CowansDashboard.Tests.Runs;
using CowansDashboard.Tests.Support;
using CowansDashboard.Tests.Sync;
using CowansDashboard.Web.Webhooks;
using CowansDashboard.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CowansDashboard.Tests.Webhooks;

/// <summary>PostgreSQL goes away and comes back, as when it is restarted or another server takes over, while Shopify posts.</summary>
[Trait("Category", "Integration")]
public sealed class DoorWithoutDatabaseTests
{
    private const string Shop = "posting-shop.myshopify.com";
    private const string Secret = "shpss_first";
    private static readonly byte[] Body = """{"id":1}"""u8.ToArray();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_comes_while_PostgreSQL_is_away_is_sent_back_comes_again_and_is_kept_and_handled_once(bool anotherTakesOver)
    {
        await using var server = OwnPostgres.Start();
        await using var standby = anotherTakesOver ? server.Standby() : null;
        var connection = standby is null ? server.ConnectionString
            : $"Host=127.0.0.1:{server.Port},127.0.0.1:{standby.Port};Username=postgres;Database=postgres;Target Session Attributes=read-write;Host Recheck Seconds=1";
        await using var database = NpgsqlDataSource.Create(connection);
        await new MigrateDatabase(database, NullLogger<MigrateDatabase>.Instance).Migrate(default);
        if (standby is not null)
        {
            // What is answered with 200 is on both servers.
            await database.Execute("alter system set synchronous_standby_names = '*'");
            await database.Execute("select pg_reload_conf()");
        }
        var keys = Directory.CreateTempSubdirectory("cowan-door-");
        await using var node = await PullHost.Start(connection, new Uri("http://127.0.0.1:9"), keys.FullName, "door", more: services =>
        {
            services.AddWebhooks();
            services.PostConfigure<WebhookOptions>(options => options.AnswerWithin = TimeSpan.FromSeconds(2));
        });
        await using (var store = database.CreateCommand("insert into stores (name, shop, api_version, credential_kind, credentials) values ('T', $1, '2026-10', 'token', $2) returning id"))
        {
            store.Parameters.Add(new() { Value = Shop });
            store.Parameters.Add(new() { Value = node.Get<CowansDashboard.Stores.SealedCredentials>().Seal(Shop, new CowansDashboard.Shopify.ShopifyCredentials.AccessToken("shpat_1")) });
            (await node.Get<WebhookSecrets>().Type((long)(await store.ExecuteScalarAsync())!, Secret, default)).ShouldBeNull();
        }
        await using var door = await Open(node);
        using var http = new HttpClient { BaseAddress = new Uri(door.Urls.Single()), Timeout = TimeSpan.FromMinutes(5) };
        await Patience.Until(async () => await Post(http, "before") == HttpStatusCode.OK);

        server.Stop("immediate");
        var away = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Post(http, $"away {i}")));
        // These are on their way while the server comes up.
        var meanwhile = Enumerable.Range(0, 20).Select(i => Post(http, $"meanwhile {i}")).ToArray();
        if (standby is null)
            server.Continue();
        else
            standby.Promote();
        await Task.WhenAll(meanwhile);

        away.ShouldAllBe(status => status == HttpStatusCode.ServiceUnavailable);
        foreach (var id in Enumerable.Range(0, 20).SelectMany(i => new[] { $"away {i}", $"meanwhile {i}" }))
            await Patience.Until(async () => await Post(http, id) == HttpStatusCode.OK);
        await Patience.Until(() => Count("state = 'done'"), done => done == 41, done => $"{done} of 41 are handled");
        (await Count("true")).ShouldBe(41, "each once");
        keys.Delete(recursive: true);

        async Task<long> Count(string where)
        {
            await using var command = database.CreateCommand($"select count(*) from webhook_deliveries where {where}");
            return (long)(await command.ExecuteScalarAsync())!;
        }
    }

    // The program's own door on a real port, before the services of the node.
    private static async Task<WebApplication> Open(PullHost node)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(node.Get<WebhookSecrets>());
        builder.Services.AddSingleton(node.Get<ReceiveDelivery>());
        builder.Services.AddSingleton(node.Get<WebhookOptions>());
        var door = builder.Build();
        door.MapWebhookDoor();
        await door.StartAsync();
        return door;
    }

    // A topic that nothing is done about: no shop answers here.
    private static async Task<HttpStatusCode> Post(HttpClient http, string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, WebhookDoor.Path) { Content = new ByteArrayContent(Body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("X-Shopify-Topic", "carts/update");
        request.Headers.Add("X-Shopify-Webhook-Id", id);
        request.Headers.Add("X-Shopify-Shop-Domain", Shop);
        request.Headers.Add("X-Shopify-Hmac-Sha256", WebhookSignature.Of(Body, SigningKeys.Bytes(Secret)));
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }
}
