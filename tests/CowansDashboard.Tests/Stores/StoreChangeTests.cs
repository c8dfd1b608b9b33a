using CowansDashboard.Shopify;
using CowansDashboard.Stores;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Stores;

[Trait("Category", "Integration")]
public sealed class StoreChangeTests(WebApp app) : IClassFixture<WebApp>
{
    private const string Secret = "shpat_c0ffee5ec2e7c0ffee5ec2e7";

    [Fact]
    public async Task Credentials_are_nowhere_in_the_database_and_in_no_log_line()
    {
        // Nobody listens there: a test asks no real shop.
        var id = await Add("hidden", Secret);
        await app.Database.Scalar<long>("update stores set base_url = 'http://127.0.0.1:9' where id = $1 returning id", id);
        await app.Get<TestConnection>().Test(id, CancellationToken.None);
        var admin = await app.Get<ConnectStore>().Connect(id, CancellationToken.None);

        ((ShopifyCredentials.AccessToken)admin.Connection.Credentials).Token.ShouldBe(Secret);
        admin.Connection.ToString().ShouldNotContain(Secret);
        var dump = await PostgresServer.Dump(app.Database.ConnectionString);
        dump.ShouldContain("hidden.myshopify.com");
        dump.ShouldNotContain(Secret);
        dump.ShouldNotContain(Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(Secret)));
        app.Log.ShouldAllBe(line => !line.Contains(Secret));
        app.Log.ShouldContain(line => line.Contains("hidden.myshopify.com"));
    }

    [Fact]
    public async Task A_ciphertext_copied_to_another_shop_does_not_open_there()
    {
        var (mine, other) = (await Add("mine", Secret), await Add("other", "shpat_other"));
        await app.Database.Scalar<long>("update stores set credentials = (select credentials from stores where id = $1) where id = $2 returning id", mine, other);

        var error = await Should.ThrowAsync<StoreNotConnectedException>(() => app.Get<ConnectStore>().Connect(other, CancellationToken.None));

        error.Message.ShouldContain("cannot be opened");
    }

    [Fact]
    public async Task A_store_has_one_client_until_its_connection_changes()
    {
        var id = await Add("one", Secret);
        var connect = app.Get<ConnectStore>();

        var together = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => connect.Connect(id, CancellationToken.None)));
        await app.Get<ChangeStore>().Change(id, new(Name: "Another name"), CancellationToken.None);
        var renamed = await connect.Connect(id, CancellationToken.None);
        await app.Get<ChangeStore>().Change(id, new(Credentials: TypedCredentials.Client("client", "secret")), CancellationToken.None);
        var changed = await connect.Connect(id, CancellationToken.None);

        together.Distinct().Count().ShouldBe(1);
        renamed.ShouldBeSameAs(together[0]);
        changed.ShouldNotBeSameAs(together[0]);
        changed.Governor.ShouldBeSameAs(together[0].Governor);
        changed.Connection.Credentials.ShouldBe(new ShopifyCredentials.Client("client", "secret"));
    }

    [Fact]
    public async Task A_removed_shop_forgets_its_token_and_comes_back_with_its_copy()
    {
        var id = await Add("back", Secret);

        await app.Get<RemoveStore>().Remove(id, CancellationToken.None);
        var forgotten = await app.Database.Scalar<byte[]>("select credentials from stores where id = $1", id);
        await Should.ThrowAsync<StoreNotConnectedException>(() => app.Get<ConnectStore>().Connect(id, CancellationToken.None));
        var again = await Add("back", "shpat_new");

        forgotten.ShouldBeEmpty();
        again.ShouldBe(id);
        ((ShopifyCredentials.AccessToken)(await app.Get<ConnectStore>().Connect(id, CancellationToken.None)).Connection.Credentials).Token.ShouldBe("shpat_new");
    }

    [Fact]
    public async Task What_is_wrong_with_a_shop_is_named_and_nothing_is_added()
    {
        await Add("taken", Secret);
        var add = app.Get<AddStore>();
        var before = (await app.Get<ListStores>().List(CancellationToken.None)).Count;

        var refused = new[]
        {
            await add.Add(new("shop.example.com", TypedCredentials.Token(Secret)), CancellationToken.None),
            await add.Add(new("TAKEN.myshopify.com", TypedCredentials.Token(Secret)), CancellationToken.None),
            await add.Add(new("fresh", TypedCredentials.Token("")), CancellationToken.None),
            await add.Add(new("fresh", TypedCredentials.Token("shpat_with space")), CancellationToken.None),
            await add.Add(new("fresh", TypedCredentials.Client("id", "")), CancellationToken.None),
            await add.Add(new("fresh", TypedCredentials.Token(Secret), "2026-11"), CancellationToken.None),
            await add.Add(new("fresh", TypedCredentials.Token(Secret), Host: new Uri("http://169.254.169.254")), CancellationToken.None),
        };

        refused.Select(outcome => ((StoreChange.Refused)outcome).Field).ShouldBe(["Shop", "Shop", "AccessToken", "AccessToken", "ClientSecret", "ApiVersion", "Host"]);
        refused.ShouldAllBe(outcome => !((StoreChange.Refused)outcome).Reason.Contains("with space"));
        (await app.Get<ListStores>().List(CancellationToken.None)).Count.ShouldBe(before);
    }

    private async Task<long> Add(string shop, string token) =>
        (await app.Get<AddStore>().Add(new(shop, TypedCredentials.Token(token)), CancellationToken.None)).ShouldBeOfType<StoreChange.Done>().Store.Id;
}
