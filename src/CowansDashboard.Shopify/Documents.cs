using System.Collections.Frozen;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;

namespace CowansDashboard.Shopify;

/// <summary>The GraphQL documents of this library, one operation each, by the operation's name, with the fragments that it uses.</summary>
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
        var files = assembly.GetManifestResourceNames()
            .Where(resource => resource.EndsWith(".graphql", StringComparison.Ordinal))
            .Select(resource => Read(assembly, resource))
            .ToLookup(text => Operation().IsMatch(text));
        var fragments = files[false].ToFrozenDictionary(text => Fragment().Match(text).Groups[1].Value, StringComparer.Ordinal);
        return files[true].ToFrozenDictionary(text => Operation().Match(text).Groups[1].Value, text => WithFragments(text, fragments), StringComparer.Ordinal);
    }

    /// <summary>Shopify knows no fragments but those in the same document, so each operation carries those it uses, each once.</summary>
    private static string WithFragments(string operation, FrozenDictionary<string, string> fragments)
    {
        var text = new StringBuilder(operation);
        var carried = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>([operation]);
        while (open.TryDequeue(out var part))
        {
            foreach (var name in Spread().Matches(part).Select(match => match.Groups[1].Value).Where(carried.Add))
            {
                text.Append('\n').Append(fragments[name]);
                open.Enqueue(fragments[name]);
            }
        }

        return text.ToString();
    }

    private static string Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"^(?:query|mutation) (\w+)", RegexOptions.Multiline)]
    private static partial Regex Operation();

    [GeneratedRegex(@"^fragment (\w+)", RegexOptions.Multiline)]
    private static partial Regex Fragment();

    [GeneratedRegex(@"\.\.\.(?!on\b)(\w+)")]
    private static partial Regex Spread();
}
