using System.Text.Json;
using System.Text.Json.Serialization;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Sync.Push;
using Npgsql;

namespace CowansDashboard.Schedules;

/// <summary>
/// Sends what schedules have just set, and nothing else that waits: one push plan of exactly these fields, made and started
/// by itself. What was approved with the schedule needs no approval again.
/// </summary>
public sealed class SendSchedules(NpgsqlDataSource database, PreparePush prepare, StartPush start, ReadPushPlan plans)
{
    private static readonly AskedBy Schedules = new(null, "Schedule");

    public async Task Send(RunContext run, CancellationToken cancel)
    {
        // One that has to wait for a second person holds up no other, and stands under who made it: that person is not the second.
        foreach (var alike in (await Due(run.StoreId, cancel)).GroupBy(one => (one.Waits, MadeById: one.Waits ? one.MadeById : null))
            .OrderBy(group => group.Key.Waits).ThenBy(group => group.Key.MadeById, StringComparer.Ordinal))
            await Send(run, [.. alike], alike.Key.Waits, cancel);
    }

    private async Task Send(RunContext run, IReadOnlyList<Sending> due, bool waits, CancellationToken cancel)
    {
        var known = run.Cursor?.Deserialize(ScheduleJson.Default.SendCursor);
        // A plan that this run made before it was interrupted is used, not made again.
        var planId = known is not null && known.Schedules.SequenceEqual(due.Select(one => one.Id)) ? known.PlanId : await Plan(run, due, waits, cancel);
        var said = (string?)null;
        if (planId is { } plan)
        {
            var begun = (await plans.Find(run.StoreId, plan, cancel))?.RunId is not null;
            if (waits)
                said = "Not sent yet: a second person has to approve the push plan.";
            else if (!begun && await start.Start(run.StoreId, plan, null, Schedules, cancel) is StartPushOutcome.Refused refused)
                said = $"Not sent: {refused.Sentence}";
            run.Progress.Log(said is null ? RunLogLevel.Info : RunLogLevel.Warning, said ?? $"Push plan {plan} sends {Schedule.Count(due.Count, "schedule")}.");
        }
        await using var transaction = await run.Begin(cancel);
        await using var command = new NpgsqlCommand("""
            update schedules set sending = null, start_plan = case when sending = 'start' then $2 else start_plan end, end_plan = case when sending = 'end' then $2 else end_plan end,
                start_said = case when sending = 'start' then concat_ws(' ', start_said, $3::text) else start_said end, end_said = case when sending = 'end' then concat_ws(' ', end_said, $3::text) else end_said end
            where id = any($1) and sending is not null
            """, transaction.Connection);
        command.Parameters.Add(new() { Value = due.Select(one => one.Id).ToArray() });
        command.Parameters.Add(new() { Value = (object?)planId ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = (object?)said ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync(cancel);
        await transaction.Commit(cancel);
    }

    private async Task<long?> Plan(RunContext run, IReadOnlyList<Sending> due, bool waits, CancellationToken cancel)
    {
        var fields = await Fields([.. due.Select(one => one.Id)], cancel);
        var title = due is [var one] ? $"{one.Title} {(one.Starts ? "begins" : "ends")}" : $"{Schedule.Count(due.Count, "schedule")}: {string.Join(", ", due.Select(each => each.Title).Distinct().Take(3))}";
        var outcome = await prepare.Prepare(new PushRequest(run.StoreId, title, waits ? new AskedBy(due[0].MadeById, due[0].MadeBy) : Schedules) { NeedsApproval = waits, ProductIds = [.. fields.Select(field => field.Product).Where(id => id > 0).Distinct()], CollectionIds = [.. fields.Select(field => field.Collection).Where(id => id > 0).Distinct()], OnlyFields = fields.Select(field => (field.Entity, field.Id, field.Field)).ToHashSet() }, cancel);
        if (outcome is not PreparePushOutcome.Prepared prepared)
            return null;
        await using var transaction = await run.Begin(cancel);
        await transaction.SaveCursor(new SendCursor(prepared.PlanId, [.. due.Select(each => each.Id)]), ScheduleJson.Default.SendCursor, cancel);
        await transaction.Commit(cancel);
        return prepared.PlanId;
    }

    private async Task<IReadOnlyList<Sending>> Due(long storeId, CancellationToken cancel)
    {
        var found = new List<(long Id, bool Starts)>();
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using (var command = new NpgsqlCommand("select id, sending = 'start' from schedules where store_id = $1 and sending is not null order by id", connection))
        {
            command.Parameters.Add(new() { Value = storeId });
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
                found.Add((reader.GetInt64(0), reader.GetBoolean(1)));
        }
        var due = new List<Sending>();
        foreach (var (id, starts) in found)
            if (await ReadSchedules.Find(connection, storeId, id, cancel) is { } schedule)
                due.Add(new Sending(id, schedule.Title, starts, !starts && schedule.EndWaitsForApproval, schedule.MadeById, schedule.MadeBy));
        return due;
    }

    /// <summary>The fields, and of products and places that come or go their rows, which have none.</summary>
    private async Task<List<(string Entity, long Id, string Field, long Product, long Collection)>> Fields(long[] schedules, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            with layers as materialized (select * from schedule_layers where schedule_id = any($1) and state in ('active', 'ended'))
            select distinct entity, entity_id, field, product_id, coalesce(collection_id, 0) from layers where field not in ('members', 'publications')
            union all
            select distinct 'collection member', m.id, '', m.product_id, 0::bigint
            from layers l join collection_members m on m.collection_id = l.collection_id and m.product_id = l.product_id where l.field = 'members' and m.mark <> 0
            union all
            select distinct 'collection publication', m.id, '', 0::bigint, m.collection_id
            from layers l join collection_publications m on m.collection_id = l.collection_id and m.publication_id::text = l.element where l.field = 'publications' and m.mark <> 0
            """);
        command.Parameters.Add(new() { Value = schedules });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var fields = new List<(string, long, string, long, long)>();
        while (await reader.ReadAsync(cancel))
            fields.Add((reader.GetString(0), reader.GetInt64(1), reader.GetString(2), reader.GetInt64(3), reader.GetInt64(4)));
        return fields;
    }
}

/// <summary>A schedule that has just begun or ended, whether a second person has to agree before that is sent, and who made it.</summary>
internal sealed record Sending(long Id, string Title, bool Starts, bool Waits, string? MadeById, string MadeBy);

/// <summary>The plan that a run has made for schedules, until it is started.</summary>
public sealed record SendCursor(long PlanId, IReadOnlyList<long> Schedules);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SendCursor))]
internal sealed partial class ScheduleJson : JsonSerializerContext;
