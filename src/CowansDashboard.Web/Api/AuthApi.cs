using System.Security.Claims;
using CowansDashboard.Accounts;
using CowansDashboard.Web.Accounts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;

namespace CowansDashboard.Web.Api;

/// <summary>Signing in for programs.</summary>
public static class AuthApi
{
    public static IEndpointRouteBuilder MapAuthApi(this IEndpointRouteBuilder app)
    {
        var auth = app.MapGroup("/api/auth").WithTags("Accounts");
        auth.MapPost("/login", Login).AllowAnonymous().WithName("Login")
            .WithSummary("Gives an access token for an hour and a refresh token for two weeks");
        auth.MapPost("/refresh", Refresh).AllowAnonymous().WithName("Refresh")
            .WithSummary("Gives new tokens for a refresh token, unless the account was changed since");
        // Only with a token: a cookie comes along by itself, also when another site asks.
        auth.MapPost("/logout", Logout).RequireAuthorization(new AuthorizeAttribute(Policies.Viewer) { AuthenticationSchemes = IdentityConstants.BearerScheme }).WithName("Logout")
            .WithSummary("Ends every session and token of this account");
        auth.MapGet("/me", Me).RequireAuthorization(Policies.Viewer).WithName("Me")
            .WithSummary("Who is signed in");
        return app;
    }

    private static async Task<Results<Ok<Answer<Tokens>>, ProblemHttpResult>> Login(
        LoginRequest request, HttpContext context, SignInLimit limit, CheckPassword passwords, IssueTokens tokens, TimeProvider clock, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(request.Email))
            return Problems.Field(nameof(request.Email), "email is missing: the e-mail address of the account.");
        if (string.IsNullOrEmpty(request.Password))
            return Problems.Field(nameof(request.Password), "password is missing.");
        if (limit.Wait(context.Connection.RemoteIpAddress, request.Email) is { } wait)
            return Problems.TooMany(context, wait, $"Too many tries. Wait {Math.Ceiling(wait.TotalSeconds)} s.");

        switch (await passwords.Check(request.Email, request.Password, known: null, cancel))
        {
            case PasswordCheck.Right { Account.OneTimeUntil: not null }:
                return Problems.Of(403, "This is a one-time password. Sign in with it in the browser and change it, then sign in here.");
            case PasswordCheck.Right right:
                return TypedResults.Ok(Answer.Of(await tokens.For(right.Account)));
            case PasswordCheck.Waits waits:
                return Problems.TooMany(context, waits.Until - clock.GetUtcNow(), $"Too many wrong passwords: this account waits until {waits.Until:u}.");
            case PasswordCheck.Disabled:
                return Problems.Of(403, "This account is closed. An administrator can open it again.");
            case PasswordCheck.Expired expired:
                return Problems.Of(403, $"This one-time password ended {expired.At:u}. An administrator can make a new one.");
            default:
                return Problems.Of(401, "E-mail address or password is wrong.");
        }
    }

    private static async Task<Results<Ok<Answer<Tokens>>, ProblemHttpResult>> Refresh(RefreshRequest request, IssueTokens tokens, CancellationToken cancel)
    {
        if (string.IsNullOrEmpty(request.RefreshToken))
            return Problems.Field(nameof(request.RefreshToken), "refreshToken is missing: the one that login gave.");
        return await tokens.Again(request.RefreshToken, cancel) is { } again
            ? TypedResults.Ok(Answer.Of(again))
            : Problems.Of(401, "This refresh token is over, or the account was changed since. Sign in again.");
    }

    private static async Task<Ok<Answer<SignedOut>>> Logout(ClaimsPrincipal user, EndSessions sessions, CancellationToken cancel)
    {
        await sessions.End(user.AccountId!.Value, cancel);
        return TypedResults.Ok(Answer.Of(new SignedOut(true), "Every session and token of this account has ended."));
    }

    private static Ok<Answer<AccountAnswer>> Me(ClaimsPrincipal user) => TypedResults.Ok(Answer.Of(new AccountAnswer(
        user.AccountId!.Value.ToString(System.Globalization.CultureInfo.InvariantCulture),
        user.FindFirstValue(ClaimTypes.Email) ?? "",
        user.FindFirstValue(AccountClaims.DisplayName) ?? "",
        user.FindFirstValue(ClaimTypes.Role) ?? "")));

    public sealed record LoginRequest(string? Email, string? Password);

    public sealed record RefreshRequest(string? RefreshToken);

    public sealed record Tokens(string AccessToken, string RefreshToken, long ExpiresIn, string TokenType);

    public sealed record SignedOut(bool Everywhere);

    public sealed record AccountAnswer(string Id, string Email, string Name, string Role);
}
