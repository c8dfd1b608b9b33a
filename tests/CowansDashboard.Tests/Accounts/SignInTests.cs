using System.Net;
using System.Net.Http.Json;
using CowansDashboard.Accounts;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Accounts;

[Trait("Category", "Integration")]
public sealed class SignInTests(WebApp app) : IClassFixture<WebApp>
{
    [Fact]
    public async Task The_sign_in_page_opens_the_page_that_was_wanted()
    {
        var account = await app.NewAccount("wanted@test.example", Roles.Viewer);
        var browser = app.Stranger();

        using var answer = await WebApp.SignIn(browser, account.Email!, WebApp.Password, "/sign-in?returnUrl=%2Fproducts%3Fq%3Dred");

        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        answer.Headers.Location!.ToString().ShouldEndWith("/products?q=red");
        (await browser.GetAsync("/products")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    public async Task Signing_in_never_leads_to_another_site(string wanted)
    {
        var account = await app.NewAccount($"{Guid.NewGuid():N}@test.example", Roles.Viewer);

        using var answer = await WebApp.SignIn(app.Stranger(), account.Email!, WebApp.Password, $"/sign-in?returnUrl={Uri.EscapeDataString(wanted)}");

        answer.Headers.Location!.ToString().ShouldNotContain("evil");
    }

    [Fact]
    public async Task The_cookie_is_out_of_reach_of_scripts_of_other_sites_and_of_plain_http()
    {
        var account = await app.NewAccount("cookie@test.example", Roles.Viewer);

        using var answer = await WebApp.SignIn(app.Stranger(), account.Email!, WebApp.Password);

        var cookie = answer.Headers.GetValues("Set-Cookie").Single(each => each.StartsWith("cowans-session=", StringComparison.Ordinal)).ToLowerInvariant();
        cookie.ShouldContain("httponly");
        cookie.ShouldContain("secure");
        cookie.ShouldContain("samesite=lax");
        cookie.ShouldNotContain("expires");
    }

    [Fact]
    public async Task After_five_wrong_passwords_the_account_waits_also_for_the_right_one_and_says_how_long()
    {
        var account = await app.NewAccount("locked@test.example", Roles.Viewer);
        var browser = app.Stranger();
        var words = "";
        HttpStatusCode status = default;
        for (var attempt = 0; attempt < CheckPassword.Tries; attempt++)
        {
            using var wrong = await WebApp.SignIn(browser, account.Email!, "not the password");
            (status, words) = (wrong.StatusCode, await wrong.Content.ReadAsStringAsync());
        }

        using var right = await WebApp.SignIn(browser, account.Email!, WebApp.Password);

        status.ShouldBe(HttpStatusCode.TooManyRequests);
        words.ShouldContain("this account waits. Try again in");
        right.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        right.Headers.RetryAfter!.Delta!.Value.ShouldBeInRange(TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task Wrong_passwords_that_come_at_the_same_moment_all_count()
    {
        var account = await app.NewAccount("rush@test.example", Roles.Viewer);

        await Task.WhenAll(Enumerable.Range(0, CheckPassword.Tries).Select(_ => app.Get<CheckPassword>().Check(account.Email!, "not the password", known: null, CancellationToken.None)));

        (await app.Get<CheckPassword>().Check(account.Email!, WebApp.Password, known: null, CancellationToken.None)).ShouldBeOfType<PasswordCheck.Waits>();
    }

    [Fact]
    public async Task A_browser_that_signed_in_before_does_not_wait_for_what_others_typed()
    {
        var account = await app.NewAccount("kept-out@test.example", Roles.Viewer);
        var browser = app.Stranger();
        (await WebApp.SignIn(browser, account.Email!, WebApp.Password)).Dispose();
        for (var attempt = 0; attempt < CheckPassword.Tries; attempt++)
            await app.Get<CheckPassword>().Check(account.Email!, "not the password", known: null, CancellationToken.None);

        using var stranger = await WebApp.SignIn(app.Stranger(), account.Email!, WebApp.Password);
        await app.Get<EndSessions>().End(account.Id, CancellationToken.None);
        using var again = await WebApp.SignIn(browser, account.Email!, WebApp.Password);

        stranger.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        again.StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task Fast_tries_are_held_back_also_for_an_account_that_does_not_exist()
    {
        var program = app.Stranger();
        var statuses = new List<HttpStatusCode>();
        for (var attempt = 0; attempt < 11; attempt++)
            statuses.Add((await program.PostAsJsonAsync("/api/auth/login", new { email = "nobody@test.example", password = "guess" })).StatusCode);

        statuses.Take(10).ShouldAllBe(status => status == HttpStatusCode.Unauthorized);
        statuses[10].ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task A_closed_account_is_told_so_only_with_the_right_password()
    {
        var account = await app.NewAccount("closed@test.example", Roles.Viewer, each => each.DisabledAt = TimeProvider.System.GetUtcNow());

        using var wrong = await WebApp.SignIn(app.Stranger(), account.Email!, "not the password");
        using var right = await WebApp.SignIn(app.Stranger(), account.Email!, WebApp.Password);

        (await wrong.Content.ReadAsStringAsync()).ShouldNotContain("account is closed");
        right.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await right.Content.ReadAsStringAsync()).ShouldContain("This account is closed");
    }

    [Fact]
    public async Task A_form_without_its_antiforgery_token_is_refused()
    {
        using var answer = await app.Stranger().PostAsync("/sign-in", new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["_handler"] = "sign-in",
            ["Form.Email"] = WebApp.AdminEmail,
            ["Form.Password"] = WebApp.Password,
        }));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Headers.Contains("Set-Cookie").ShouldBeFalse();
    }

    [Theory]
    [InlineData("/sign-in?returnUrl=%2Fproducts")]
    [InlineData("/password")]
    public async Task A_form_that_stood_open_too_long_opens_again_and_says_so(string path)
    {
        var browser = path == "/password" ? await app.SignedInAs(Roles.Admin) : app.Stranger();
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["_handler"] = path.Contains("sign-in") ? "sign-in" : "password", ["__RequestVerificationToken"] = "stale" }),
            Headers = { { "Accept", "text/html" } },
        };

        using var answer = await browser.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        answer.Headers.Location!.ToString().ShouldBe(path + (path.Contains('?') ? "&" : "?") + "stale=true");
        (await browser.GetStringAsync(answer.Headers.Location)).ShouldContain("had stood open too long");
    }

