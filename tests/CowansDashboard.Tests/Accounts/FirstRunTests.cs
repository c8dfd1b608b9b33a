using CowansDashboard.Accounts;
using CowansDashboard.Conflicts;
using CowansDashboard.Stores;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Sync.Reconcile;
using CowansDashboard.Tests.Support;
using CowansDashboard.Tests.Web;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Accounts;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Webhooks.Subscriptions;
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
            .AddSingleton(app.Get<StartPull>()).AddSingleton(app.Get<ReadPerson>()).AddSingleton(app.Get<CountOpenConflicts>()).AddSingleton(app.Get<ReadDrift>()).AddSingleton(app.Get<ReadWebhookTroubles>()).AddScoped<CurrentStore>()
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

    [Theory]
    [InlineData("/products?vendor=Aran", "/first-run")]
    [InlineData("/", "/first-run")]
    [InlineData("/sync/runs/7", "/first-run")]
    [InlineData("/settings", "/settings")]
    [InlineData("/password", "/password")]
    public async Task Without_a_shop_every_page_but_the_settings_leads_an_administrator_to_the_first_steps(string wanted, string there)
    {
        await using var app = await WebApp.Start();

        (await FirstRun.Or(wanted, app.Get<ListStores>(), CancellationToken.None)).ShouldBe(there);
        await using var connected = app.Database.Source.CreateCommand("insert into stores (name, shop, api_version, credential_kind, credentials) values ('T', 't.myshopify.com', '2026-10', 'token', '')");
        await connected.ExecuteNonQueryAsync();
        (await FirstRun.Or(wanted, app.Get<ListStores>(), CancellationToken.None)).ShouldBe(wanted == "/" ? "/first-run" : wanted);
    }

    private sealed class SomebodyElse : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(new()));
    }
}
