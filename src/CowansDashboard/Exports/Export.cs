namespace CowansDashboard.Exports;

/// <summary>A file of products that somebody asked for.</summary>
/// <param name="Products">Chosen when it was asked for.</param>
/// <param name="Rows">Written so far.</param>
/// <param name="TooLong">Cells that a spreadsheet cannot hold and that were left empty.</param>
/// <param name="Bytes">Written so far; of a workbook before it is packed.</param>
/// <param name="ReadyAt">Null while it is being written.</param>
/// <param name="ExpiresAt">When it is thrown away; null while it is being written.</param>
public sealed record Export(
    long Id, long StoreId, string Title, ExportFormat Format, IReadOnlyList<string> Columns, bool OldNames, bool GuardsFormulas, string? MadeById, string MadeBy, DateTimeOffset MadeAt,
    long? RunId, long Products, long Rows, long TooLong, long Bytes, DateTimeOffset? ReadyAt, DateTimeOffset? ExpiresAt)
{
    /// <summary>How long a file can be downloaded.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    /// <summary>What the downloaded file is called.</summary>
    public string FileName => $"{FileTitle(Title)}-{MadeAt.UtcDateTime:yyyy-MM-dd-HHmm}.{Format.Extension()}";

    // Letters, digits and dashes: what every file system and every mail program takes.
    private static string FileTitle(string title)
    {
        var name = string.Join('-', new string([.. title.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return name.Length == 0 ? "products" : name.Length > 60 ? name[..60] : name;
    }
}
