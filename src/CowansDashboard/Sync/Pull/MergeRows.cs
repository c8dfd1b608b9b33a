using CowansDashboard.Data;
using CowansDashboard.Conflicts;
using CowansDashboard.Sync.Reconcile;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Brings a batch of staged rows into the copy, inside the transaction that the connection holds: new rows by COPY
/// straight into their table, changed rows by a set-based update, rows with pending edits field by field.
/// A row that a later read has written stays as it is and is reported, to be read again by id.
/// </summary>
public sealed class MergeRows(long storeId, long? runId)
{
    /// <summary>The rows are what Shopify answered to a push. Called before one is merged of which it holds anything else than the copy.</summary>
    public Func<NpgsqlConnection, Task>? Answered { get; init; }

    /// <exception cref="PostgresException">
    /// 23505 when somebody else inserted one of the new rows meanwhile: load the known rows again and stage anew.
    /// </exception>
    public async Task<MergeCounts> Merge(NpgsqlConnection connection, StagedRows rows, CancellationToken cancel)
    {
        var counts = new MergeCounts { Unchanged = rows.UnchangedKeys.Count, Orphans = rows.Orphans };
        var purpose = rows.Changed.Count + rows.New.Count > 0 ? await ReadPurpose.Of(connection, storeId, runId, cancel) : ReadPurpose.Plain;
        var table = rows.Table;
        var columns = string.Join(", ", table.ReservesIds ? [.. table.Columns, "id"] : table.Columns);
        var refused = new MergeCounts();
        var adopted = table != CatalogueTable.Metafields || rows.New.Count == 0 || !purpose.TakesIn ? 0
            : await AdoptedRows.Metafields(connection, storeId, async () =>
            {
                await HoldProducts.Hold(connection, rows.Products, cancel);
                refused = await StageNew(connection, rows, columns, cancel);
                return NewOf(table);
            }, cancel);
        if (rows.Changed.Count + adopted > 0)
        {
            await HoldProducts.Hold(connection, rows.Products, cancel);
            counts += await MergeChanged(connection, rows, adopted, purpose, cancel);
        }
        if (rows.New.Count > 0)
        {
            if (!purpose.IsPlain)
                counts += await NoteNew(connection, rows, columns, purpose, cancel);
            if (purpose.TakesIn && adopted > 0)
                counts += refused with { Inserted = await InsertStaged(connection, table, columns, cancel) };
            else if (purpose.TakesIn)
            {
                var copied = await CopyRows.Copy(connection, $"{table.Name} ({columns})", rows.New, cancel);
                counts += copied with { Inserted = rows.New.Count - copied.Failed };
            }
        }
        return rows.Children is { Rows: > 0 } children ? counts + await Merge(connection, children, cancel) : counts;
    }

    /// <param name="connection">Its transaction holds the products.</param>
    /// <param name="rows">What was read.</param>
    /// <param name="adopted">How many of its new rows have turned out to be rows that were made here.</param>
    /// <param name="purpose">What for.</param>
    /// <param name="cancel">Gives up.</param>
    private async Task<MergeCounts> MergeChanged(NpgsqlConnection connection, StagedRows rows, int adopted, ReadPurpose purpose, CancellationToken cancel)
    {
        var table = rows.Table;
        var stage = $"stage_{table.Name}";
        var columns = string.Join(", ", table.Columns);
        await Execute(connection, $"create temporary table if not exists {stage} on commit delete rows as select {columns}, id from {table.Name} with no data", cancel);
        await Execute(connection, $"truncate {stage}", cancel);
        var counts = rows.Changed.Count == 0 ? new MergeCounts() : await CopyRows.Copy(connection, $"{stage} ({columns}, id)", rows.Changed, cancel);
        if (adopted > 0)
            await Execute(connection, $"""
                insert into {stage} ({columns}, id) select {string.Join(", ", table.Columns.Select(column => $"s.{column}"))}, t.id
                from {NewOf(table)} s join {table.Name} t on t.store_id = s.store_id and t.shopify_id = s.shopify_id
                """, cancel);
        await Execute(connection, $"analyze {stage}", cancel);

        // Collections have no product to be held by; the order of ids is the same for whoever saves one.
        if (table == CatalogueTable.Collections)
            await Execute(connection, $"select from {table.Name} t where t.id in (select id from {stage}) order by t.id for update", cancel);

        var match = table.MatchesByShopifyId ? "t.store_id = s.store_id and t.shopify_id = s.shopify_id" : "t.id = s.id";
        counts += await Late(connection, table, stage, match, cancel);
        if (purpose.CountsMissed)
            await NoteFoundChanges.Changed(connection, purpose, table, stage, match, cancel);
        if (purpose.Compares)
            await NoteDrift.Changed(connection, purpose, table, stage, match, cancel);
        if (!purpose.TakesIn)
            return counts;
        // What was answered is nearly always what the copy holds.
        var edited = Answered is null ? new MergeCounts() : await AgreedRows.Merge(connection, table, stage, match, cancel);
        if (table.HasPending && (Answered is null || edited.Updated < rows.Changed.Count + adopted))
        {
            if (Answered is not null)
                await Answered(connection);
            edited += await new MergePending(storeId, runId).Merge(connection, table, stage, match, cancel);
        }
        counts += edited;
        // After an answer to a push every row is one of those: looking for others among them would cost more than all the rest.
        if (edited.Updated < rows.Changed.Count + adopted)
        {
            await RecordRemoteChanges.Staged(connection, new RemoteSource(storeId, runId), table, stage, match, cancel);
            counts += new MergeCounts { Updated = await Update(connection, table, stage, match, cancel) };
        }
        if (table == CatalogueTable.Products)
            await DeletedProducts.CloseReturned(connection, storeId, cancel);
        if (table.MatchesByShopifyId)
            counts += await CompleteSet(connection, table, stage, cancel);
        if (purpose.Compares)
            await NoteDrift.Merged(connection, purpose, table, stage, match, cancel);
        return counts;
    }

