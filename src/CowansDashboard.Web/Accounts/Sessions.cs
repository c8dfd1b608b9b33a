using CowansDashboard.Accounts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using CowansDashboard.Web.Api;

namespace CowansDashboard.Web.Accounts;

/// <summary>How a browser (cookie) and a program (bearer token) stay signed in.</summary>
public static class Sessions
{
    /// <summary>Chooses by the request: a bearer token where one is sent, else the cookie.</summary>
    public const string Scheme = "dashboard";

    public const string SignInPath = "/sign-in";
    public const string OwnPasswordPath = "/password";
    public const string NotAllowedPath = "/not-allowed";

    public static readonly TimeSpan Remembered = TimeSpan.FromDays(14);
    public static readonly TimeSpan Unremembered = TimeSpan.FromHours(12);

    public static IServiceCollection AddSessions(this IServiceCollection services)
    {
        services.AddAuthentication(Scheme)
            .AddPolicyScheme(Scheme, null, options => options.ForwardDefaultSelector = context =>
                Token(context.Request) is null ? IdentityConstants.ApplicationScheme : IdentityConstants.BearerScheme)
            .AddCookie(IdentityConstants.ApplicationScheme, Cookie)
            .AddBearerToken(IdentityConstants.BearerScheme, options =>
            {
                options.BearerTokenExpiration = TimeSpan.FromHours(1);
                options.RefreshTokenExpiration = TimeSpan.FromDays(14);
                options.Events.OnMessageReceived = context =>
                {
                    context.Token = Token(context.Request);
                    return Task.CompletedTask;
                };
            });
        services.AddPolicies();
        services.AddTransient<IClaimsTransformation, SignedInAccount>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AskToSignIn>();
        services.AddScoped<AuthenticationStateProvider, CircuitAccount>();
        services.AddScoped<SignIn>();
        services.AddScoped<IssueTokens>();
        services.AddSingleton<KnownBrowser>();
        services.AddSingleton<SignInLimit>();
        return services;
    }

    private static void Cookie(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = "cowans-session";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = Remembered;
        options.SlidingExpiration = true;
        options.LoginPath = SignInPath;
        options.ReturnUrlParameter = "returnUrl";
        options.Events.OnRedirectToLogin = context => ForProgram(context.Request)
            ? Problems.Write(context.HttpContext, StatusCodes.Status401Unauthorized, "Sign in first: POST /api/auth/login, then send the access token as Authorization: Bearer ….")
            : Redirect(context, context.RedirectUri);
        options.Events.OnRedirectToAccessDenied = context => (ForProgram(context.Request), context.HttpContext.User.HasOneTimePassword) switch
        {
            (true, true) => Problems.Write(context.HttpContext, StatusCodes.Status403Forbidden, "This is a one-time password. Change it in the browser first."),
            (true, false) => Problems.Write(context.HttpContext, StatusCodes.Status403Forbidden, "Your role does not allow this."),
            (false, true) => Redirect(context, OwnPasswordPath),
            (false, false) => Redirect(context, NotAllowedPath),
        };
    }

    private static Task Redirect(RedirectContext<CookieAuthenticationOptions> context, string to)
    {
        context.Response.Redirect(to);
        return Task.CompletedTask;
    }

    // Programs want a status, not a page.
    private static bool ForProgram(HttpRequest request) =>
        request.Path.StartsWithSegments("/api") || request.Path.StartsWithSegments("/hubs")
        || request.Path.StartsWithSegments("/_blazor") || request.Path.StartsWithSegments("/openapi");

    // SignalR's JavaScript client cannot send a header with a WebSocket: it puts the token into the address.
    private static string? Token(HttpRequest request)
    {
        const string Prefix = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return header[Prefix.Length..].Trim();
        return request.Path.StartsWithSegments("/hubs") && request.Query["access_token"].ToString() is { Length: > 0 } token ? token : null;
    }
}
