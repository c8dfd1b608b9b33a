namespace CowansDashboard.Web.Security;

/// <summary>Sends the headers that keep a browser from doing what no page of ours asks for.</summary>
public static class SecurityHeaders
{
    public static IServiceCollection AddSecurityHeaders(this IServiceCollection services) => services
        .AddSingleton<PictureHosts>()
        .AddHostedService(provider => provider.GetRequiredService<PictureHosts>());

    public static WebApplication UseSecurityHeaders(this WebApplication app)
    {
        var policy = app.Services.GetRequiredService<PictureHosts>();
        app.Use((context, next) =>
        {
            // At the start of the answer, since a failure clears what was set before it.
            context.Response.OnStarting(() =>
            {
                var headers = context.Response.Headers;
                headers.ContentSecurityPolicy = policy.Policy.Value;
                headers.XContentTypeOptions = "nosniff";
                headers.XFrameOptions = "DENY";
                headers["Referrer-Policy"] = "strict-origin-when-cross-origin";
                headers["Cross-Origin-Opener-Policy"] = "same-origin";
                headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";
                return Task.CompletedTask;
            });
            return next(context);
        });
        return app;
    }
}
