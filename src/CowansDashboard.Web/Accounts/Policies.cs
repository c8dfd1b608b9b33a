using CowansDashboard.Accounts;
using Microsoft.AspNetCore.Authorization;

namespace CowansDashboard.Web.Accounts;

/// <summary>
/// Who may do what. Whatever names no policy is open to viewers and above, and closed to strangers; only what says
/// [AllowAnonymous] is open, and a test holds the list of it.
/// </summary>
public static class Policies
{
    /// <summary>Sees everything of the catalogue and of runs. Everybody with a role.</summary>
    public const string Viewer = "viewer";

    /// <summary>Changes the catalogue, starts and stops runs.</summary>
    public const string Merchandiser = "merchandiser";

    /// <summary>Connects shops and looks after accounts.</summary>
    public const string Admin = "admin";

    /// <summary>Only the way to a password of one's own: also open to somebody who has a one-time password.</summary>
    public const string OwnPassword = "own-password";

    public static IServiceCollection AddPolicies(this IServiceCollection services)
    {
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(With(Roles.Viewer, Roles.Merchandiser, Roles.Admin))
            .SetDefaultPolicy(With(Roles.Viewer, Roles.Merchandiser, Roles.Admin))
            .AddPolicy(Viewer, With(Roles.Viewer, Roles.Merchandiser, Roles.Admin))
            .AddPolicy(Merchandiser, With(Roles.Merchandiser, Roles.Admin))
            .AddPolicy(Admin, With(Roles.Admin))
            .AddPolicy(OwnPassword, policy => policy.RequireAuthenticatedUser());
        return services;
    }

    // A one-time password is somebody else's as well: it opens nothing but the page that changes it.
    private static AuthorizationPolicy With(params string[] roles) => new AuthorizationPolicyBuilder()
        .RequireAuthenticatedUser()
        .RequireRole(roles)
        .RequireAssertion(context => !context.User.HasOneTimePassword)
        .Build();
}
