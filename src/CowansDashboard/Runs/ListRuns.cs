using CowansDashboard.Runs.Progress;

namespace CowansDashboard.Runs;

/// <param name="StoreId">Null: of all stores.</param>
/// <param name="Kinds">Null: of every kind.</param>
/// <param name="Before">Only runs with a smaller id, for the next page.</param>
public sealed record RunFilter(long? StoreId = null, IReadOnlyList<string>? Kinds = null, bool OnlyUnfinished = false, long? Before = null, int Limit = 50);

/// <summary>Lists runs, the newest first.</summary>
public sealed class ListRuns
{
    private readonly ReadRuns _rows;

    internal ListRuns(ReadRuns rows) => _rows = rows;

    public Task<IReadOnlyList<RunSnapshot>> List(RunFilter filter, CancellationToken cancel) => _rows.List("""
        where ($1 = 0 or r.store_id = $1) and (cardinality($2::text[]) = 0 or r.kind = any ($2))
            and (not $3 or r.status not in ('succeeded', 'failed', 'cancelled')) and r.id < $4
        order by r.id desc limit $5
        """,
        [filter.StoreId ?? 0, filter.Kinds?.ToArray() ?? [], filter.OnlyUnfinished, filter.Before ?? long.MaxValue, Math.Clamp(filter.Limit, 1, 500)],
        cancel);
}
