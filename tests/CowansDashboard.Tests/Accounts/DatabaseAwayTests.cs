using System.Data.Common;
using System.Net;
using System.Net.Http.Headers;
using CowansDashboard.Accounts;
using CowansDashboard.Tests.Support;
using Npgsql;

namespace CowansDashboard.Tests.Accounts;

[Trait("Category", "Integration")]
public sealed class DatabaseAwayTests(WebApp app) : IClassFixture<WebApp>
{
    [Fact]
    public async Task A_short_absence_of_the_database_signs_nobody_out_and_lets_nobody_in()
    {
        var clock = new ManualClock();
        var stamps = new AccountStamps(app.Database.Source, clock);
        var (open, closed, unseen) = (await app.NewAccount("stays@test.example", Roles.Viewer),
            await app.NewAccount("gone@test.example", Roles.Viewer, each => each.DisabledAt = clock.GetUtcNow()), await app.NewAccount("unseen@test.example", Roles.Viewer));
        (await IsCurrent(open)).ShouldBeTrue();
        (await IsCurrent(closed)).ShouldBeFalse();

        await using (await Away())
        {
            clock.Advance(TimeSpan.FromMinutes(14));
            (await IsCurrent(open)).ShouldBeTrue();
            (await IsCurrent(closed)).ShouldBeFalse();
            (await stamps.IsCurrent(open.Id, "of another session", CancellationToken.None)).ShouldBeFalse();
            await Should.ThrowAsync<DbException>(() => IsCurrent(unseen));

            clock.Advance(TimeSpan.FromMinutes(1));
            await Should.ThrowAsync<DbException>(() => IsCurrent(open));
        }

        (await IsCurrent(open)).ShouldBeTrue();

        Task<bool> IsCurrent(Account account) => stamps.IsCurrent(account.Id, account.SecurityStamp!, CancellationToken.None);
    }

    [Fact]
    public async Task Whose_account_cannot_be_read_gets_the_failure_page_and_stays_signed_in()
    {
        var account = await app.NewAccount("patient@test.example", Roles.Viewer);
        var browser = app.Stranger();
        browser.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        (await WebApp.SignIn(browser, account.Email!, WebApp.Password)).Dispose();

        await using (await Away())
        {
            app.Get<AccountStamps>().Forget(account.Id);
            using var page = await browser.GetAsync("/products");
            using var health = await browser.GetAsync("/health");

            page.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
            (await page.Content.ReadAsStringAsync()).ShouldContain("The page could not be made");
            health.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            (await health.Content.ReadAsStringAsync()).ShouldBe("Unhealthy");
        }

        (await browser.GetAsync("/products")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private async Task<IAsyncDisposable> Away()
    {
        var name = new NpgsqlConnectionStringBuilder(app.Database.ConnectionString).Database;
        var away = new Absence(new NpgsqlConnectionStringBuilder(app.Database.ConnectionString) { Database = "postgres" }.ConnectionString, name!);
        await away.Begin();
        return away;
    }

    private sealed class Absence(string server, string database) : IAsyncDisposable
    {
        public Task Begin() => Execute($"alter database {database} allow_connections false; select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'");

        public async ValueTask DisposeAsync() => await Execute($"alter database {database} allow_connections true");

        private async Task Execute(string sql)
        {
            await using var source = NpgsqlDataSource.Create(server);
            await using var command = source.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }
    }
}