    [Fact]
    public async Task A_one_time_password_opens_only_the_page_that_changes_it()
    {
        var account = await app.NewAccount("invited@test.example", Roles.Merchandiser, each => each.OneTimeUntil = TimeProvider.System.GetUtcNow().AddHours(1));
        var browser = app.Stranger();

        using var signedIn = await WebApp.SignIn(browser, account.Email!, WebApp.Password);
        using var elsewhere = await browser.GetAsync("/products");
        using var program = await browser.GetAsync("/api/auth/me");
        using var token = await app.Stranger().PostAsJsonAsync("/api/auth/login", new { email = account.Email, password = WebApp.Password });

        signedIn.Headers.Location!.ToString().ShouldEndWith("/password");
        elsewhere.Headers.Location!.ToString().ShouldEndWith("/password");
        program.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        token.StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        using var changed = await WebApp.Submit(browser, "/password", new() { ["Form.Wanted"] = "another horse 2026", ["Form.Again"] = "another horse 2026" });

        changed.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await browser.GetAsync("/products")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await WebApp.SignIn(app.Stranger(), account.Email!, WebApp.Password)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_one_time_password_ends_after_its_day()
    {
        var account = await app.NewAccount("late@test.example", Roles.Viewer, each => each.OneTimeUntil = TimeProvider.System.GetUtcNow().AddMinutes(-1));

        using var answer = await WebApp.SignIn(app.Stranger(), account.Email!, WebApp.Password);

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("one-time password ended");
    }

    [Fact]
    public async Task Signing_out_needs_the_form_and_then_closes_every_page()
    {
        var browser = await app.SignedInAs(Roles.Viewer);

        using var bare = await browser.PostAsync("/sign-out", null);
        var stillIn = (await browser.GetAsync("/products")).StatusCode;

        bare.Headers.Location!.ToString().ShouldBe("/");
        stillIn.ShouldBe(HttpStatusCode.OK);
    }
}
