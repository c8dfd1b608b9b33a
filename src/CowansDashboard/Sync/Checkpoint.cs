using System.Globalization;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Sync.Pull;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Sync;

/// <summary>
/// Where a pull stands: one row per bulk query, written in the run's fenced transactions, the place in the result
/// together with the rows it stands behind. A restarted pull reads it and goes on.
/// </summary>
public sealed class Checkpoint(RunContext run, NpgsqlDataSource database)
{
    /// <summary>The slices of this run that still count; at the first call one for each kind is made.</summary>
    public async Task<List<PullSlice>> Open(IReadOnlyList<PullKind> kinds, CancellationToken cancel)
    {
        await using (var transaction = await run.Begin(cancel))
        {
            await using var create = new NpgsqlCommand("""
                insert into pull_slices (run_id, store_id, kind)
                select $1, $2, kind from unnest($3::text[]) with ordinality k (kind, position)
                where not exists (select from pull_slices where run_id = $1)
                order by position
                """, transaction.Connection);
            create.Parameters.Add(new() { Value = run.RunId });
            create.Parameters.Add(new() { Value = run.StoreId });
            create.Parameters.Add(new() { Value = kinds.Select(kind => kind.Name).ToArray() });
            await create.ExecuteNonQueryAsync(cancel);
            await transaction.Commit(cancel);
        }
        return await Read(cancel);
    }

    public Task Starting(PullSlice slice, long ticket, CancellationToken cancel) =>
        Write(slice, with => (with.Status, with.Ticket, with.Operation, with.IsPartial) = (SliceStatus.Waiting, ticket, null, false), cancel);

    public Task Started(PullSlice slice, string operation, CancellationToken cancel) =>
        Write(slice, with => (with.Status, with.Operation) = (SliceStatus.Started, operation), cancel);

    public Task Completed(PullSlice slice, string? url, long? fileSize, long objects, bool isPartial, CancellationToken cancel) =>
        Write(slice, with => (with.Status, with.Url, with.FileSize, with.ObjectCount, with.IsPartial) =
            (SliceStatus.Completed, url, fileSize, objects, isPartial), cancel);

    /// <summary>
    /// Its query is run again: what the lost result named says nothing about the next one, and its lines do not count.
    /// Which products it touched and how many rows it added stays true.
    /// </summary>
    public Task Failed(PullSlice slice, string error, RunStream stream, CancellationToken cancel) =>
        Write(slice, with => (with.Status, with.Attempts, with.Error, with.Operation, with.Url, with.FileSize, with.Pass, with.ReadOffset) =
            (SliceStatus.Waiting, with.Attempts + 1, error, null, null, null, 0, 0), cancel,
            async transaction =>
            {
                await using var forget = new NpgsqlCommand("""
                    with earlier as (select coalesce(sum(lines), 0)::bigint as lines from pull_batches where slice_id = $1 and pass = 0),
                    forgotten as (update pull_batches set unchanged = '{}', lines = 0, broken = 0, read_offset = 0 where slice_id = $1)
                    select lines from earlier
                    """, transaction.Connection);
                forget.Parameters.Add(new() { Value = slice.Id });
                transaction.Advance(stream, -(long)(await forget.ExecuteScalarAsync(cancel))!);
            });

    public Task Loaded(PullSlice slice, CancellationToken cancel) => Write(slice, with => with.Status = SliceStatus.Loaded, cancel);

    public Task BeginPass(PullSlice slice, int pass, CancellationToken cancel) => Write(slice, with => (with.Pass, with.ReadOffset) = (pass, 0), cancel);

    /// <summary>Puts two halves in the place of a slice that would not succeed as a whole.</summary>
    public async Task<List<PullSlice>> Halve(PullSlice slice, string by, long middle, string error, CancellationToken cancel)
    {
        await using var transaction = await run.Begin(cancel);
        await using var halve = new NpgsqlCommand("""
            with whole as (
                update pull_slices set status = 'replaced', error = $4, updated_at = now() where id = $1 returning *)
            insert into pull_slices (run_id, store_id, kind, range_by, range_from, range_to, depth)
            select run_id, store_id, kind, $2, range_from, $3, depth + 1 from whole
            union all select run_id, store_id, kind, $2, $3, range_to, depth + 1 from whole
            """, transaction.Connection);
        halve.Parameters.Add(new() { Value = slice.Id });
        halve.Parameters.Add(new() { Value = by });
        halve.Parameters.Add(new() { Value = middle });
        halve.Parameters.Add(new() { Value = error });
        await halve.ExecuteNonQueryAsync(cancel);
        await transaction.Commit(cancel);
        return [.. (await Read(cancel)).Where(half => half.Kind == slice.Kind && half.Depth == slice.Depth + 1
            && (half.To == middle || half.From == middle) && half.RangeBy == by)];
    }

