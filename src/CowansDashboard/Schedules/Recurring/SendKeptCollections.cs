using CowansDashboard.Runs;
using CowansDashboard.Sync.Push;
using Npgsql;

namespace CowansDashboard.Schedules.Recurring;

/// <summary>
/// Sends the collections that a kept rule has just made or put in order, and nothing else: one push plan of exactly these, in the name of
/// whoever set the rule. Above what one person may send it waits for a second one.
/// </summary>
public sealed class SendKeptCollections(NpgsqlDataSource database, PreparePush prepare, StartPush start, ReadPushPlan plans)
{
    /// <returns>Whether it goes, and what became of it in a sentence.</returns>
    public async Task<(bool Goes, string Said)> Send(long storeId, string title, IReadOnlyCollection<long> collections, AskedBy by, CancellationToken cancel)
    {
        if (await prepare.Prepare(new PushRequest(storeId, title, by) { CollectionIds = collections, NeedsApproval = by.Id is null }, cancel) is not PreparePushOutcome.Prepared { PlanId: var plan })
            return (false, "Not sent: nothing of it can be.");
        if (await plans.Find(storeId, plan, cancel) is { WaitsForApproval: true })
            return (false, $"Not sent yet: a second person has to approve push plan {plan}.");
        return await start.Start(storeId, plan, null, by, cancel) is StartPushOutcome.Refused refused ? (false, $"Not sent: {refused.Sentence}") : (true, $"Push plan {plan} sends {(collections.Count == 1 ? "it" : "them")}.");
    }

    /// <summary>Which of these have edits besides their order, that somebody may not have finished: no order takes those along.</summary>
    public async Task<IReadOnlySet<long>> WithOtherEdits(IReadOnlyCollection<long> collections, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select c.id from collections c where c.id = any($1) and (
                c.mark <> 0 or c.pending - array['member_order', 'sort_order'] <> '{}'
                or exists (select from collection_sources s where s.collection_id = c.id and (s.pending is not null and s.deleted_at is null or s.mark <> 0 and (s.deleted_at is null or s.mark = 2)))
                or exists (select from collection_publications o where o.collection_id = c.id and (o.pending is not null or o.mark <> 0))
                or exists (select from collection_members m where m.collection_id = c.id and (m.pending is not null or m.mark <> 0)))
            """);
        command.Parameters.Add(new() { Value = collections.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var others = new HashSet<long>();
        while (await reader.ReadAsync(cancel))
            others.Add(reader.GetInt64(0));
        return others;
    }
}
