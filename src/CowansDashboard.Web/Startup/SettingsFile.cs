using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;

namespace CowansDashboard.Web.Startup;

/// <summary>Reads appsettings.Development.json, which lies beside the program and not in its content root.</summary>
public static class SettingsFile
{
    public const string Name = "appsettings.Development.json";

    public static WebApplicationBuilder AddSettingsFile(this WebApplicationBuilder builder)
    {
        var path = Path.Combine(AppContext.BaseDirectory, Name);
        Insert(builder.Configuration.Sources, new JsonConfigurationSource { Path = path, Optional = true });
        return builder;
    }

    // After the other files and before environment variables, so that a variable always wins.
    public static void Insert(IList<IConfigurationSource> sources, JsonConfigurationSource file)
    {
        file.ResolveFileProvider();
        var lastJson = Last<JsonConfigurationSource>(sources);
        var lastEnvironment = Last<EnvironmentVariablesConfigurationSource>(sources);
        var at = lastJson >= 0 ? lastJson + 1 : lastEnvironment >= 0 ? lastEnvironment : sources.Count;
        sources.Insert(at, file);
    }

    static int Last<T>(IList<IConfigurationSource> sources) =>
        sources.Select((source, index) => source is T ? index : -1).DefaultIfEmpty(-1).Max();
}
