using CowansDashboard.Shopify;
using CowansDashboard.Stores;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Stores;

[Trait("Category", "Integration")]
public sealed class ConfiguredStoreTests
{
    [Fact]
    public async Task The_shop_of_the_settings_is_there_after_the_start_knows_itself_and_follows_the_settings()
    {
        await using var shop = await DemoStore.Start(products: 10);
        await using var app = await WebApp.Start(
            ("Shopify:Shop", shop.Shop), ("Shopify:AccessToken", DemoStore.Token), ("Shopify:BaseUrl", shop.BaseUrl.ToString()));

        var store = await Patience.Until(async () => (await app.Get<ListStores>().List(CancellationToken.None)).Single(), each => each.WasAsked);
        var again = await app.Get<ConnectConfiguredStore>().Connect(CancellationToken.None);
        var removed = await app.Get<RemoveStore>().Remove(store.Id, CancellationToken.None);
        var changed = await app.Get<ChangeStore>().Change(store.Id, new(Credentials: TypedCredentials.Token("x")), CancellationToken.None);

        (store.Shop, store.Currency, store.SetByServer).ShouldBe((shop.Shop, "USD", true));
        again.ShouldBe(store.Id);
        removed.ShouldBeOfType<StoreChange.Refused>().Reason.ShouldContain("Shopify__Shop");
        changed.ShouldBeOfType<StoreChange.Refused>();
        var connection = (await app.Get<ConnectStore>().Connect(store.Id, CancellationToken.None)).Connection;
        connection.Credentials.ShouldBe(new ShopifyCredentials.AccessToken(DemoStore.Token));
    }
}
