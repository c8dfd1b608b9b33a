using System.Text.Json;
using CowansDashboard.Runs;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>Keeps fields that each have a new value of their own as a prepared edit, inside a transaction of the caller. Changes nothing in the catalogue.</summary>
internal static class PrepareCells
{
    /// <returns>The preview.</returns>
    public static async Task<long> Prepare(NpgsqlConnection connection, long storeId, string title, IReadOnlyList<BulkChangeRow> rows, AskedBy by, CancellationToken cancel)
    {
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
        return preview;
    }
}
