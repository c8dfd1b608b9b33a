namespace CowansDashboard.Conflicts.Differences;

/// <summary>A list against another, row by row, in their order.</summary>
internal static class RowDifference
{
    public static IReadOnlyList<Piece> Of(IReadOnlyList<string> from, IReadOnlyList<string> to)
    {
        string[] before = [.. from], after = [.. to];
        var rows = new List<Piece>();
        var at = 0;
        foreach (var block in TokenDifference.Blocks(before, after))
        {
            rows.AddRange(before[at..block.DeleteStartA].Select(row => new Piece(PieceKind.Same, row)));
            rows.AddRange(before[block.DeleteStartA..(block.DeleteStartA + block.DeleteCountA)].Select(row => new Piece(PieceKind.Removed, row)));
            rows.AddRange(after[block.InsertStartB..(block.InsertStartB + block.InsertCountB)].Select(row => new Piece(PieceKind.Added, row)));
            at = block.DeleteStartA + block.DeleteCountA;
        }
        rows.AddRange(before[at..].Select(row => new Piece(PieceKind.Same, row)));
        return rows;
    }
}
