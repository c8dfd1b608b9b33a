using CowansDashboard.Catalog.Bulk;
using CowansDashboard.Runs;
using Npgsql;

namespace CowansDashboard.Catalog.Sheets;

/// <summary>
/// Prepares cells of a spreadsheet as an edit that is applied later: looked through by a second person, tried on a few
/// products first, or scheduled. Changes nothing in the catalogue.
/// </summary>
public sealed class PrepareSheet(NpgsqlDataSource database, ReadSheetRows read)
{
    /// <returns>The preview; null when none of the cells can be one.</returns>
    public async Task<long?> Prepare(long storeId, string title, IReadOnlyList<SheetEdit> edits, IReadOnlyList<SheetColumn> columns, AskedBy by, CancellationToken cancel)
    {
        var plan = await SheetPlan.Of(read, storeId, edits, columns, cancel);
        List<BulkChangeRow> rows = [.. plan.Rows()];
        if (rows.Count == 0)
            return null;
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var preview = await PrepareCells.Prepare(connection, storeId, title, rows, by, cancel);
        await transaction.CommitAsync(cancel);
        return preview;
    }
}
