using Npgsql;

namespace CowansDashboard.Exports;

/// <summary>Reads the files that were asked for, the newest first, or one of them.</summary>
public sealed class ReadExports(NpgsqlDataSource database)
{
    private const int Most = 200;

    public Task<IReadOnlyList<Export>> Read(long storeId, CancellationToken cancel) => Read(storeId, null, cancel);

    /// <returns>Null where the store has none of this number, or had.</returns>
    public async Task<Export?> Find(long storeId, long id, CancellationToken cancel) => await Read(storeId, id, cancel) is [var export, ..] ? export : null;

    private async Task<IReadOnlyList<Export>> Read(long storeId, long? id, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select id, store_id, title, format, columns, old_names, guards_formulas, made_by_id, made_by_name, made_at, run_id, cardinality(product_ids), rows, too_long, bytes, ready_at, expires_at
            from exports where store_id = $1 and ($2::bigint is null or id = $2) order by id desc limit $3
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = (object?)id ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = Most });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var exports = new List<Export>();
        while (await reader.ReadAsync(cancel))
            exports.Add(new(
                reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), ExportFormats.Of(reader.GetString(3))!.Value, reader.GetFieldValue<string[]>(4), reader.GetBoolean(5), reader.GetBoolean(6),
                reader.IsDBNull(7) ? null : reader.GetString(7), reader.GetString(8), reader.GetFieldValue<DateTimeOffset>(9), reader.IsDBNull(10) ? null : reader.GetInt64(10),
                reader.GetInt32(11), reader.GetInt64(12), reader.GetInt64(13), reader.GetInt64(14),
                reader.IsDBNull(15) ? null : reader.GetFieldValue<DateTimeOffset>(15), reader.IsDBNull(16) ? null : reader.GetFieldValue<DateTimeOffset>(16)));
        return exports;
    }
}
