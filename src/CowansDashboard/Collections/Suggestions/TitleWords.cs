using System.Runtime.InteropServices;
using CowansDashboard.Catalog.ProductTypes;

namespace CowansDashboard.Collections.Suggestions;

/// <summary>
/// The words of product titles, without those that tell nothing: numbers, colours, sizes, the vendor's name, small words. "Tote",
/// "totes" and "TOTES" are one word; each product holds each of its words once.
/// </summary>
internal sealed class TitleWords
{
    public const int None = -1;

    // Whatever they stand beside, they say how a product looks or is sold, not what it is.
    private static readonly HashSet<string> Empty = [.. Keys("""
        the and with for from into our your all new set pack piece pair size one two three small medium large extra mini big classic premium original basic style
        quality edition limited sale special sample test product item collection series version plus pro best deluxe gift
        der die das und mit für aus neu von ein eine les des avec pour une sur
        black white red blue green grey gray yellow orange purple pink brown beige navy cream ivory gold silver teal olive khaki charcoal burgundy mustard
        turquoise tan rust coral mint lilac rose indigo natural multicolour multicolor dark light bright pale
        schwarz weiß rot blau grün grau gelb braun rosa noir blanc rouge bleu vert gris jaune
        """)];

    private const int ShortestWord = 3;

    private readonly Dictionary<string, int> _ids = [], _idsOfForms = [];
    private readonly List<string> _keys = [];
    private readonly List<Dictionary<string, int>> _forms = [];

    private TitleWords(int products) => (Of, Heads, Lower) = (new int[products][], new int[products], new string[products]);

    /// <summary>The words of each product.</summary>
    public int[][] Of { get; }

    /// <summary>The word with which the first part of each title ends, before a comma, a bracket, "in" or "with": what the product is. None where there is no such word.</summary>
    public int[] Heads { get; }

    /// <summary>The titles in lower case, as Shopify compares them.</summary>
    public string[] Lower { get; }

    public int Count => _keys.Count;

    public string KeyOf(int word) => _keys[word];

    /// <summary>The word as most titles spell it, in lower case.</summary>
    public string FormOf(int word) => _forms[word].OrderByDescending(form => form.Value).ThenBy(form => form.Key, StringComparer.Ordinal).First().Key;

    /// <summary>The shortest spelling: titles that hold another one mostly hold this too.</summary>
    public string ShortestOf(int word) => _forms[word].Keys.OrderBy(form => form.Length).ThenBy(form => form, StringComparer.Ordinal).First();

    public static TitleWords Read(IReadOnlyList<SuggestedProduct> products)
    {
        var words = new TitleWords(products.Count);
        var vendors = new Dictionary<string, HashSet<int>>(StringComparer.Ordinal);
        foreach (var (at, product) in products.Index())
        {
            words.Lower[at] = product.Title.ToLowerInvariant();
            ref var vendor = ref CollectionsMarshal.GetValueRefOrAddDefault(vendors, product.Vendor, out var known);
            if (!known)
                vendor = [.. words.Split(product.Vendor.ToLowerInvariant()).Select(each => each.Word)];
            words.Take(at, vendor!);
        }
        return words;
    }

    private void Take(int at, HashSet<int> vendor)
    {
        var held = new List<int>(8);
        var (head, ended) = (None, false);
        foreach (var (word, form, ends) in Split(Lower[at]))
        {
            // "Set of mugs": what tells nothing ends nothing.
            ended |= ends && head != None;
            if (word == None || vendor.Contains(word))
                continue;
            if (!ended)
                head = word;
            if (held.Contains(word))
                continue;
            held.Add(word);
            CollectionsMarshal.GetValueRefOrAddDefault(_forms[word], form, out _)++;
        }
        (Of[at], Heads[at]) = ([.. held], head);
    }

    /// <summary>Each word with whether the first part of the title has ended before it; None stands for one that tells nothing.</summary>
    private List<(int Word, string Form, bool Ends)> Split(string title)
    {
        var found = new List<(int, string, bool)>(8);
        var (start, ends) = (-1, false);
        for (var at = 0; at <= title.Length; at++)
        {
            var inside = at < title.Length && (char.IsLetterOrDigit(title[at])
                || start >= 0 && title[at] is '-' or '\'' or '’' && at > start && at + 1 < title.Length && char.IsLetterOrDigit(title[at + 1]));
            if (inside && start < 0)
                start = at;
            else if (!inside && start >= 0)
            {
                var form = title[start..at];
                ends |= form is "in" or "with" or "for" or "of" or "from" or "by" or "mit" or "für" or "aus" or "avec" or "pour" or "en" or "de" or "to";
                found.Add((WordOf(form), form, ends));
                start = -1;
            }
            if (at < title.Length && (title[at] is ',' or '(' or '[' or '/' or '|' or ':' or '–' or '—' || title[at] == '-' && at > 0 && title[at - 1] == ' ') && found.Count > 0)
                ends = true;
        }
        return found;
    }

    private int WordOf(string form)
    {
        if (_idsOfForms.TryGetValue(form, out var known))
            return known;
        var key = NearDuplicates.Key(form);
        return _idsOfForms[form] = key.Length < ShortestWord || key.Any(char.IsDigit) || Empty.Contains(key) ? None : IdOf(key);
    }

    private int IdOf(string key)
    {
        if (_ids.TryGetValue(key, out var known))
            return known;
        _keys.Add(key);
        _forms.Add([]);
        return _ids[key] = _keys.Count - 1;
    }

    private static IEnumerable<string> Keys(string words) => words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(NearDuplicates.Key);

    /// <summary>The words of a name, as keys.</summary>
    public static HashSet<string> KeysOf(string name) => [.. name.Split((char[])[' ', '/', '&', ',', '-', '>', '|'], StringSplitOptions.RemoveEmptyEntries).Select(NearDuplicates.Key).Append(NearDuplicates.Key(name))];
}
