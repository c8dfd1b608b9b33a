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
        var preview = await Begin(connection, storeId, title, rows.Count, rows.Select(row => row.ProductId).Where(id => id > 0).Distinct().Count(), by, cancel);
        await BulkChangeRow.Copy(connection, preview, rows, cancel);
        return preview;
    }

    /// <summary>Without its rows, which the caller writes.</summary>
    /// <returns>The preview.</returns>
    public static async Task<long> Begin(NpgsqlConnection connection, long storeId, string title, int fields, int products, AskedBy by, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            insert into bulk_previews (store_id, title, action, selection, made_by_id, made_by_name, selected) values ($1, $2, $3, '', $4, $5, $6) returning id
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = title });
        command.Parameters.Add(Action(fields));
        command.Parameters.Add(new() { Value = (object?)by.Id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = by.Name });
        command.Parameters.Add(new() { Value = products });
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Says of a preview what it came to, where that is known only after its rows were written.</summary>
    public static async Task Name(NpgsqlConnection connection, long preview, string title, int fields, int products, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("update bulk_previews set title = $2, action = $3, selected = $4 where id = $1", connection);
        command.Parameters.Add(new() { Value = preview });
        command.Parameters.Add(new() { Value = title });
        command.Parameters.Add(Action(fields));
        command.Parameters.Add(new() { Value = products });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static NpgsqlParameter Action(int fields) =>
        new() { Value = JsonSerializer.Serialize(new TypedCells(fields), BulkJson.Default.BulkAction), NpgsqlDbType = NpgsqlDbType.Jsonb };
}
