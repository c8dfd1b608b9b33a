using Npgsql;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>Leaves rows of a preview out, or takes them in again, until it is applied. An approval given before counts no longer.</summary>
public sealed class ExcludeBulkRows(NpgsqlDataSource database)
{
    /// <returns>How many rows it moved; none of a preview that is being applied.</returns>
    public async Task<int> Exclude(long storeId, long previewId, IReadOnlyCollection<long> rows, bool excluded, CancellationToken cancel)
    {
        // Whoever applies the preview holds it, so that a row is either left out in time or not at all.
        await using var command = database.CreateCommand("""
            with preview as (
                update bulk_previews set revision = revision + 1, approved_by_id = null, approved_by_name = null, approved_at = null
                where id = $1 and store_id = $2 and status = 'ready' returning id)
            update bulk_items i set excluded = $4 from preview
            where i.preview_id = preview.id and i.id = any($3) and i.outcome = 'waiting' and i.excluded <> $4
            """);
        command.Parameters.Add(new() { Value = previewId });
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = rows.ToArray() });
        command.Parameters.Add(new() { Value = excluded });
        return await command.ExecuteNonQueryAsync(cancel);
    }
}
