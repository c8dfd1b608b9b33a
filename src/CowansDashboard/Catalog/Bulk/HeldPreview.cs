using Npgsql;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>A preview that is about to be applied or scheduled, held so that nobody else does either.</summary>
public static class HeldPreview
{
    public static async Task<BulkPreview?> Hold(NpgsqlConnection connection, long storeId, long previewId, CancellationToken cancel)
    {
        await using (var hold = new NpgsqlCommand("select from bulk_previews where id = $1 and store_id = $2 for update", connection))
        {
            hold.Parameters.Add(new() { Value = previewId });
            hold.Parameters.Add(new() { Value = storeId });
            await hold.ExecuteNonQueryAsync(cancel);
        }
        return await ReadBulkPreview.Find(connection, storeId, previewId, cancel);
    }

    /// <summary>It belongs to a schedule now, and waits for a second person where one is needed; or it is free again.</summary>
    public static async Task Mark(NpgsqlConnection connection, long previewId, bool scheduled, bool asks, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            update bulk_previews set status = case when $2 then 'scheduled' else 'ready' end, made_at = case when $2 then made_at else now() end,
                approval_asked_at = case when $3 then coalesce(approval_asked_at, now()) end where id = $1
            """, connection);
        command.Parameters.Add(new() { Value = previewId });
        command.Parameters.Add(new() { Value = scheduled });
        command.Parameters.Add(new() { Value = asks });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>What was approved is no longer what would happen.</summary>
    public static async Task Unapprove(NpgsqlConnection connection, long previewId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "update bulk_previews set revision = revision + 1, approved_by_id = null, approved_by_name = null, approved_at = null where id = $1", connection);
        command.Parameters.Add(new() { Value = previewId });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
