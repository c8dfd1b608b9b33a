using System.Globalization;

namespace CowansDashboard.Web.Startup;

/// <summary>One culture for everything that people read, whatever the server's language is.</summary>
public static class DashboardCulture
{
    public static readonly CultureInfo British = CultureInfo.GetCultureInfo("en-GB");

    public static WebApplication UseDashboardCulture(this WebApplication app)
    {
        CultureInfo.DefaultThreadCurrentCulture = British;
        CultureInfo.DefaultThreadCurrentUICulture = British;
        app.UseRequestLocalization(options =>
        {
            options.SupportedCultures = options.SupportedUICultures = [British];
            options.DefaultRequestCulture = new(British);
            options.RequestCultureProviders.Clear();
        });
        return app;
    }
}
