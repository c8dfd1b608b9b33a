using System.Collections.Immutable;
using System.Globalization;

namespace CowansDashboard.Search;

/// <summary>A selection as one line of text, kept by the browser for a reload; what cannot be read is no selection.</summary>
public static class SelectionText
{
    // More would be a slow reload; so many rows nobody ticks by hand.
    private const int MostIds = 20_000;

    /// <summary>"" for nothing, and for more ids than a browser should keep.</summary>
    public static string Print(ProductSelection selection) =>
        selection.IsEmpty || selection.Ids.Count + selection.Also.Count > MostIds ? "" : string.Join('\n',
            selection.AllMatching is { } filter ? "?" + FilterText.Print(filter) : "", Print(selection.Ids), Print(selection.Also));

    public static ProductSelection Read(string? text)
    {
        if (text?.Split('\n') is not [var filter, var ids, var also] || Ids(ids) is not { } chosen || Ids(also) is not { } others)
            return ProductSelection.Nothing;
        if (filter.Length == 0)
            return new(null, chosen);
        var (read, problems) = FilterText.Read(filter);
        return problems.Count > 0 ? ProductSelection.Nothing : new(read, chosen) { Also = others };
    }

    private static string Print(ImmutableHashSet<long> ids) => string.Join(',', ids.Select(id => id.ToString(CultureInfo.InvariantCulture)));

    private static ImmutableHashSet<long>? Ids(string text)
    {
        var ids = ImmutableHashSet.CreateBuilder<long>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                return null;
            ids.Add(id);
        }
        return ids.ToImmutable();
    }
}
