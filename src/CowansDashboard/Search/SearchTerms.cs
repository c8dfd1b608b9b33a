namespace CowansDashboard.Search;

/// <summary>A search as the database understands it: lower case, without accents, corrected where a word is found nowhere.</summary>
/// <param name="Phrase">The whole search.</param>
/// <param name="Terms">All must be found; of a corrected term any of its words.</param>
/// <param name="Exact">Products whose SKU, barcode, handle or Shopify id is the search itself: the best matches.</param>
public sealed record SearchTerms(string Phrase, IReadOnlyList<SearchTerm> Terms, long[] Exact)
{
    public IEnumerable<SearchTerm> Corrected => Terms.Where(term => term.Corrected);

    /// <summary>How a title begins that begins with what was meant.</summary>
    public string Start => Terms.All(term => term.Words.Count == 1) ? string.Join(' ', Terms.Select(term => term.Words[0])) : Phrase;

    /// <summary>Whether the trigram index can find them; one or two letters of a script without spaces it cannot.</summary>
    public bool Indexed => Terms.Any(term => term.Words.All(word => word.Length >= 3));
}

/// <summary>One term and the words that stand for it.</summary>
public sealed record SearchTerm(string Typed, IReadOnlyList<string> Words)
{
    public bool Corrected => Words.Count != 1 || Words[0] != Typed;

    /// <summary>Splits at spaces; words in double quotes stay together.</summary>
    public static IReadOnlyList<SearchTerm> Split(string phrase)
    {
        const int Most = 10;
        var terms = phrase.Split('"')
            .SelectMany((part, i) => i % 2 == 1 ? [part.Trim()] : part.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Where(word => word.Length > 0)
            .Distinct(StringComparer.Ordinal);
        return [.. terms.Take(Most).Select(word => new SearchTerm(word, [word]))];
    }
}

internal static class LikePattern
{
    /// <summary>What the user typed, literally: % and _ are letters like any other.</summary>
    public static string Escape(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("%", "\\%", StringComparison.Ordinal)
        .Replace("_", "\\_", StringComparison.Ordinal);

    public static string Containing(string text) => $"%{Escape(text)}%";
}
