using System.Security.Claims;
using CowansDashboard.Accounts;
using CowansDashboard.Web.Api;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace CowansDashboard.Web.Accounts;

/// <summary>Makes and renews the tokens of programs: the same that the bearer scheme reads.</summary>
public sealed class IssueTokens(
    IUserClaimsPrincipalFactory<Account> claims, UserManager<Account> users, AccountStamps stamps,
    IOptionsMonitor<BearerTokenOptions> options, TimeProvider clock)
{
    private BearerTokenOptions Options => options.Get(IdentityConstants.BearerScheme);

    public async Task<AuthApi.Tokens> For(Account account)
    {
        var principal = await claims.CreateAsync(account);
        return new(
            Options.BearerTokenProtector.Protect(Ticket(principal, "AccessToken", Options.BearerTokenExpiration)),
            Options.RefreshTokenProtector.Protect(Ticket(principal, "RefreshToken", Options.RefreshTokenExpiration)),
            (long)Options.BearerTokenExpiration.TotalSeconds,
            "Bearer");
    }

    public async Task<AuthApi.Tokens?> Again(string refreshToken, CancellationToken cancel)
    {
        var ticket = Options.RefreshTokenProtector.Unprotect(refreshToken);
        if (ticket?.Properties.ExpiresUtc is not { } ends || ends <= clock.GetUtcNow() || ticket.Principal.AccountId is not { } id)
            return null;
        if (!await stamps.IsCurrent(id, ticket.Principal.SecurityStamp ?? "", cancel))
            return null;
        var account = await users.GetUserAsync(ticket.Principal);
        return account is { DisabledAt: null, OneTimeUntil: null } ? await For(account) : null;
    }

    private AuthenticationTicket Ticket(ClaimsPrincipal principal, string kind, TimeSpan life) =>
        new(principal, new() { IssuedUtc = clock.GetUtcNow(), ExpiresUtc = clock.GetUtcNow() + life }, $"{IdentityConstants.BearerScheme}:{kind}");
}
