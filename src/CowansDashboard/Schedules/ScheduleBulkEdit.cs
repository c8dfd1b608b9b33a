using CowansDashboard.Catalog.Bulk;
using CowansDashboard.Runs;
using CowansDashboard.Stores;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Schedules;

public abstract record ScheduleOutcome
{
    private ScheduleOutcome()
    {
    }

    /// <summary>Kept. <paramref name="LeftOut"/> rows of the edit cannot be scheduled: metafields that would be added or removed.</summary>
    public sealed record Scheduled(long ScheduleId, long LeftOut) : ScheduleOutcome;

    /// <summary>A typed value is no good.</summary>
    public sealed record Wrong(ScheduleProblem Problem) : ScheduleOutcome;

    /// <summary>Somebody has to agree to these first, and to type the zeros where there are any.</summary>
    public sealed record Asks(IReadOnlyList<string> Warnings, long Zeros) : ScheduleOutcome;

    public sealed record Refused(string Sentence) : ScheduleOutcome;
}

/// <summary>
/// Lets a prepared bulk edit begin, and where it has an end also end, by itself: its rows become layers that wait. Above
/// the limits a second person has to approve it before its start.
/// </summary>
public sealed class ScheduleBulkEdit(NpgsqlDataSource database, TimeProvider clock, WakeSchedules wake)
{
    public async Task<ScheduleOutcome> Schedule(long storeId, long previewId, ScheduleTimes times, BulkConsent consent, AskedBy by, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        return await Schedule(connection, transaction, storeId, previewId, times, consent, by, cancel);
    }

    /// <summary>The same within a transaction of the caller, which is committed where the edit is scheduled and left alone otherwise.</summary>
    internal async Task<ScheduleOutcome> Schedule(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long storeId, long previewId, ScheduleTimes times, BulkConsent consent, AskedBy by, CancellationToken cancel)
    {
        if (await HeldPreview.Hold(connection, storeId, previewId, cancel) is not { } preview)
            return new ScheduleOutcome.Refused("There is no such preview.");
        if (preview.Deletes)
            return new ScheduleOutcome.Refused("A removal is not scheduled: it has a window of its own in which it can be taken back.");
        if (preview.IsOfCategories)
            return new ScheduleOutcome.Refused("Categories of your tree change at once and are not scheduled: no shopper sees them.");
        switch (StartBulkEdit.Objection(preview, consent))
        {
            case StartBulkOutcome.Asks asks:
                return new ScheduleOutcome.Asks(asks.Warnings, asks.Zeros);
            case StartBulkOutcome.Refused refused:
                return new ScheduleOutcome.Refused(refused.Sentence);
        }
        var zone = await StoreZone.Read(connection, storeId, cancel);
        var moments = CheckedTimes.Of(times, zone, clock.GetUtcNow(), begun: false);
        if (moments.Problem is { } problem)
            return new ScheduleOutcome.Wrong(problem);

        var id = await Insert(connection, storeId, preview, times, moments, zone, by, cancel);
        var (kept, leftOut) = await TakeRows(connection, id, storeId, previewId, cancel);
        if (kept == 0)
            return new ScheduleOutcome.Refused(leftOut > 0
                ? "Nothing of this edit can be scheduled: stock changes by itself, and metafields are neither added nor removed at a time."
                : "Nothing would change, so there is nothing to schedule.");
        var isTooMuch = (await ReadGuardLimits.Read(connection, storeId, cancel)).Exceeded(preview.Reach, times.Sends).Count > 0;
        await HeldPreview.Mark(connection, previewId, scheduled: true, isTooMuch, cancel);
        using (await wake.At(moments.All, transaction, cancel))
            await transaction.CommitAsync(cancel);
        return new ScheduleOutcome.Scheduled(id, leftOut);
    }

    private static async Task<long> Insert(
        NpgsqlConnection connection, long storeId, BulkPreview preview, ScheduleTimes times, CheckedTimes moments, TimeZoneInfo zone, AskedBy by, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            insert into schedules (store_id, title, preview_id, starts_at, ends_at, starts_local, ends_local, time_zone, send, made_by_id, made_by_name)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning id
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = string.IsNullOrWhiteSpace(times.Title) ? preview.Title : times.Title.Trim() });
        command.Parameters.Add(new() { Value = preview.Id });
        command.Parameters.Add(new() { Value = moments.Start.At });
        command.Parameters.Add(new() { Value = (object?)moments.End?.At ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = DateTime.SpecifyKind(times.Start, DateTimeKind.Unspecified), NpgsqlDbType = NpgsqlDbType.Timestamp });
        command.Parameters.Add(new() { Value = times.End is { } end ? DateTime.SpecifyKind(end, DateTimeKind.Unspecified) : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Timestamp });
        command.Parameters.Add(new() { Value = zone.Id });
        command.Parameters.Add(new() { Value = times.Sends });
        command.Parameters.Add(new() { Value = (object?)by.Id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = by.Name });
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>A set is taken element by element, so that what others add and remove meanwhile stays.</summary>
    private static async Task<(long Kept, long LeftOut)> TakeRows(NpgsqlConnection connection, long scheduleId, long storeId, long previewId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            with items as (
                select * from bulk_items where preview_id = $3 and not excluded and outcome = 'waiting'),
            taken as (
                select product_id, collection_id, entity, entity_id, field, '' as element, seen, new as value from items
                where field not in ('tags', 'created', 'removed', 'available', 'members', 'publications')
                union all
                select i.product_id, i.collection_id, i.entity, i.entity_id, i.field, e.element, to_jsonb(not e.added), to_jsonb(e.added) from items i
                cross join lateral (
                    select element, true as added from jsonb_array_elements_text(i.new) element where not i.seen ? element
                    union all select element, false from jsonb_array_elements_text(i.seen) element where not i.new ? element) e
                where i.field in ('tags', 'members', 'publications')),
            kept as (
                insert into schedule_layers (schedule_id, store_id, product_id, collection_id, entity, entity_id, field, element, seen, value)
                -- Seen through the layers of schedules that run: what lies beneath those is what must still be there.
                select $1, $2, t.product_id, t.collection_id, t.entity, t.entity_id, t.field, t.element, case when top.value is not distinct from t.seen and v.entity is not null then v.beneath else t.seen end, t.value
                from taken t
                left join layered_values v on v.entity = t.entity and v.entity_id = t.entity_id and v.field = t.field and v.element = t.element
                left join lateral (
                    select value from schedule_layers l where v.entity is not null and l.entity = t.entity and l.entity_id = t.entity_id and l.field = t.field and l.element = t.element and l.state = 'active'
                    order by l.place desc limit 1) top on true
                order by t.product_id, t.entity, t.entity_id, t.field, t.element
                returning 1)
            select (select count(*) from kept), (select count(*) from items where field in ('created', 'removed', 'available'))
            """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = scheduleId });
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = previewId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }
}
