using System.Text.RegularExpressions;

namespace CowansDashboard.Conflicts.Differences;

/// <summary>A text against another, word by word; beyond a few thousand words line by line, so that no pair of texts takes long.</summary>
public static partial class WordDifference
{
    private const int MostWords = 6000;

    public static IReadOnlyList<Piece> Of(string from, string to)
    {
        if (from == to)
            return from.Length == 0 ? [] : [new(PieceKind.Same, from)];
        var (before, after) = Cut(from, to);
        var pieces = new List<Piece>();
        var at = 0;
        foreach (var block in TokenDifference.Blocks(before, after))
        {
            Append(PieceKind.Same, before[at..block.DeleteStartA]);
            Append(PieceKind.Removed, before[block.DeleteStartA..(block.DeleteStartA + block.DeleteCountA)]);
            Append(PieceKind.Added, after[block.InsertStartB..(block.InsertStartB + block.InsertCountB)]);
            at = block.DeleteStartA + block.DeleteCountA;
        }
        Append(PieceKind.Same, before[at..]);
        return Joined(pieces);

        void Append(PieceKind kind, string[] tokens)
        {
            if (tokens.Length > 0)
                pieces.Add(new(kind, string.Concat(tokens)));
        }
    }

    private static (string[] Before, string[] After) Cut(string from, string to)
    {
        var (before, after) = (TokenDifference.Words(from), TokenDifference.Words(to));
        return before.Length <= MostWords && after.Length <= MostWords
            ? (before, after)
            : ([.. Line().Matches(from).Select(line => line.Value)], [.. Line().Matches(to).Select(line => line.Value)]);
    }

    // "Hand wash at" for "Machine wash cool" reads better as one change than as three with a blank between them.
    private static List<Piece> Joined(List<Piece> pieces)
    {
        var joined = new List<Piece>();
        for (var index = 0; index < pieces.Count; index++)
        {
            var blank = pieces[index].Kind is PieceKind.Same && pieces[index].Text.All(char.IsWhiteSpace) && !pieces[index].Text.Contains('\n', StringComparison.Ordinal);
            if (blank && index > 0 && index < pieces.Count - 1)
            {
                Add(joined, new(PieceKind.Removed, pieces[index].Text));
                Add(joined, new(PieceKind.Added, pieces[index].Text));
            }
            else
            {
                Add(joined, pieces[index]);
            }
        }
        return joined;
    }

    // Within one change what went stands before what came.
    private static void Add(List<Piece> into, Piece piece)
    {
        for (var index = into.Count - 1; index >= 0 && into[index].Kind is not PieceKind.Same && piece.Kind is not PieceKind.Same; index--)
        {
            if (into[index].Kind != piece.Kind)
                continue;
            into[index] = piece with { Text = into[index].Text + piece.Text };
            return;
        }
        if (piece.Kind is PieceKind.Removed && into.Count > 0 && into[^1].Kind is PieceKind.Added)
            into.Insert(into.Count - 1, piece);
        else
            into.Add(piece);
    }

    [GeneratedRegex(@"[^\n]*\n|[^\n]+$")]
    private static partial Regex Line();
}
