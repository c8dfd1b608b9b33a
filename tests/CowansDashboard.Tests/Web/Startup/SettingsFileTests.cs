using CowansDashboard.Web.Startup;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.Memory;

namespace CowansDashboard.Tests.Web.Startup;

public sealed class SettingsFileTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("cowans-settings-").FullName;

    [Fact]
    public void A_variable_wins_over_the_file_and_the_file_over_other_files()
    {
        var other = Write("appsettings.json", """{ "Shopify": { "Shop": "from-other", "ApiVersion": "from-other", "BaseUrl": "from-other" } }""");
        var file = Write("appsettings.Development.json", """{ "Shopify": { "Shop": "from-file", "ApiVersion": "from-file" } }""");
        var builder = new ConfigurationBuilder();
        builder.Sources.Add(Json(other));
        builder.Sources.Add(new Variables(("Shopify:Shop", "from-variable")));

        SettingsFile.Insert(builder.Sources, Json(file));
        var settings = builder.Build();

        settings["Shopify:Shop"].ShouldBe("from-variable");
        settings["Shopify:ApiVersion"].ShouldBe("from-file");
        settings["Shopify:BaseUrl"].ShouldBe("from-other");
    }

    [Fact]
    public void Without_another_file_it_still_stands_before_the_variables()
    {
        List<IConfigurationSource> sources = [new MemoryConfigurationSource(), new EnvironmentVariablesConfigurationSource()];

        SettingsFile.Insert(sources, Json(Write("a.json", "{}")));

        sources.FindIndex(source => source is JsonConfigurationSource).ShouldBe(1);
    }

    string Write(string name, string json)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, json);
        return path;
    }

    static JsonConfigurationSource Json(string path)
    {
        var source = new JsonConfigurationSource { Path = path };
        source.ResolveFileProvider();
        return source;
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    sealed class Variables(params (string Key, string Value)[] values) : IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) =>
            new MemoryConfigurationProvider(new MemoryConfigurationSource { InitialData = values.Select(each => KeyValuePair.Create(each.Key, (string?)each.Value)) });
    }
}
