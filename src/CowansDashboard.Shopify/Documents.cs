using System.Collections.Frozen;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;

namespace CowansDashboard.Shopify;

/// <summary>The GraphQL documents of this library, one operation each, by the operation's name.</summary>
public static partial class Documents
{
    private static readonly FrozenDictionary<string, string> All = Load();

    /// <summary>The names, in order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The text of one document.</summary>
    public static string Text(string name) =>
        All.TryGetValue(name, out var text) ? text : throw new ArgumentException($"There is no document called {name}.", nameof(name));

    private static FrozenDictionary<string, string> Load()
    {
        var assembly = typeof(Documents).Assembly;
        return assembly.GetManifestResourceNames()
            .Where(resource => resource.EndsWith(".graphql", StringComparison.Ordinal))
            .Select(resource => Read(assembly, resource))
            .ToFrozenDictionary(text => OperationName().Match(text).Groups[1].Value, StringComparer.Ordinal);
    }

    private static string Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"^(?:query|mutation) (\w+)", RegexOptions.Multiline)]
    private static partial Regex OperationName();
}
