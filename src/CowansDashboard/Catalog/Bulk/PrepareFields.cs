using System.Text.Json;
using CowansDashboard.History;
using CowansDashboard.Runs;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>Keeps typed fields of one product as a prepared edit, inside a transaction of the caller. Changes nothing in the catalogue.</summary>
public static class PrepareFields
{
    /// <returns>The preview.</returns>
    public static async Task<long> Prepare(NpgsqlConnection connection, long storeId, long productId, string title, IReadOnlyList<FieldEdit> fields, AskedBy by, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            insert into bulk_previews (store_id, title, action, selection, made_by_id, made_by_name, selected) values ($1, $2, $3, '', $4, $5, 1) returning id
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = title });
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize(new TypedCells(fields.Count), BulkJson.Default.BulkAction), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = (object?)by.Id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = by.Name });
        var preview = (long)(await command.ExecuteScalarAsync(cancel))!;
        await BulkChangeRow.Copy(connection, preview, fields.Select(field => new BulkChangeRow(productId, field.Entity, field.EntityId, field.Field, field.Seen, field.New)), cancel);
        return preview;
    }
}
