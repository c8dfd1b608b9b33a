using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using CowansDashboard.Accounts;
using CowansDashboard.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CowansDashboard.Tests.Accounts;

[Trait("Category", "Integration")]
public sealed class AuthApiTests(WebApp app) : IClassFixture<WebApp>
{
    [Fact]
    public async Task A_token_says_who_is_signed_in()
    {
        var program = await app.BearerFor(Roles.Merchandiser);

        var me = await program.GetFromJsonAsync<JsonElement>("/api/auth/me");

        me.GetProperty("status").GetString().ShouldBe("ok");
        var data = me.GetProperty("data");
        data.GetProperty("email").GetString().ShouldBe("merchandiser@test.example");
        data.GetProperty("role").GetString().ShouldBe(Roles.Merchandiser);
        data.GetProperty("id").ValueKind.ShouldBe(JsonValueKind.String);
    }

    [Fact]
    public async Task Login_gives_the_documented_shape_and_refresh_gives_it_again()
    {
        var account = await app.NewAccount("shape@test.example", Roles.Viewer);
        var first = await Tokens(await app.Stranger().PostAsJsonAsync("/api/auth/login", new { email = account.Email, password = WebApp.Password }));

        var second = await Tokens(await app.Stranger().PostAsJsonAsync("/api/auth/refresh", new { refreshToken = first.GetProperty("refreshToken").GetString() }));

        first.EnumerateObject().Select(each => each.Name).ShouldBe(["accessToken", "refreshToken", "expiresIn", "tokenType"]);
        first.GetProperty("expiresIn").GetInt64().ShouldBe(3600);
        first.GetProperty("tokenType").GetString().ShouldBe("Bearer");
        (await Me(second.GetProperty("accessToken").GetString()!)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_access_token_is_no_refresh_token_and_the_other_way_round()
    {
        var account = await app.NewAccount("swap@test.example", Roles.Viewer);
        var tokens = await Tokens(await app.Stranger().PostAsJsonAsync("/api/auth/login", new { email = account.Email, password = WebApp.Password }));

        var asRefresh = await app.Stranger().PostAsJsonAsync("/api/auth/refresh", new { refreshToken = tokens.GetProperty("accessToken").GetString() });

        asRefresh.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await Me(tokens.GetProperty("refreshToken").GetString()!)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Closing_an_account_ends_its_tokens_and_its_browser_at_once()
    {
        var account = await app.NewAccount("ending@test.example", Roles.Viewer);
        var browser = app.Stranger();
        (await WebApp.SignIn(browser, account.Email!, WebApp.Password)).Dispose();
        var tokens = await Tokens(await app.Stranger().PostAsJsonAsync("/api/auth/login", new { email = account.Email, password = WebApp.Password }));
        var before = await Me(tokens.GetProperty("accessToken").GetString()!);

        await app.Services.GetRequiredService<DisableAccount>().Disable(account.Id, CancellationToken.None);

        before.ShouldBe(HttpStatusCode.OK);
        (await Me(tokens.GetProperty("accessToken").GetString()!)).ShouldBe(HttpStatusCode.Unauthorized);
        (await browser.GetAsync("/products")).Headers.Location!.ToString().ShouldContain("/sign-in");
        (await app.Stranger().PostAsJsonAsync("/api/auth/refresh", new { refreshToken = tokens.GetProperty("refreshToken").GetString() })).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Logging_out_ends_every_token_of_the_account()
    {
        var account = await app.NewAccount("out@test.example", Roles.Viewer);
        var tokens = await Tokens(await app.Stranger().PostAsJsonAsync("/api/auth/login", new { email = account.Email, password = WebApp.Password }));
        var token = tokens.GetProperty("accessToken").GetString()!;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/logout") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };

        using var answer = await app.Stranger().SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Me(token)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_browsers_cookie_alone_ends_no_session()
    {
        var browser = await app.SignedInAs(Roles.Viewer);

        using var answer = await browser.PostAsync("/api/auth/logout", null);

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await browser.GetAsync("/products")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("""{"password":"x"}""", "email")]
    [InlineData("""{"email":"a@b.example"}""", "password")]
    [InlineData("""{"email":7,"password":"x"}""", "email")]
    public async Task A_wrong_field_is_named(string body, string field)
    {
        using var answer = await app.Stranger().PostAsync("/api/auth/login", new StringContent(body, Encoding.UTF8, "application/json"));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("errors").GetProperty(field).GetArrayLength().ShouldBe(1);
        problem.GetProperty("status").GetInt32().ShouldBe(400);
    }

    [Fact]
    public async Task What_is_not_JSON_and_what_is_not_there_are_problems_too()
    {
        using var broken = await app.Stranger().PostAsync("/api/auth/login", new StringContent("{", Encoding.UTF8, "application/json"));
        using var missing = await (await app.BearerFor(Roles.Viewer)).GetAsync("/api/no-such-thing");

        broken.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        broken.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        missing.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task The_OpenAPI_document_is_for_people_who_are_signed_in_and_names_the_endpoints()
    {
        using var closed = await app.Stranger().GetAsync("/openapi/v1.json");
        var document = await (await app.BearerFor(Roles.Viewer)).GetFromJsonAsync<JsonElement>("/openapi/v1.json");

        closed.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        document.GetProperty("paths").GetProperty("/api/auth/login").GetProperty("post").GetProperty("operationId").GetString().ShouldBe("Login");
    }

    private async Task<HttpStatusCode> Me(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/auth/me") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var answer = await app.Stranger().SendAsync(request);
        return answer.StatusCode;
    }

    private static async Task<JsonElement> Tokens(HttpResponseMessage answer)
    {
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data");
    }
}
