using System.Globalization;
using System.Text;

namespace CowansDashboard.Catalog.ProductTypes;

/// <summary>A product type as products spell it, and how many do.</summary>
public sealed record TypeSpelling(string Name, long Products);

/// <summary>Spellings that seem to mean one type; the most used one is kept.</summary>
public sealed record TypeGroup(TypeSpelling Kept, IReadOnlyList<TypeSpelling> Others)
{
    /// <summary>Products that would change.</summary>
    public long Products => Others.Sum(other => other.Products);
}

/// <summary>
/// Finds product types that differ by case, spaces, hyphens, accents, a plural or one slip of the finger: "T-Shirt",
/// "T-shirts", "Tees". Pure; it only asks, a person decides.
/// </summary>
public static class NearDuplicates
{
    /// <summary>Shorter words lie one letter apart and mean other things: "Caps" and "Cups".</summary>
    private const int ShortestWithSlip = 8;

    // What shops call the same thing, as a key after the plural has gone.
    private static readonly Dictionary<string, string> SameWord = new(StringComparer.Ordinal) { ["tee"] = "tshirt", ["teeshirt"] = "tshirt" };

    /// <param name="spellings">All types of a shop; one without a name is passed by.</param>
    /// <param name="areApart">Whether a person has said of two spellings that they differ.</param>
    /// <returns>The groups, those with the most products to change first.</returns>
    public static IReadOnlyList<TypeGroup> Find(IReadOnlyCollection<TypeSpelling> spellings, Func<string, string, bool> areApart)
    {
        TypeSpelling[] all = [.. spellings.Where(spelling => Key(spelling.Name).Length > 0).OrderByDescending(spelling => spelling.Products).ThenBy(spelling => spelling.Name, StringComparer.Ordinal)];
        var groups = all.Select((_, place) => new List<int> { place }).ToArray();
        var byKey = all.Select((spelling, place) => (Key: Key(spelling.Name), Place: place)).ToLookup(one => one.Key, one => one.Place);
        foreach (var same in byKey)
            Join([.. same]);
        foreach (var (one, other) in Slips([.. byKey.Select(same => same.Key)]))
            Join([.. byKey[one].Concat(byKey[other]).Order()]);
        return [.. groups.Distinct().Where(group => group.Count > 1)
            .Select(group => new TypeGroup(all[group.Min()], [.. group.Order().Skip(1).Select(place => all[place])]))
            .OrderByDescending(group => group.Products).ThenBy(group => group.Kept.Name, StringComparer.Ordinal)];

        // Each with the most used one that it may stand with: nobody of the one group is said to differ from somebody of the other.
        void Join(int[] places)
        {
            for (var later = 1; later < places.Length; later++)
                for (var sooner = 0; sooner < later; sooner++)
                {
                    var (mine, theirs) = (groups[places[later]], groups[places[sooner]]);
                    if (mine == theirs || mine.Any(one => theirs.Any(other => areApart(all[one].Name, all[other].Name))))
                        continue;
                    theirs.AddRange(mine);
                    foreach (var place in mine)
                        groups[place] = theirs;
                    break;
                }
        }
    }

    /// <summary>What is left of a type without case, accents, anything but letters and digits, and each word's plural.</summary>
    public static string Key(string type)
    {
        var plain = new StringBuilder();
        foreach (var letter in type.Normalize(NormalizationForm.FormKD))
            if (CharUnicodeInfo.GetUnicodeCategory(letter) is not UnicodeCategory.NonSpacingMark)
                plain.Append(char.IsLetterOrDigit(letter) ? char.ToLowerInvariant(letter) : ' ');
        var key = string.Concat(plain.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Singular));
        return SameWord.GetValueOrDefault(key, key);
    }

    private static string Singular(string word) => word switch
    {
        [.., 'i', 'e', 's'] when word.Length > 4 => $"{word[..^3]}y",
        [.., 'i', 'e'] when word.Length > 4 => $"{word[..^2]}y",
        [.., 's' or 'x' or 'z', 'e', 's'] or [.., 'c' or 's', 'h', 'e', 's'] when word.Length > 4 => word[..^2],
        [.., 's', 's'] or [.., 'u', 's'] or [.., 'i', 's'] => word,
        [.., 's'] when word.Length > 3 => word[..^1],
        _ => word,
    };

    // Two keys one letter apart share what is left of them without a letter: no pair has to be compared that does not.
    private static IEnumerable<(string One, string Other)> Slips(IReadOnlyList<string> keys)
    {
        var without = keys.Where(key => key.Length >= ShortestWithSlip).SelectMany(key => Enumerable.Range(0, key.Length).Select(at => (Left: key.Remove(at, 1), Key: key)).Append((Left: key, Key: key)))
            .Distinct().ToLookup(one => one.Left, one => one.Key);
        return without.SelectMany(shared => shared.SelectMany((one, at) => shared.Skip(at + 1).Where(other => IsSlip(one, other)).Select(other => string.CompareOrdinal(one, other) < 0 ? (one, other) : (other, one))))
            .Distinct().OrderBy(pair => pair.Item1, StringComparer.Ordinal).ThenBy(pair => pair.Item2, StringComparer.Ordinal);
    }

    // A digit is never a slip: "Poster 50x70" is no "Poster 60x70".
    private static bool IsSlip(string one, string other)
    {
        if (one[0] != other[0] || Math.Min(one.Length, other.Length) < ShortestWithSlip)
            return false;
        var same = one.Zip(other).TakeWhile(pair => pair.First == pair.Second).Count();
        var (mine, theirs) = (one[same..], other[same..]);
        return !mine.Take(1).Concat(theirs.Take(1)).Any(char.IsDigit)
            && (mine.Length == theirs.Length && mine[1..] == theirs[1..] || mine.Length > theirs.Length && mine[1..] == theirs || theirs.Length > mine.Length && theirs[1..] == mine
                || mine is [var a, var b, .. var rest] && theirs is [var c, var d, .. var tail] && a == d && b == c && rest == tail);
    }
}
