using System.Text.Json.Nodes;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Errors;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Shopify.Wire;
using CowansDashboard.Stores;
using CowansDashboard.Webhooks.Handling;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Webhooks.Subscriptions;

/// <summary>
/// Compares what a shop posts to us with what it should, registers what is missing, corrects what is elsewhere, and records since
/// when not everything was heard. Others' subscriptions are never touched. One check of a store at a time, on whichever node.
/// </summary>
public sealed partial class CheckSubscriptions(
    NpgsqlDataSource database, ConnectStore stores, ReadCallbackAddress addresses, RepairGaps repair, TimeProvider clock, ILogger<CheckSubscriptions> log)
{
    private const long LockKey = 0x776562686f_000000;
    private static readonly TimeSpan AskForTurn = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestTurn = TimeSpan.FromMinutes(5);

    public async Task<SubscriptionCheck> Check(long storeId, CancellationToken cancel)
    {
        var outcome = await Compare(storeId, cancel);
        if (outcome is SubscriptionCheck.Done { GapId: not null } gap)
        {
            LogLost(storeId, string.Join(", ", gap.Lost));
            await repair.Repair(cancel);
        }
        return outcome;
    }

    private async Task<SubscriptionCheck> Compare(long storeId, CancellationToken cancel)
    {
        if (await addresses.Read(cancel) is not { } address)
        {
            await using var noted = await database.OpenConnectionAsync(cancel);
            await KeepSubscriptions.NoteCheck(noted, storeId, null, null, cancel);
            return new SubscriptionCheck.NoAddress();
        }

        // The lock is the connection's, not a transaction's: Shopify is asked for seconds, or minutes where its limit is used up.
        await using var connection = await database.OpenConnectionAsync(cancel);
        try
        {
            // Inside: called off in the moment in which the server grants it, it must not stay with the connection.
            await TakeTurn(connection, storeId, cancel);
            return await Compare(connection, storeId, address, cancel);
        }
        finally
        {
            await EndTurn(connection, storeId);
        }
    }

    private async Task<SubscriptionCheck> Compare(NpgsqlConnection connection, long storeId, CallbackAddress address, CancellationToken cancel)
    {
        var keep = new KeepSubscriptions(connection, storeId, address.Callback.ToString());
        var known = await keep.Read(cancel);
        var done = new Acted();
        try
        {
            var admin = await stores.Connect(storeId, cancel);
            var actual = await List(admin, cancel);
            await Act(admin, SubscriptionPlan.Of(WebhookTopic.All, address.Callback, known.Name, known.Topics, actual), address, known.Name, done, cancel);
        }
        catch (ShopifyFaultException failure)
        {
            done.Trouble = failure.Fault.Message;
        }
        catch (StoreNotConnectedException away)
        {
            done.Trouble = away.Message;
        }
        return await Keep(connection, keep, storeId, address, known, done, cancel);
    }

    // Asked for again and again: whoever waits inside a statement holds an old snapshot of the database for as long.
    private async Task TakeTurn(NpgsqlConnection connection, long storeId, CancellationToken cancel)
    {
        var since = clock.GetTimestamp();
        while (true)
        {
            await using var turn = new NpgsqlCommand("select pg_try_advisory_lock($1)", connection);
            turn.Parameters.Add(new() { Value = LockKey + storeId });
            if (await turn.ExecuteScalarAsync(cancel) is true)
                return;
            if (clock.GetElapsedTime(since) > LongestTurn)
                throw new TimeoutException("Another check of the subscriptions of this shop has not ended yet.");
            await Task.Delay(AskForTurn, clock, cancel);
        }
    }

    // A connection that goes back to its pool keeps its locks until somebody takes it again; one that broke has none.
    private static async Task EndTurn(NpgsqlConnection connection, long storeId)
    {
        if (connection.State is not System.Data.ConnectionState.Open)
            return;
        await using var end = new NpgsqlCommand("select pg_advisory_unlock($1)", connection);
        end.Parameters.Add(new() { Value = LockKey + storeId });
        await end.ExecuteNonQueryAsync(CancellationToken.None);
    }

    /// <summary>What was registered and what was lost are kept together: of one without the other nobody would ever pull the gap.</summary>
    private static async Task<SubscriptionCheck> Keep(
        NpgsqlConnection connection, KeepSubscriptions keep, long storeId, CallbackAddress address, KnownSubscriptions known, Acted done, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        foreach (var (step, id) in done.Right)
            await keep.Right(step.Topic.Name, id, isBack: step.Loss is not Loss.None, cancel);
        foreach (var refused in done.Refused)
            await keep.Refused(refused.Topic, refused.Words, cancel);
        var lost = done.Right.Where(one => one.Step.Loss is not Loss.None).Select(one => one.Step).ToList();
        var gap = lost.Count == 0 ? (long?)null : await keep.Gap(lost, known.Topics, cancel);
        await KeepSubscriptions.NoteCheck(connection, storeId, address.Callback.ToString(), done.Trouble, cancel);
        if (done.Trouble is null)
            await DeliveryQueue.Retry(connection, storeId, cancel);
        await transaction.CommitAsync(cancel);
        if (done.Trouble is { } trouble && gap is null)
            return new SubscriptionCheck.Failed(trouble);
        // A new address of ours is no loss that anybody must hear of, unless the check broke off in it.
        var named = lost.Where(step => done.Trouble is not null || step.Loss is not Loss.Moved).Select(step => step.Topic.Name);
        return new SubscriptionCheck.Done(done.Right.Count, done.Right.Count(one => one.Step is not SubscriptionStep.Keep), [.. named], done.Refused, gap);
    }

    private static async Task Act(ShopifyAdmin admin, IReadOnlyList<SubscriptionStep> steps, CallbackAddress address, string name, Acted done, CancellationToken cancel)
    {
        foreach (var step in steps)
        {
            try
            {
                switch (await Send(admin, step, address.Callback, name, cancel))
                {
                    case (_, { } words):
                        done.Refused.Add(new(step.Topic.Name, words));
                        break;
                    case ({ } id, _):
                        done.Right.Add((step, id));
                        break;
                }
            }
            // The rest is tried at the next check; what was done so far is kept.
            catch (ShopifyFaultException failure)
            {
                done.Trouble = failure.Fault.Message;
                return;
            }
        }
    }

    /// <summary>What came of the steps so far.</summary>
    private sealed class Acted
    {
        public List<(SubscriptionStep Step, long Id)> Right { get; } = [];

        public List<RefusedTopic> Refused { get; } = [];

        /// <summary>Why it broke off.</summary>
        public string? Trouble { get; set; }
    }

    private static async Task<(long? Id, string? Refusal)> Send(ShopifyAdmin admin, SubscriptionStep step, Uri callback, string name, CancellationToken cancel)
    {
        var subscription = new JsonObject { ["uri"] = callback.ToString(), ["name"] = name };
        switch (step)
        {
            case SubscriptionStep.Keep keep:
                return (keep.Id.Number, null);
            case SubscriptionStep.Drop drop:
                await admin.Send(Mutations.WebhookSubscriptionDelete(drop.Id), Lane.Background, cancel);
                return (null, null);
            case SubscriptionStep.Point point:
                subscription["includeFields"] = new JsonArray();
                subscription["filter"] = "";
                return await Written(Mutations.WebhookSubscriptionUpdate(point.Id, subscription));
            default:
                return await Written(Mutations.WebhookSubscriptionCreate(step.Topic.InApi!, subscription));
        }

        async Task<(long?, string?)> Written(Operation<MutationData> mutation)
        {
            try
            {
                var answer = await admin.Send(mutation, Lane.Background, cancel);
                return answer.UserErrors is [var first, ..] ? (null, first.Message)
                    : answer.Data.Payload.WebhookSubscription is { } made ? (made.Id.Number, null)
                    : (null, "Shopify answered without a subscription and without a reason.");
            }
            // A missing scope comes as one or the other, by topic.
            catch (ShopifyFaultException failure) when (failure.Fault is ShopifyFault.AccessDenied or ShopifyFault.Invalid)
            {
                return (null, failure.Fault.Message);
            }
        }
    }

    private static async Task<List<WebhookSubscriptionNode>> List(ShopifyAdmin admin, CancellationToken cancel)
    {
        var all = new List<WebhookSubscriptionNode>();
        string? after = null;
        do
        {
            var page = (await admin.Send(Queries.WebhookSubscriptionsPage(after), Lane.Background, cancel)).Data.WebhookSubscriptions;
            all.AddRange(page.Nodes);
            after = page.PageInfo.HasNextPage ? page.PageInfo.EndCursor : null;
        }
        while (after is not null);
        return all;
    }

    [LoggerMessage(8401, LogLevel.Warning, "Store {Store}: Shopify had no subscription of ours for {Topics}; it was registered again and the gap is pulled")]
    private partial void LogLost(long store, string topics);
}
