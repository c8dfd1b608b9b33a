using Npgsql;

namespace CowansDashboard.Catalog.Bulk;

public sealed record AwaitedApproval(long PreviewId, string Title, string? MadeById, string MadeBy, DateTimeOffset Since);

/// <summary>The prepared edits of a shop that wait for a second person, the oldest first.</summary>
public sealed class ListAwaitedApprovals(NpgsqlDataSource database)
{
    public async Task<IReadOnlyList<AwaitedApproval>> List(long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select id, title, made_by_id, made_by_name, approval_asked_at from bulk_previews p
            where store_id = $1 and approval_asked_at is not null and approved_at is null and status in ('ready', 'scheduled')
                -- of a schedule that is over its push plan waits, or nothing
                and (status = 'ready' or exists (select from schedules s where s.preview_id = p.id and s.state in ('planned', 'starting', 'active', 'ending')))
            order by id limit 20
            """);
        command.Parameters.Add(new() { Value = storeId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var waiting = new List<AwaitedApproval>();
        while (await reader.ReadAsync(cancel))
            waiting.Add(new(reader.GetInt64(0), reader.GetString(1), reader.Text(2), reader.GetString(3), reader.GetFieldValue<DateTimeOffset>(4)));
        return waiting;
    }
}
