using System.Text;

namespace CowansDashboard.Runs;

/// <summary>
/// Texts of a run come from anywhere, also from broken data. PostgreSQL takes no NUL and no half character, and one
/// such line must not keep all further progress from being written.
/// </summary>
internal static class RunText
{
    private const int Longest = 10_000;

    public static string Clean(string text)
    {
        var cut = text.Length > Longest ? text[..Longest] + "…" : text;
        return cut.Contains('\0', StringComparison.Ordinal) || cut.Any(char.IsSurrogate)
            ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(cut)).Replace('\0', '\ufffd')
            : cut;
    }
}
