using CowansDashboard.Accounts;
using CowansDashboard.Catalog;
using CowansDashboard.Collections;
using CowansDashboard.Conflicts;
using CowansDashboard.Data;
using CowansDashboard.Exports;
using CowansDashboard.History;
using CowansDashboard.Insights;
using CowansDashboard.Runs;
using CowansDashboard.Schedules;
using CowansDashboard.Search;
using CowansDashboard.Stores;
using CowansDashboard.Sync;
using CowansDashboard.Webhooks.Subscriptions;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Api;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Products;
using CowansDashboard.Web.Runs;
using CowansDashboard.Web.Security;
using CowansDashboard.Web.Startup;
using CowansDashboard.Web.Webhooks;
using CowansDashboard.Webhooks;

try
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddSettingsFile();
    builder.WebHost.UseStaticWebAssets(); // also when it runs from the build output outside of development
    // Every statement is too much for a log that people read.
    builder.Logging.AddFilter("Microsoft.EntityFrameworkCore.Database.Command", LogLevel.Warning);

    builder.Services.AddSingleton(TimeProvider.System);
    builder.Services.AddData(builder.Configuration.DashboardConnection());
    builder.Services.AddAccounts(builder.Configuration);
    builder.Services.AddStores(builder.Configuration);
    builder.Services.AddRuns(builder.Configuration.DashboardConnection());
    builder.Services.AddProgressHub();
    builder.Services.AddConflicts();
    builder.Services.AddSync();
    builder.Services.AddWebhooks();
    builder.Services.AddInsights();
    builder.Services.AddFileCompression();
    builder.Services.AddHistory();
    builder.Services.AddCatalog();
    builder.Services.AddSchedules();
    builder.Services.AddSubscriptions(builder.Configuration);
    builder.Services.AddSearch();
    builder.Services.AddCollections();
    builder.Services.AddExports();
    builder.Services.AddProductPages();
    builder.Services.AddProxies(builder.Configuration);
    builder.Services.AddSecurityHeaders();
    builder.Services.AddShell();
    builder.Services.AddHealthChecks().AddCheck<DatabaseAnswers>("database");
    builder.Services.AddSessions();
    builder.Services.AddRestApi();

    var app = builder.Build();
    await app.PrepareAsync(CancellationToken.None);

    app.UseProxies();
    app.UseFailurePages();
    app.UseRestApi();
    app.UseSecurityHeaders();
    app.UseDashboardCulture();
    app.UseResponseCompression();
    app.UseRouting(); // after the failure pages, which send a request through here a second time
    app.UseAuthentication();
    app.UseRateLimiter();
    app.UseAuthorization();
    app.UseAntiforgery();

    app.MapWebhookDoor();
    app.MapStaticAssets().AllowAnonymous();
    app.MapHealthChecks("/health").AllowAnonymous(); // one word: Healthy or Unhealthy
    app.MapSignOut();
    app.MapRestApi();
    app.MapRuns();
    app.MapShell();

    await app.RunAsync();
    return 0;
}
catch (Exception failure) when (Prepare.WrongSettings(failure) is { } wrong)
{
    await Console.Error.WriteLineAsync(wrong);
    return Prepare.WrongSetting;
}

public partial class Program;
