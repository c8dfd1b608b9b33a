using System.Text.Json;
using CowansDashboard.Runs;
using Npgsql;

namespace CowansDashboard.Sync.Push;

public abstract record StartPushOutcome
{
    private StartPushOutcome()
    {
    }

    public sealed record Started(long RunId) : StartPushOutcome;

    /// <summary>Nothing was started, and why.</summary>
    public sealed record Refused(string Sentence) : StartPushOutcome;
}

/// <summary>Applies a saved plan, as it was shown and, where that is asked for, approved.</summary>
public sealed class StartPush(NpgsqlDataSource database, EnqueueRun enqueue)
{
    /// <param name="storeId">Which store.</param>
    /// <param name="planId">Which plan.</param>
    /// <param name="hash">What was seen; null where nobody looked at it between its making and now.</param>
    /// <param name="by">Who applies it.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<StartPushOutcome> Start(long storeId, long planId, string? hash, AskedBy by, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        bool pastLimit;
        await using (var hold = new NpgsqlCommand("""
            select encode(hash, 'hex'), needs_approval, approved_hash is not null, coalesce(approved_hash = hash, false), run_id,
                (select count(*) from push_items where plan_id = p.id and status in ('waiting', 'sent') and not excluded),
                not needs_approval and made_by_id is not null and products + collections + (
                    select coalesce(sum(coalesce(jsonb_array_length(fields #> '{added,new}'), 0) + coalesce(jsonb_array_length(fields #> '{removed,new}'), 0)), 0)
                    from push_items where plan_id = p.id and entity = $3 and status = 'waiting' and not excluded) > (select most_pushed from guard_limits where store_id = p.store_id)
            from push_plans p where id = $1 and store_id = $2 for update
            """, connection))
        {
            hold.Parameters.Add(new() { Value = planId });
            hold.Parameters.Add(new() { Value = storeId });
            hold.Parameters.Add(new() { Value = CollectionMembers.Entity });
            await using var reader = await hold.ExecuteReaderAsync(cancel);
            if (!await reader.ReadAsync(cancel))
                return new StartPushOutcome.Refused("There is no such plan.");
            if (hash is not null && hash != reader.GetString(0))
                return new StartPushOutcome.Refused("The plan was altered after you looked at it. Look at it again.");
            if (!reader.IsDBNull(4))
                return new StartPushOutcome.Refused("This plan has been applied already.");
            if (reader.GetBoolean(2) && !reader.GetBoolean(3))
                return new StartPushOutcome.Refused("The plan was altered after it was approved. It needs approval again.");
            if (reader.GetBoolean(1) && !reader.GetBoolean(3))
                return new StartPushOutcome.Refused("This plan needs somebody’s approval first.");
            if (reader.GetInt64(5) == 0)
                return new StartPushOutcome.Refused("Nothing in this plan can be sent.");
            pastLimit = reader.GetValue(6) is true;
        }
        // An administrator has lowered the limit since the plan was made: nobody may pass it by with a plan kept from before.
        if (pastLimit)
        {
            await PreparePush.AskSecondPerson(connection, planId, cancel);
            await transaction.CommitAsync(cancel);
            return new StartPushOutcome.Refused("It sends more products and collections than one person alone may send since the limit was changed. It waits for a second person’s approval now.");
        }
        if (!await PlanHash.Holds(connection, planId, cancel))
            return new StartPushOutcome.Refused("The plan’s rows are not the ones that were shown. Make a new plan.");
        return await Enqueue(connection, transaction, storeId, planId, retry: false, by, cancel);
    }

    internal async Task<StartPushOutcome> Enqueue(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long storeId, long planId, bool retry, AskedBy by, CancellationToken cancel)
    {
        var parameters = retry ? JsonSerializer.SerializeToElement(new { planId, retry }) : JsonSerializer.SerializeToElement(new { planId });
        var outcome = await enqueue.Enqueue(new RunRequest(PushChanges.Name, storeId, by, parameters), transaction, cancel);
        var runId = ((EnqueueOutcome.Enqueued)outcome).RunId;
        await using (var note = new NpgsqlCommand("update push_plans set run_id = $2 where id = $1", connection))
        {
            note.Parameters.Add(new() { Value = planId });
            note.Parameters.Add(new() { Value = runId });
            await note.ExecuteNonQueryAsync(cancel);
        }
        await transaction.CommitAsync(cancel);
        return new StartPushOutcome.Started(runId);
    }
}
