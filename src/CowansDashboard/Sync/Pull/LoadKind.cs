using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>Brings the results of one kind into the copy, from where the checkpoint stands, and notes what they did not name.</summary>
public sealed class LoadKind(RunContext run, NpgsqlDataSource database, PullMaps maps, Checkpoint checkpoint, SyncOptions options)
{
    private const int MostAttempts = 4;
    private const int ManyRows = 1_000_000;

    public async Task Load(PullKind kind, IReadOnlyList<PullSlice> slices, RunStream stream, Action rowsAreIn, CancellationToken cancel)
    {
        // A pull that went on after its end began: what was noted then holds.
        if (slices.All(slice => slice.Status == SliceStatus.Loaded))
        {
            stream.Done();
            return;
        }
        stream.SetStage("into the copy");
        stream.SetTotal(slices.Sum(slice => slice.ObjectCount));
        for (var pass = 0; pass < kind.Parts.Length; pass++)
        {
            var part = kind.Parts[pass];
            if (pass > 0)
                stream.SetStage($"into the copy: {part.Name}");
            var known = await Known(part, pass, slices, cancel);
            foreach (var slice in slices.Where(slice => slice.Status == SliceStatus.Completed && slice.Pass <= pass))
            {
                if (slice.Pass < pass)
                    await checkpoint.BeginPass(slice, pass, cancel);
                known = await Load(part, pass, slices, slice, known, stream, cancel);
            }
            await NoteUnseen(part, pass, slices, known, cancel);
            maps.Forget(part.Table);
            // Other results refer to the first part of one only.
            rowsAreIn();
            // What was known of a million rows are arrays that only a full collection frees, and nothing else asks for one so soon.
            if (known.Count > ManyRows)
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
        }
        foreach (var slice in slices.Where(slice => slice.Status == SliceStatus.Completed))
            await checkpoint.Loaded(slice, cancel);
        stream.SetTotal(stream.SoFar);
        stream.Done();
        run.Progress.Log(RunLogLevel.Info, $"In the copy: {kind.Name}. A restart goes on behind it.");
    }

    private async Task<KnownRows> Load(
        PullPart part, int pass, IReadOnlyList<PullSlice> slices, PullSlice slice, KnownRows known, RunStream stream, CancellationToken cancel)
    {
        var file = new ResultFile(options.Folder, slice);
        var began = slice.ReadOffset;
        for (var attempt = 1; ; attempt++)
        {
            var complete = slice.IsPartial ? await CompleteProducts.Of(part, file, maps, database, run.StoreId, cancel) : null;
            try
            {
                var place = new ResultPlace(file.Open, slice.Ticket, slice.ReadOffset, slice.IsPartial) { OnlyProducts = complete, MostRows = options.BatchRows };
                await new LoadPart(database, maps, run.StoreId).Load(part, known, place,
                    (batch, stop) => Commit(new SlicePlace(run.StoreId, run.RunId, slice.Id, pass), slice, batch, stream, stop), cancel);
                return known;
            }
            // Somebody else wrote one of the new rows meanwhile, or two locked each other out: what is known has changed.
            catch (PostgresException clash) when (IsClash(clash) && (attempt < MostAttempts || slice.ReadOffset > began))
            {
                // Those that batches got past are done with.
                if (slice.ReadOffset > began)
                    (attempt, began) = (1, slice.ReadOffset);
                maps.Forget();
                known = await Known(part, pass, slices, cancel);
            }
        }
    }

    private async Task Commit(SlicePlace place, PullSlice slice, ResultBatch batch, RunStream stream, CancellationToken cancel)
    {
        await using var transaction = await run.Begin(cancel);
        var counts = await CommitBatch.Write(transaction.Connection, place, batch, cancel);
        // A file with parents and children is passed over twice; its rows are counted once.
        if (place.Pass == 0)
            transaction.Advance(stream, batch.Lines);
        transaction.Count(RunCounter.Inserted, counts.Inserted);
        transaction.Count(RunCounter.Updated, counts.Updated);
        transaction.Count(RunCounter.Unchanged, counts.Unchanged);
        transaction.Count(RunCounter.Deleted, counts.Deleted);
        transaction.Count(RunCounter.Conflicts, counts.Conflicts);
        transaction.Count(RunCounter.Failed, counts.Failed);
        transaction.Count(RunCounter.Orphans, counts.Orphans);
        await transaction.Commit(cancel);
        slice.ReadOffset = batch.NextOffset;
        foreach (var refusal in counts.Refusals.Take(5))
            run.Progress.Log(RunLogLevel.Warning, $"{slice.Kind}: a row was left out: {refusal}");
    }

