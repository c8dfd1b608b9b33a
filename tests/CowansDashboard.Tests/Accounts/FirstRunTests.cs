using CowansDashboard.Accounts;
using CowansDashboard.Stores;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Tests.Support;
using CowansDashboard.Tests.Web;
using CowansDashboard.Web.Components.Accounts;
using CowansDashboard.Web.Components.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;

namespace CowansDashboard.Tests.Accounts;

[Trait("Category", "Integration")]
public sealed class FirstRunTests
{
    [Fact]
    public async Task Once_a_shop_was_pulled_the_first_steps_lead_to_the_settings()
    {
        await using var app = await WebApp.Start();
        await using var page = new Rendered(services => services
            .AddSingleton(app.Get<ListStores>()).AddSingleton(app.Get<RemoveStore>()).AddSingleton(app.Get<TestConnection>())
            .AddSingleton(app.Get<AddStore>()).AddSingleton(app.Get<ChangeStore>()).AddSingleton(app.Get<ShopifyOptions>())
            .AddSingleton(app.Get<StartPull>()).AddSingleton(app.Get<ReadPerson>()).AddScoped<CurrentStore>()
            .AddSingleton<AuthenticationStateProvider>(new SomebodyElse()));
        var before = await page.Show<FirstRunPage>();
        var there = page.Get<NavigationManager>().Uri;
        await using var pulled = app.Database.Source.CreateCommand(
            "insert into stores (name, shop, api_version, credential_kind, credentials, last_full_pull_at) values ('T', 't.myshopify.com', '2026-10', 'token', '', now())");
        await pulled.ExecuteNonQueryAsync();

        var after = await page.Show<FirstRunPage>();

        before.TextContent.ShouldContain("Name the shop");
        there.ShouldBe("http://dashboard.test/");
        after.TextContent.ShouldNotContain("Name the shop");
        page.Get<NavigationManager>().Uri.ShouldBe("http://dashboard.test/settings");
    }

    private sealed class SomebodyElse : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(new()));
    }
}
