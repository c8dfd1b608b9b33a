namespace CowansDashboard.Exports;

/// <summary>What a spreadsheet would run as a formula when it opens a CSV, and the apostrophe that keeps it text (OWASP, CSV injection).</summary>
public static class FormulaGuard
{
    public const string Mark = "'";

    public static bool Begins(string text) => text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠';
}
