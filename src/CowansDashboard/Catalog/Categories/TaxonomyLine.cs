using System.Text.RegularExpressions;

namespace CowansDashboard.Catalog.Categories;

/// <summary>A line of Shopify's file of categories: an id and the names from the top down, as <c>gid://shopify/TaxonomyCategory/aa-1 : Apparel &amp; Accessories > Clothing</c>.</summary>
public abstract partial record TaxonomyLine
{
    private const string Prefix = "gid://shopify/TaxonomyCategory/";
    private const int LongestName = 1_000;

    private TaxonomyLine()
    {
    }

    /// <summary>Empty, or a remark.</summary>
    public sealed record Nothing : TaxonomyLine;

    public sealed record Category(string Id, string Name, string FullName, int Level, string? ParentId) : TaxonomyLine;

    public sealed record Wrong(string Sentence) : TaxonomyLine;

    public static TaxonomyLine Read(string line)
    {
        var text = line.Trim('\uFEFF', ' ', '\t', '\r');
        if (text.Length == 0 || text[0] == '#')
            return new Nothing();
        var colon = text.IndexOf(" :", StringComparison.Ordinal);
        if (!text.StartsWith(Prefix, StringComparison.Ordinal) || colon < 0)
            return new Wrong($"“{Beginning(text)}” is no line of the form {Prefix}… : A > B.");
        var id = text[Prefix.Length..colon].Trim();
        if (!Code().IsMatch(id))
            return new Wrong($"“{Beginning(id)}” is no id such as aa-1-13-8.");
        string[] names = [.. text[(colon + 2)..].Split(" > ").Select(name => name.Trim())];
        if (names.Any(name => name.Length is 0 or > LongestName || name.Any(char.IsControl)))
            return new Wrong($"{id} has a name that is empty, too long, or holds control characters.");
        var levels = id.Split('-').Length;
        if (levels != names.Length)
            return new Wrong($"{id} is of level {levels}, but {names.Length} names stand behind it.");
        return new Category(id, names[^1], string.Join(" > ", names), levels, levels == 1 ? null : id[..id.LastIndexOf('-')]);
    }

    private static string Beginning(string text) => text.Length > 60 ? text[..60] + "…" : text;

    [GeneratedRegex("^[a-z]{2,3}(-[0-9]+)*$")]
    private static partial Regex Code();
}
