using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace CowansDashboard.Web.Accounts;

/// <summary>
/// Whoever became a stranger because the account was closed or changed is asked to sign in. ASP.NET Core would say
/// "forbidden", since the cookie or token itself was good. Whose account could not be read is told of the failure, not
/// signed out.
/// </summary>
public sealed class AskToSignIn : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _usual = new();

    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (!authorizeResult.Succeeded && SignedInAccount.FailureOf(context) is { } failure)
            ExceptionDispatchInfo.Throw(failure);
        return authorizeResult.Forbidden && context.User.Identity?.IsAuthenticated != true
            ? context.ChallengeAsync()
            : _usual.HandleAsync(next, context, policy, authorizeResult);
    }
}
