using CowansDashboard.Web.Components.Kit;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Radzen;

namespace CowansDashboard.Web.Components.Layout;

/// <summary>The frame around every page: Blazor itself, the layout's live data, toasts.</summary>
public static class Shell
{
    public static IServiceCollection AddShell(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents(options =>
        {
            // A laptop's lid, a lift, a restarted router: the circuit waits this long with everything typed in it.
            options.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(15);
        })
        // Room for as many pasted ids as one pull takes; the standard 32 kB would end the connection at some 2,000.
        .AddHubOptions(options => options.MaximumReceiveMessageSize = 1024 * 1024);
        services.AddRadzenComponents();
        services.AddHttpContextAccessor();
        services.AddCascadingAuthenticationState();
        services.AddAntiforgery(options => options.Cookie.Name = "cowans-antiforgery");
        services.AddScoped<ShellFeed>();
        services.AddScoped<CurrentStore>();
        services.AddScoped<FollowRuns>();
        services.AddScoped<FollowWebhooks>();
        services.AddScoped<Toasts>();
        services.AddScoped<Heartbeat>();
        return services;
    }

    public static WebApplication MapShell(this WebApplication app)
    {
        // Our own policy already says who may frame a page (nobody), which also makes compressed sockets safe.
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
        return app;
    }
}
