using CowansDashboard.Accounts;
using CowansDashboard.Accounts.Keys;
using CowansDashboard.Data;
using CowansDashboard.Stores;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CowansDashboard.Web.Startup;

/// <summary>What must be right before the first request: settings, database, keys, the first administrator, the shop of the settings.</summary>
public static class Prepare
{
    /// <summary>The exit code of a start that a wrong setting stopped (EX_CONFIG of sysexits.h).</summary>
    public const int WrongSetting = 78;

    /// <summary>The connection string of the settings, or why it will not do.</summary>
    public static string DashboardConnection(this IConfiguration configuration)
    {
        const string Right = "Give one like Host=127.0.0.1;Port=5432;Database=cowan;Username=cowan;Password=…; ./start-dashboard.sh makes a private PostgreSQL and sets it by itself.";
        var text = configuration.GetConnectionString("Dashboard");
        if (string.IsNullOrWhiteSpace(text))
            throw new WrongSettingException($"ConnectionStrings__Dashboard is not set. {Right}");
        try
        {
            return string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(text).Host)
                ? throw new WrongSettingException($"ConnectionStrings__Dashboard names no host. {Right}")
                : text;
        }
        catch (ArgumentException wrong)
        {
            // The value may hold a password: it is not repeated.
            throw new WrongSettingException($"ConnectionStrings__Dashboard cannot be read: {wrong.Message} {Right}");
        }
    }

    public static async Task PrepareAsync(this WebApplication app, CancellationToken cancel)
    {
        var services = app.Services;
        services.GetRequiredService<IStartupValidator>().Validate();
        await Migrate(services, cancel);
        services.GetRequiredService<OpenKeys>().Open();
        if (await services.GetRequiredService<CreateFirstAdministrator>().Create(cancel) is { } first)
            Console.Out.WriteLine(first.Announcement);
        await services.GetRequiredService<ConnectConfiguredStore>().Connect(cancel);
    }

    /// <summary>All that is wrong, each on a line of its own; null when the failure is of another kind.</summary>
    public static string? WrongSettings(Exception failure) => failure switch
    {
        WrongSettingException wrong => wrong.Message,
        OptionsValidationException wrong => string.Join(Environment.NewLine, wrong.Failures.Select(Message)),
        AggregateException many when many.InnerExceptions.All(each => WrongSettings(each) is not null) =>
            string.Join(Environment.NewLine, many.InnerExceptions.Select(WrongSettings)),
        _ => null,
    };

    private static async Task Migrate(IServiceProvider services, CancellationToken cancel)
    {
        try
        {
            await services.GetRequiredService<MigrateDatabase>().Migrate(cancel);
        }
        catch (Exception failure) when (failure is NpgsqlException { InnerException: System.Net.Sockets.SocketException or TimeoutException }
            or PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.InvalidAuthorizationSpecification })
        {
            throw new WrongSettingException($"ConnectionStrings__Dashboard: {failure.Message.TrimEnd('.')}. Check host, port, database, user and password, and that PostgreSQL runs.");
        }
    }

    // The generated validator puts the member's name before our own words, which name the setting already.
    private static string Message(string failure) =>
        failure.IndexOf("__", StringComparison.Ordinal) is > 0 and var at && failure.LastIndexOf(' ', at) is >= 0 and var space ? failure[(space + 1)..] : failure;
}
