using Npgsql;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>Bulk edits of a store over some days: how many stand where, and what became of their rows.</summary>
public sealed record BatchFigures(int Days, long Prepared, long Scheduled, long Applying, long Applied, long Rows, long Done, long Waiting, long Refused, long Skipped, long LeftOut);

/// <summary>Counts the bulk edits that were prepared in the last days.</summary>
public sealed class CountBatches(NpgsqlDataSource database)
{
    public const int MostDays = 366;

    public async Task<BatchFigures> Count(long storeId, int days, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select count(*) filter (where p.status = 'ready'), count(*) filter (where p.status = 'scheduled'), count(*) filter (where p.status = 'applying'),
                count(*) filter (where p.status = 'applied'), coalesce(sum(i.rows), 0)::bigint, coalesce(sum(i.done), 0)::bigint, coalesce(sum(i.waiting), 0)::bigint,
                coalesce(sum(i.refused), 0)::bigint, coalesce(sum(i.skipped), 0)::bigint, coalesce(sum(i.excluded), 0)::bigint
            from bulk_previews p cross join lateral (
                select count(*) as rows, count(*) filter (where outcome = 'done') as done, count(*) filter (where outcome = 'waiting' and not excluded) as waiting,
                    count(*) filter (where outcome = 'refused') as refused, count(*) filter (where outcome = 'skipped') as skipped, count(*) filter (where excluded) as excluded
                from bulk_items where preview_id = p.id) i
            where p.store_id = $1 and p.made_at > now() - make_interval(days => $2)
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = days });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return new BatchFigures(days, reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5),
            reader.GetInt64(6), reader.GetInt64(7), reader.GetInt64(8), reader.GetInt64(9));
    }
}