    private async Task<List<PullSlice>> Read(CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select id, kind, status, attempts, ticket, operation_id, partial, file_size, coalesce(object_count, 0), pass, read_offset,
                   range_by, range_from, range_to, depth, url, error, file_key
            from pull_slices where run_id = $1 and status <> 'replaced' order by id
            """);
        command.Parameters.Add(new() { Value = run.RunId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var slices = new List<PullSlice>();
        while (await reader.ReadAsync(cancel))
            slices.Add(new PullSlice
            {
                Id = reader.GetInt64(0),
                Kind = reader.GetString(1),
                Status = Enum.Parse<SliceStatus>(reader.GetString(2), ignoreCase: true),
                Attempts = reader.GetInt32(3),
                Ticket = reader.GetInt64(4),
                Operation = reader.IsDBNull(5) ? null : reader.GetString(5),
                IsPartial = reader.GetBoolean(6),
                FileSize = reader.IsDBNull(7) ? null : reader.GetInt64(7),
                ObjectCount = reader.GetInt64(8),
                Pass = reader.GetInt32(9),
                ReadOffset = reader.GetInt64(10),
                RangeBy = reader.IsDBNull(11) ? null : reader.GetString(11),
                From = reader.IsDBNull(12) ? null : reader.GetInt64(12),
                To = reader.IsDBNull(13) ? null : reader.GetInt64(13),
                Depth = reader.GetInt32(14),
                Url = reader.IsDBNull(15) ? null : reader.GetString(15),
                Error = reader.IsDBNull(16) ? null : reader.GetString(16),
                FileKey = reader.GetGuid(17),
            });
        return slices;
    }

    private async Task Write(PullSlice slice, Action<PullSlice> change, CancellationToken cancel, Func<FencedTransaction, Task>? with = null)
    {
        await using var transaction = await run.Begin(cancel);
        change(slice);
        await using var update = new NpgsqlCommand("""
            update pull_slices set status = $2, attempts = $3, ticket = $4, operation_id = $5, partial = $6, file_size = $7,
                object_count = $8, pass = $9, read_offset = $10, url = $11, error = $12, updated_at = now()
            where id = $1
            """, transaction.Connection);
        update.Parameters.Add(new() { Value = slice.Id });
        update.Parameters.Add(new() { Value = slice.Status.ToString().ToLowerInvariant() });
        update.Parameters.Add(new() { Value = slice.Attempts });
        update.Parameters.Add(new() { Value = slice.Ticket });
        update.Parameters.Add(new() { Value = (object?)slice.Operation ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        update.Parameters.Add(new() { Value = slice.IsPartial });
        update.Parameters.Add(new() { Value = (object?)slice.FileSize ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        update.Parameters.Add(new() { Value = slice.ObjectCount });
        update.Parameters.Add(new() { Value = slice.Pass });
        update.Parameters.Add(new() { Value = slice.ReadOffset });
        update.Parameters.Add(new() { Value = (object?)slice.Url ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        update.Parameters.Add(new() { Value = (object?)slice.Error ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await update.ExecuteNonQueryAsync(cancel);
        if (with is not null)
            await with(transaction);
        await transaction.Commit(cancel);
    }
}

public enum SliceStatus
{
    Waiting,
    Started,
    Completed,
    Loaded,
    Replaced,
}

/// <summary>One bulk query of a pull and how far it is.</summary>
public sealed class PullSlice
{
    public required long Id { get; init; }
    public required string Kind { get; init; }

    /// <summary>Stands in the names of its files.</summary>
    public required Guid FileKey { get; init; }

    public string? RangeBy { get; init; }
    public long? From { get; init; }
    public long? To { get; init; }
    public int Depth { get; init; }
    public SliceStatus Status { get; set; }
    public int Attempts { get; set; }
    public long Ticket { get; set; }
    public string? Operation { get; set; }
    public bool IsPartial { get; set; }
    public string? Url { get; set; }
    public long? FileSize { get; set; }
    public long ObjectCount { get; set; }
    public int Pass { get; set; }
    public long ReadOffset { get; set; }
    public string? Error { get; set; }

    /// <summary>The search filter of this slice; null for all.</summary>
    public string? Filter()
    {
        if (RangeBy is null)
            return null;
        string[] bounds = [.. From is { } from ? [Bound(">=", from)] : Array.Empty<string>(), .. To is { } to ? [Bound("<", to)] : Array.Empty<string>()];
        return bounds.Length == 0 ? null : string.Join(" AND ", bounds);
    }

    private string Bound(string comparison, long value) => RangeBy == "created_at"
        ? $"created_at:{comparison}'{DateTimeOffset.FromUnixTimeSeconds(value).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)}'"
        : string.Create(CultureInfo.InvariantCulture, $"{RangeBy}:{comparison}{value}");
}
