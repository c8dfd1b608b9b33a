using CowansDashboard.Runs;
using Npgsql;

namespace CowansDashboard.Schedules.Recurring;

/// <summary>Reads what comes again and again in a shop, with what became of it the last time.</summary>
public sealed class ReadRecurringWork(NpgsqlDataSource database, FindRun runs)
{
    public async Task<StoreRecurringWork> Read(long storeId, CancellationToken cancel)
    {
        var rows = new List<(RecurringWork Work, RecurringLast? Last, long? RunId)>();
        (DateTimeOffset? At, string? By) paused = default;
        await using (var command = database.CreateCommand("""
            select w.work, w.every_minutes, w.at_minute, w.days, w.most_late_minutes, w.is_on, w.next_at, w.last_due_at, w.last_at, w.last_outcome, w.last_said, w.last_missed,
                w.last_run_id, w.waits_for, s.recurring_paused_at, s.recurring_paused_by,
                w.collections, array(select coalesce((select c.title from collections c where c.store_id = w.store_id and c.shopify_id = i limit 1), 'A deleted collection') from unnest(w.collections) with ordinality u (i, n) order by n),
                array(select coalesce((select c.remote_products_count from collections c where c.store_id = w.store_id and c.shopify_id = i limit 1), 0)::bigint from unnest(w.collections) with ordinality u (i, n) order by n)
            from recurring_work w join stores s on s.id = w.store_id where w.store_id = $1 order by w.id
            """))
        {
            command.Parameters.Add(new() { Value = storeId });
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                paused = (Value<DateTimeOffset>(reader, 14), Text(reader, 15));
                if (RecurringKind.Of(reader.GetString(0)) is not { } kind)
                    continue;
                var last = reader.IsDBNull(8) ? null : new RecurringLast(
                    Value<DateTimeOffset>(reader, 7), reader.GetFieldValue<DateTimeOffset>(8), Outcome(reader.GetString(9)), Text(reader, 10), reader.GetInt32(11), null);
                rows.Add((new RecurringWork(kind, RhythmOf(reader, 1), reader.GetBoolean(5), reader.GetFieldValue<DateTimeOffset>(6))
                {
                    MostLate = Value<int>(reader, 4) is { } late ? TimeSpan.FromMinutes(late) : null,
                    Name = reader.GetString(0),
                    Collections = reader.IsDBNull(16) ? []
                        : [.. reader.GetFieldValue<long[]>(16).Zip(reader.GetFieldValue<string[]>(17), reader.GetFieldValue<long[]>(18)).Select(one => new CollectionChoice(one.First, one.Second, one.Third))],
                    WaitsFor = Text(reader, 13),
                }, last, Value<long>(reader, 12)));
            }
        }
        var work = new List<RecurringWork>();
        foreach (var (one, last, runId) in rows.OrderBy(row => Place(row.Work.Kind)))
            work.Add(one with { Last = last is null ? null : last with { Run = runId is { } id ? (await runs.Find(id, cancel))?.Now : null } });
        return new StoreRecurringWork(work, paused.At, paused.By);
    }

    // What people made stands behind what every shop has.
    private static int Place(RecurringKind kind) => kind == RecurringKind.PullCollections ? int.MaxValue : RecurringKind.All.ToList().IndexOf(kind);

    /// <summary>The rhythm in three columns of a row: minutes from turn to turn, the minute of the day, the days.</summary>
    internal static Rhythm RhythmOf(NpgsqlDataReader reader, int from) =>
        new(Value<int>(reader, from), TimeOnly.MinValue.AddMinutes(reader.GetInt32(from + 1)), reader.GetInt32(from + 2));

    internal static string Text(RecurringOutcome outcome) => outcome switch
    {
        RecurringOutcome.Started => "started",
        RecurringOutcome.Done => "done",
        RecurringOutcome.Failed => "failed",
        RecurringOutcome.NotNeeded => "not needed",
        _ => "missed",
    };

    private static RecurringOutcome Outcome(string text) => Enum.GetValues<RecurringOutcome>().First(outcome => Text(outcome) == text);

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static T? Value<T>(NpgsqlDataReader row, int column) where T : struct => row.IsDBNull(column) ? null : row.GetFieldValue<T>(column);
}
