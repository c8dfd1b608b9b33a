using System.Text.Json;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.Runs;
using Npgsql;
using NpgsqlTypes;

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
        await using var command = new NpgsqlCommand("""
            insert into bulk_previews (store_id, title, action, selection, made_by_id, made_by_name, selected) values ($1, $2, $3, '', $4, $5, $6) returning id
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = title });
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize(new TypedCells(rows.Count), BulkJson.Default.BulkAction), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = (object?)by.Id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = by.Name });
        command.Parameters.Add(new() { Value = rows.Select(row => row.ProductId).Distinct().Count() });
        var preview = (long)(await command.ExecuteScalarAsync(cancel))!;
        await BulkChangeRow.Copy(connection, preview, rows, cancel);
        await transaction.CommitAsync(cancel);
        return preview;
    }
}
