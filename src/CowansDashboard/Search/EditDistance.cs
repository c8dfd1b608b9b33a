namespace CowansDashboard.Search;

/// <summary>How many slips of the finger lie between two words: a letter more, less, other, or two swapped.</summary>
internal static class EditDistance
{
    /// <summary>How many slips a word of this length is forgiven.</summary>
    public static int Allowed(int length) => length switch { < 4 => 0, < 7 => 1, _ => 2 };

    public static int Between(string one, string other)
    {
        var (before, last, row) = (new int[other.Length + 1], new int[other.Length + 1], new int[other.Length + 1]);
        for (var j = 0; j <= other.Length; j++)
            last[j] = j;
        for (var i = 1; i <= one.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var same = one[i - 1] == other[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j - 1], last[j]) + 1, last[j - 1] + same);
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
            }
            (before, last, row) = (last, row, before);
        }
        return last[other.Length];
    }
}