    /// <summary>What the copy holds; rows that committed batches of this run named count as seen.</summary>
    private async Task<KnownRows> Known(PullPart part, int pass, IReadOnlyList<PullSlice> slices, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var known = await part.Known(connection, run.StoreId, cancel);
        known.OfThisRun = await Inserted(connection, pass, slices[0].Kind, cancel);
        await using var command = new NpgsqlCommand("select unchanged from pull_batches where slice_id = any($1) and pass = $2", connection);
        command.Parameters.Add(new() { Value = slices.Select(slice => slice.Id).ToArray() });
        command.Parameters.Add(new() { Value = pass });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            foreach (var key in reader.GetFieldValue<long[]>(0))
                known.See(key, out _, out _);
        return known;
    }

    private async Task<long> Inserted(NpgsqlConnection connection, int pass, string kind, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select coalesce(sum(b.inserted), 0)::bigint from pull_batches b join pull_slices s on s.id = b.slice_id
            where s.run_id = $1 and s.kind = $2 and b.pass = $3
            """, connection);
        command.Parameters.Add(new() { Value = run.RunId });
        command.Parameters.Add(new() { Value = kind });
        command.Parameters.Add(new() { Value = pass });
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Only complete results can say what is gone, and only when each of their lines was read.</summary>
    private async Task NoteUnseen(PullPart part, int pass, IReadOnlyList<PullSlice> slices, KnownRows known, CancellationToken cancel)
    {
        if (slices.Any(slice => slice.IsPartial))
            return;
        await using var transaction = await run.Begin(cancel);
        if (await Unread(transaction.Connection, pass, slices, cancel) is { } unread)
        {
            run.Progress.Log(RunLogLevel.Warning, $"{part.Name}: {unread} Nothing that was not named is deleted.");
            await using var forget = new NpgsqlCommand("delete from pull_unseen where run_id = $1 and kind = $2", transaction.Connection);
            forget.Parameters.Add(new() { Value = run.RunId });
            forget.Parameters.Add(new() { Value = part.Name });
            await forget.ExecuteNonQueryAsync(cancel);
            await transaction.Commit(cancel);
            return;
        }
        // Rows that this run itself has added before a restart are not among those that it had to find.
        await using var note = new NpgsqlCommand($"""
            insert into pull_unseen (run_id, kind, ticket, row_ids, known)
            select $1, $2, $3, coalesce(array_agg(t.id), '{"{}"}'), greatest(0, $5 - $6)
            from {part.Table.Name} t where t.id = any($4) and t.ticket < $3
            on conflict (run_id, kind) do update set ticket = excluded.ticket, row_ids = excluded.row_ids, known = excluded.known
            """, transaction.Connection);
        note.Parameters.Add(new() { Value = run.RunId });
        note.Parameters.Add(new() { Value = part.Name });
        note.Parameters.Add(new() { Value = slices.Min(slice => slice.Ticket) });
        note.Parameters.Add(new() { Value = known.Unseen().ToArray() });
        note.Parameters.Add(new() { Value = (long)known.Alive });
        note.Parameters.Add(new() { Value = known.OfThisRun });
        await note.ExecuteNonQueryAsync(cancel);
        await transaction.Commit(cancel);
    }

    /// <summary>Why the results cannot say what is gone; null when they can.</summary>
    private static async Task<string?> Unread(NpgsqlConnection connection, int pass, IReadOnlyList<PullSlice> slices, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select s.object_count, coalesce(sum(b.lines) filter (where b.pass = $2), 0)::bigint, coalesce(sum(b.broken), 0)::bigint
            from pull_slices s left join pull_batches b on b.slice_id = s.id where s.id = any($1) group by s.id
            """, connection);
        command.Parameters.Add(new() { Value = slices.Select(slice => slice.Id).ToArray() });
        command.Parameters.Add(new() { Value = pass });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        long missing = 0, broken = 0;
        while (await reader.ReadAsync(cancel))
        {
            missing += Math.Max(0, reader.GetInt64(0) - reader.GetInt64(1));
            broken += reader.GetInt64(2);
        }
        return UnreadLines.Sentence(missing, broken);
    }

    private static bool IsClash(PostgresException error) =>
        error.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure;
}