    private static string NewOf(CatalogueTable table) => $"stage_new_{table.Name}";

    // New rows go straight into their table; where somebody asks what they are they are copied beside it first.
    private static async Task<MergeCounts> StageNew(NpgsqlConnection connection, StagedRows rows, string columns, CancellationToken cancel)
    {
        var stage = NewOf(rows.Table);
        await Execute(connection, $"create temporary table if not exists {stage} on commit delete rows as select {columns} from {rows.Table.Name} with no data", cancel);
        await Execute(connection, $"truncate {stage}", cancel);
        return await CopyRows.Copy(connection, $"{stage} ({columns})", rows.New, cancel);
    }

    private static Task<int> InsertStaged(NpgsqlConnection connection, CatalogueTable table, string columns, CancellationToken cancel) => Execute(connection, $"""
        insert into {table.Name} ({columns}) select {columns} from {NewOf(table)} s
        where not exists (select from {table.Name} t where t.store_id = s.store_id and t.shopify_id = s.shopify_id)
        """, cancel);

    private static async Task<MergeCounts> NoteNew(NpgsqlConnection connection, StagedRows rows, string columns, ReadPurpose purpose, CancellationToken cancel)
    {
        var stage = NewOf(rows.Table);
        var refused = await StageNew(connection, rows, columns, cancel);
        if (purpose.CountsMissed)
            await NoteFoundChanges.Added(connection, purpose, rows.Table, stage, cancel);
        if (purpose.Compares)
            await NoteDrift.Added(connection, purpose, rows.Table, stage, cancel);
        // Where the rows are taken in, their own table refuses the same ones again.
        return purpose.TakesIn ? new MergeCounts() : refused;
    }

    private static async Task<int> Update(NpgsqlConnection connection, CatalogueTable table, string stage, string match, CancellationToken cancel)
    {
        string[] values = [.. table.Hashed.Where(column => column != "shopify_id"), .. table.Loose, "row_hash", "ticket"];
        var set = string.Join(", ", values.Select(column => $"{column} = s.{column}"));
        var revive = table.SoftDeletes ? ", updated_at = now()" + (table.HasPending ? ", deleted_at = case when t.mark = 2 then t.deleted_at end" : ", deleted_at = null") : "";
        var clean = table.HasPending ? "and t.pending is null" : "";
        var gone = table.SoftDeletes ? "or t.deleted_at is not null" : "";
        return await Execute(connection, $"""
            update {table.Name} t set {set}{revive}
            from {stage} s
            where {match} and t.ticket <= s.ticket {clean} and (t.row_hash is distinct from s.row_hash {gone})
            """, cancel);
    }

    /// <summary>Products of rows that a later read has written with another content.</summary>
    private static async Task<MergeCounts> Late(NpgsqlConnection connection, CatalogueTable table, string stage, string match, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"""
            select distinct p.shopify_id
            from {stage} s join {table.Name} t on {match}
            join products p on p.id = {table.ProductOf}
            where t.ticket > s.ticket and t.row_hash is distinct from s.row_hash and p.shopify_id is not null
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var late = new List<long>();
        while (await reader.ReadAsync(cancel))
            late.Add(reader.GetInt64(0));
        return new MergeCounts { Reread = late };
    }

    /// <summary>A product's node names all of its options: new ones come in, those it no longer names go.</summary>
    private static async Task<MergeCounts> CompleteSet(NpgsqlConnection connection, CatalogueTable table, string stage, CancellationToken cancel)
    {
        var columns = string.Join(", ", table.Columns);
        var inserted = await Execute(connection, $"""
            insert into {table.Name} ({columns}) select {columns} from {stage} s
            where not exists (select from {table.Name} t where t.store_id = s.store_id and t.shopify_id = s.shopify_id)
            """, cancel);
        var deleted = await Execute(connection, $"""
            update {table.Name} t set deleted_at = now(), updated_at = now(), ticket = s.ticket
            from (select product_id, max(ticket) as ticket from {stage} group by product_id) s
            where t.product_id = s.product_id and t.shopify_id is not null and t.deleted_at is null and t.mark <> 1 and t.ticket <= s.ticket
                and not exists (select from {stage} n where n.store_id = t.store_id and n.shopify_id = t.shopify_id)
            """, cancel);
        return new MergeCounts { Inserted = inserted, Deleted = deleted };
    }

    private static async Task<int> Execute(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return await command.ExecuteNonQueryAsync(cancel);
    }
}
