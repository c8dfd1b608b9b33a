using System.Data.Common;
using System.Security.Claims;
using CowansDashboard.Accounts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace CowansDashboard.Web.Accounts;

/// <summary>Makes a stranger of somebody whose account was closed or changed since the cookie or token was given.</summary>
public sealed class SignedInAccount(AccountStamps stamps, IHttpContextAccessor requests) : IClaimsTransformation
{
    private static readonly object NotAsked = new();
    private static readonly ClaimsPrincipal Stranger = new(new ClaimsIdentity());

    /// <summary>Why it is not known who asks; null when it is.</summary>
    public static Exception? FailureOf(HttpContext context) => context.Items[NotAsked] as Exception;

    public async Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal)
    {
        if (principal.AccountId is not { } id)
            return principal;
        try
        {
            return await stamps.IsCurrent(id, principal.SecurityStamp ?? "", CancellationToken.None) ? principal : Stranger;
        }
        catch (Exception failure) when (failure is DbException or TimeoutException)
        {
            // What is open to strangers still answers, /health and the failure page among it; the rest fails with this.
            requests.HttpContext?.Items[NotAsked] = failure;
            return Stranger;
        }
    }
}

/// <summary>The same for a page that stays open: it asks every ten seconds, and the page turns into the sign-in page.</summary>
public sealed class CircuitAccount(ILoggerFactory logs, AccountStamps stamps) : RevalidatingServerAuthenticationStateProvider(logs)
{
    protected override TimeSpan RevalidationInterval => AccountStamps.MaximumAge;

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken) =>
        authenticationState.User.AccountId is { } id
        && await stamps.IsCurrent(id, authenticationState.User.SecurityStamp ?? "", cancellationToken);
}
