using System.Text.RegularExpressions;
using DiffPlex;
using DiffPlex.Model;

namespace CowansDashboard.Conflicts.Differences;

/// <summary>Cuts texts into words and finds the blocks in which two differ.</summary>
internal static partial class TokenDifference
{
    public static string[] Words(string text) => [.. Word().Matches(text).Select(match => match.Value)];

    /// <summary>Words, and each tag of the markup as one piece.</summary>
    public static string[] Markup(string html) => [.. TagOrWord().Matches(html).Select(match => match.Value)];

    public static IList<DiffBlock> Blocks(string[] before, string[] after)
    {
        // The library cuts texts itself; what it gets here are the names of pieces that are cut already.
        var cut = new Queue<string[]>([before, after]);
        return new Differ().CreateCustomDiffs("before", "after", false, false, _ => cut.Dequeue()).DiffBlocks;
    }

    [GeneratedRegex(@"\s+|[\p{L}\p{M}\p{N}_'’-]+|.", RegexOptions.Singleline)]
    private static partial Regex Word();

    [GeneratedRegex(@"<[^<>]*>|&[#\w]+;|\s+|[\p{L}\p{M}\p{N}_'’-]+|.", RegexOptions.Singleline)]
    private static partial Regex TagOrWord();
}
