using CowansDashboard.Stores;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Stores;

[Trait("Category", "Integration")]
public sealed class TestConnectionTests : IAsyncLifetime
{
    private DemoStore _shop = null!;
    private WebApp _app = null!;

    public async Task InitializeAsync()
    {
        _shop = await DemoStore.Start(products: 25);
        _app = await WebApp.Start(("Shopify:BaseUrl", _shop.BaseUrl.ToString()));
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _shop.DisposeAsync();
    }

    [Fact]
    public async Task A_good_connection_passes_every_check_and_tells_the_shop_s_facts()
    {
        var test = await Test(TypedCredentials.Token(DemoStore.Token));

        test.Checks.Select(check => check.Name).ShouldBe(["Reachable", "Token", "API version", "Scopes", "Plan and budget", "Currency, time zone", "Products"]);
        test.Checks.ShouldAllBe(check => check.State == CheckState.Passed);
        test.Products.ShouldBe(25);
        var store = (await _app.Get<ListStores>().List(CancellationToken.None)).Single();
        (store.Name, store.Currency, store.TimeZone, store.WasAsked).ShouldBe(("Demo store", "USD", "America/New_York", true));
        store.Scopes.ShouldContain("read_products");
    }

    [Fact]
    public async Task Client_id_and_secret_are_good_too_and_say_that_the_token_renews_itself()
    {
        var test = await Test(TypedCredentials.Client(DemoStore.ClientId, DemoStore.ClientSecret));

        test.CanPull.ShouldBeTrue();
        Check(test, "Token").Why.ShouldContain("renews itself");
    }

    [Fact]
    public async Task A_wrong_token_is_named_and_what_follows_from_it_is_not_checked()
    {
        var test = await Test(TypedCredentials.Token("shpat_wrong"));

        test.CanPull.ShouldBeFalse();
        Check(test, "Reachable").State.ShouldBe(CheckState.Passed);
        Check(test, "Token").State.ShouldBe(CheckState.Failed);
        Check(test, "Token").Result.ShouldBe("Not accepted by Shopify");
        test.Checks.Skip(2).ShouldAllBe(check => check.State == CheckState.NotChecked);
    }

    [Fact]
    public async Task What_Shopify_does_not_let_in_is_known_before_anything_is_kept()
    {
        async Task<ConnectionTest?> Try(string shop, string token) =>
            await _app.Get<TestConnection>().Test(new NewStore(shop, TypedCredentials.Token(token), Host: _app.Get<ShopifyOptions>().Host), CancellationToken.None);

        (await Try(_shop.Shop, "shpat_wrong"))!.TurnedAway!.Result.ShouldBe("Not accepted by Shopify");
        (await Try(_shop.Shop, DemoStore.Token))!.TurnedAway.ShouldBeNull();
        (await Try("no shop at all", DemoStore.Token)).ShouldBeNull();
        (await _app.Get<ListStores>().List(CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_wrong_secret_is_named()
    {
        var test = await Test(TypedCredentials.Client(DemoStore.ClientId, "not-the-secret"));

        Check(test, "Token").State.ShouldBe(CheckState.Failed);
        Check(test, "Token").Result.ShouldBe("No token granted");
    }

    [Fact]
    public async Task A_missing_scope_is_a_warning_that_says_what_stands_still_and_holds_nothing_back()
    {
        await _shop.AddToken("shpat_few", "read_products", "read_locations");

        var test = await Test(TypedCredentials.Token("shpat_few"));

        Check(test, "Scopes").State.ShouldBe(CheckState.Warning);
        Check(test, "Scopes").Result.ShouldBe("read_inventory, read_publications are missing");
        Check(test, "Scopes").Why.ShouldContain("a pull stops at the stock");
        test.CanPull.ShouldBeTrue();
    }

    [Fact]
    public async Task Without_read_products_nothing_can_be_pulled()
    {
        await _shop.AddToken("shpat_none", "read_locations");

        var test = await Test(TypedCredentials.Token("shpat_none"));

        Check(test, "Scopes").State.ShouldBe(CheckState.Failed);
        test.CanPull.ShouldBeFalse();
    }

    [Fact]
    public async Task A_version_that_falls_forward_is_a_warning_with_both_versions()
    {
        await _shop.Fault("api-version", new { served = "2027-01" });

        var test = await Test(TypedCredentials.Token(DemoStore.Token));

        Check(test, "API version").State.ShouldBe(CheckState.Warning);
        Check(test, "API version").Result.ShouldBe("2026-10 was asked for, 2027-01 answered");
        test.CanPull.ShouldBeTrue();
    }

    [Fact]
    public async Task A_host_that_does_not_answer_is_named()
    {
        var id = await Add(TypedCredentials.Token(DemoStore.Token));
        await _shop.Kill();

        var test = await _app.Get<TestConnection>().Test(id, CancellationToken.None);

        Check(test, "Reachable").State.ShouldBe(CheckState.Failed);
        Check(test, "Reachable").Result.ShouldBe($"{_shop.BaseUrl.Authority} does not answer");
        test.Checks.Skip(1).ShouldAllBe(check => check.State == CheckState.NotChecked);
    }

    private async Task<ConnectionTest> Test(TypedCredentials credentials) =>
        await _app.Get<TestConnection>().Test(await Add(credentials), CancellationToken.None);

    private async Task<long> Add(TypedCredentials credentials)
    {
        var added = await _app.Get<AddStore>().Add(new(_shop.Shop, credentials, Host: _shop.BaseUrl), CancellationToken.None);
        return added.ShouldBeOfType<StoreChange.Done>().Store.Id;
    }

    private static ConnectionCheck Check(ConnectionTest test, string name) => test.Checks.Single(check => check.Name == name);
}
