using System.Text.Json.Nodes;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Errors;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Shopify.Wire;
using CowansDashboard.Stores;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Webhooks.Subscriptions;

/// <summary>
/// Compares what a shop posts to us with what it should, registers what is missing, corrects what is elsewhere, and records since
/// when not everything was heard. Others' subscriptions are never touched. One check of a store at a time, on whichever node.
/// </summary>
public sealed partial class CheckSubscriptions(
    NpgsqlDataSource database, ConnectStore stores, ReadCallbackAddress addresses, RepairGaps repair, ILogger<CheckSubscriptions> log)
{
    private const long LockKey = 0x776562686f_000000;

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

        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var turn = new NpgsqlCommand("select pg_advisory_xact_lock($1)", connection) { CommandTimeout = 300 })
        {
            turn.Parameters.Add(new() { Value = LockKey + storeId });
            await turn.ExecuteNonQueryAsync(cancel);
        }
        var keep = new KeepSubscriptions(connection, storeId, address.Callback.ToString());
        var known = await keep.Read(cancel);
        SubscriptionCheck outcome;
        string? trouble = null;
        try
        {
            var admin = await stores.Connect(storeId, cancel);
            var actual = await List(admin, cancel);
            (outcome, trouble) = await Act(admin, keep, SubscriptionPlan.Of(WebhookTopic.All, address.Callback, known.Name, known.Topics, actual), address, known, cancel);
        }
        catch (ShopifyFaultException failure)
        {
            trouble = failure.Fault.Message;
            outcome = new SubscriptionCheck.Failed(trouble);
        }
        catch (StoreNotConnectedException away)
        {
            trouble = away.Message;
            outcome = new SubscriptionCheck.Failed(trouble);
        }
        await KeepSubscriptions.NoteCheck(connection, storeId, address.Callback.ToString(), trouble, cancel);
        await transaction.CommitAsync(cancel);
        return outcome;
    }

    private async Task<(SubscriptionCheck Outcome, string? Trouble)> Act(
        ShopifyAdmin admin, KeepSubscriptions keep, IReadOnlyList<SubscriptionStep> steps, CallbackAddress address, KnownSubscriptions known, CancellationToken cancel)
    {
        var (right, registered) = (0, 0);
        var refused = new List<RefusedTopic>();
        var lost = new List<SubscriptionStep>();
        string? trouble = null;
        foreach (var step in steps)
        {
            try
            {
                switch (await Send(admin, step, address.Callback, known.Name, cancel))
                {
                    case (_, { } words):
                        refused.Add(new(step.Topic.Name, words));
                        await keep.Refused(step.Topic.Name, words, cancel);
                        continue;
                    case ({ } id, _):
                        await keep.Right(step.Topic.Name, id, isBack: step.Loss is not Loss.None, cancel);
                        right++;
                        break;
                    default:
                        continue;
                }
            }
            // The rest is tried at the next check; what was done so far is kept.
            catch (ShopifyFaultException failure)
            {
                trouble = failure.Fault.Message;
                break;
            }
            if (step is not SubscriptionStep.Keep)
                registered++;
            if (step.Loss is not Loss.None)
                lost.Add(step);
        }
        var gap = lost.Count == 0 ? (long?)null : await keep.Gap(lost, known.Topics, cancel);
        return trouble is null
            ? (new SubscriptionCheck.Done(right, registered, [.. lost.Where(step => step.Loss is not Loss.Moved).Select(step => step.Topic.Name)], refused, gap), null)
            : gap is null ? (new SubscriptionCheck.Failed(trouble), trouble)
            : (new SubscriptionCheck.Done(right, registered, [.. lost.Select(step => step.Topic.Name)], refused, gap), trouble);
    }

    private async Task<(long? Id, string? Refusal)> Send(ShopifyAdmin admin, SubscriptionStep step, Uri callback, string name, CancellationToken cancel)
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
