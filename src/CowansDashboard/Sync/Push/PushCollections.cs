using System.Text.Json.Nodes;
using CowansDashboard.Data;
using CowansDashboard.History;
using CowansDashboard.History.Layers;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Shopify.Errors;
using CowansDashboard.Sync.Pull;
using Npgsql;

namespace CowansDashboard.Sync.Push;

/// <summary>
/// Sends what a plan holds of collections, after its products: each is claimed, read once more, sent while that look is fresh, and read
/// again; every intent is committed before it is sent, and every outcome with what Shopify shows. It goes by stages, each confirmed before
/// the next: the collection and its sources, who is put in and taken out by hand, the order of those, and last the places where it is
/// published. Killed anywhere it goes on.
/// </summary>
public sealed partial class PushCollections(PushScope scope, TimeProvider clock)
{
    private static readonly TimeSpan HeldAgain = TimeSpan.FromSeconds(1), PatienceAtStop = TimeSpan.FromSeconds(20);

    private const string Live = "('enqueued', 'running', 'waiting', 'pausing', 'cancelling', 'interrupted')";

    public async Task Push(CancellationToken cancel)
    {
        while (await Open(cancel) is { Length: > 0 } collections)
        {
            var moved = 0;
            await PacedWorkers.For(scope.Admin).Run(collections, async (collection, stop) => Interlocked.Add(ref moved, await One(collection, stop) ? 1 : 0),
                workers => scope.Run.Progress.Stream(scope.Stream.Name, PacedWorkers.Say("collections", workers)), cancel);
            if (moved > 0)
                continue;
            // What is left is held by another push, or waits for an answer that it gets in the next round.
            scope.Run.Progress.WaitFor("another push, which sends the same collections");
            await Task.Delay(HeldAgain, clock, cancel);
            scope.Run.Progress.WaitFor(null);
        }
    }

    private async Task<long[]> Open(CancellationToken cancel)
    {
        await using var command = scope.Database.CreateCommand("""
            select coalesce(array_agg(distinct collection_id order by collection_id), '{}') from push_items
            where plan_id = $1 and collection_id is not null and status in ('waiting', 'sent') and not excluded
            """);
        command.Parameters.Add(new() { Value = scope.PlanId });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>False when another push holds the collection.</summary>
    private async Task<bool> One(long collection, CancellationToken cancel)
    {
        if (!await Claim(collection, cancel))
            return false;
        await scope.Run.CheckFence(cancel);
        var (look, isHeld) = (Look, false);
        var merge = await look.Read(collection, null, cancel);
        for (var stage = 1; await Prepare(collection, look.Found, merge, () => isHeld = true, cancel) is { } prepared; stage++)
        {
            var sent = new SentCollection(prepared);
            try
            {
                await new SendCollection(scope).Send(sent, cancel);
            }
            catch (Exception stopped) when (stopped is OperationCanceledException or ShopifyFaultException)
            {
                await Stop(sent);
                throw;
            }
            // What nobody knows is read again before anything else goes.
            if (!await Confirm(sent, cancel) || stage == MostStages)
                return true;
            // It was read a moment ago.
            merge = _ => Task.FromResult(new MergeCounts());
        }
        return !isHeld;
    }

    private const int MostStages = 50;

    private LookAtCollection Look => new(scope.Admin, scope.Database, scope.Lane, new RemoteSource(scope.Run.StoreId, scope.Run.RunId));

    private Task<bool> Claim(long collection, CancellationToken cancel) => scope.Write(async transaction =>
    {
        await using var command = new NpgsqlCommand($"""
            insert into push_collection_claims as held (collection_id, run_id) values ($1, $2)
            on conflict (collection_id) do update set run_id = excluded.run_id, claimed_at = now()
            where held.run_id = $2 or not exists (select from runs r where r.id = held.run_id and r.status in {Live})
            returning collection_id
            """, transaction.Connection);
        command.Parameters.Add(new() { Value = collection });
        command.Parameters.Add(new() { Value = scope.Run.RunId });
        return await command.ExecuteScalarAsync(cancel) is not null;
    }, cancel);

    private static async Task Release(NpgsqlConnection connection, long run, long collection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("delete from push_collection_claims where run_id = $1 and collection_id = $2", connection);
        command.Parameters.Add(new() { Value = run });
        command.Parameters.Add(new() { Value = collection });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Merges the last look, decides what of the next stage may still go, and commits the intent. Null when nothing does.</summary>
    private Task<PushCollection?> Prepare(long id, long? found, Func<NpgsqlConnection, Task<MergeCounts>> merge, Action held, CancellationToken cancel) => scope.Write(async transaction =>
    {
        var connection = transaction.Connection;
        await HoldMembers.Hold(connection, id, cancel);
        await HoldCollections.Hold(connection, [id], cancel);
        await Merge(transaction, id, merge, cancel);
        var items = await PushItems.OfCollections(connection, scope.PlanId, [id], cancel);
        var rows = await CollectionRows.Read(connection, [id], items, cancel);
        var isStranger = found is not null && rows.Collection(id) is { ShopifyId: null };
        var isUnfinished = await IsUnfinished(connection, id, cancel);
        var decided = new List<(PushEntity? Entity, SettledItem Settled)>();
        foreach (var item in items)
            if (isStranger)
                decided.Add((null, PushDecision.Settle(item, [new FieldFate("", PushStatus.Failed, "It came from Shopify meanwhile and was edited there and here apart; take over what you need and delete this one.")])));
            else if (isUnfinished && item is { Entity: CatalogueFields.CollectionPublication, Kind: PushKind.Create })
                decided.Add((null, PushDecision.Settle(item, [new FieldFate("", PushStatus.Failed, "Not published: not all that it holds has arrived. Send it again when that is mended.")])));
            else
                decided.Add(Decide(item, rows.Row(item.Entity, item.EntityId), rows.InConflict(item.Entity, item.EntityId), rows.Collection(id)));
        // One stage goes at a time, and each is confirmed from its own answer; what comes later stays as it is.
        var stage = decided.Where(one => one.Entity is not null).Select(one => StageOf(one.Entity!)).Append(Stage.Places).Min();
        var isBusy = stage == Stage.Members && await IsOnTheWayOtherwise(connection, id, cancel);
        var entities = isBusy ? [] : decided.Select(one => one.Entity).OfType<PushEntity>().Where(entity => StageOf(entity) == stage).ToList();
        if (isBusy)
            held();
        // Those that a plan had left behind are a row of their own, of the same field: one after the other.
        if (stage == Stage.Members)
            entities = [.. entities.Take(1)];
        var ofNow = entities.Select(entity => entity.ItemId).ToHashSet();
        List<SettledItem> settled = [.. decided.Where(one => one.Entity is null || ofNow.Contains(one.Entity.ItemId)).Select(one => one.Settled)];
        await PushItems.Close(connection, [.. items.Join(settled, item => item.Id, one => one.ItemId, (item, one) => (item, one))], cancel);
        await PushItems.Await(connection, scope.Run.StoreId, [.. entities.Select(entity => ((long?)null, entity))], cancel);
        var collection = new PushCollection(id, rows.Collection(id)?.ShopifyId, entities) { Held = stage == Stage.Members ? await HeldSources(connection, id, cancel) : [] };
        if (entities.Count == 0)
            await Release(connection, scope.Run.RunId, id, cancel);
        else if (collection.ShopifyId is null)
            collection = collection with { CustomId = await CustomId(connection, id, cancel) };
        await CollectionWindow.Start(connection, [id], cancel);
        transaction.Advance(scope.Stream, settled.Count(item => item.Status != PushStatus.Sent));
        PushCounts.Count(transaction, settled);
        return entities.Count == 0 ? null : collection;
    }, cancel);

    private static (PushEntity? Entity, SettledItem Settled) Decide(PushItem item, PendingEntity? now, IReadOnlySet<string> conflicts, PendingCollection? collection)
    {
        // What Shopify has made already is made, also where the collection was removed here meanwhile.
        if (collection?.Removal is not null && item is not { Entity: CatalogueFields.CollectionPublication, Kind: PushKind.Remove } && !(item.Kind == PushKind.Create && now is { Kind: PushKind.Update }))
            return (null, PushDecision.Settle(item, [new FieldFate("", PushStatus.Skipped, "The collection is deleted here; what waits of it goes when it is restored.")]));
        var decision = PushDecision.Before(item, now, conflicts);
        if (!decision.Goes)
            return (null, PushDecision.Settle(item, decision.Stay));
        FieldFate[] held = [.. decision.Stay.Where(fate => fate.Status == PushStatus.Conflict)];
        var words = held.Length == 0 ? null : PushDecision.Settle(item, held).Outcome;
        return (new PushEntity(item.Id, item.Key, item.Entity, item.EntityId, now!.ShopifyId, item.Kind, now.Row, [.. decision.Go.Select(FirstStep)]),
            new SettledItem(item.Id, PushStatus.Sent, words, item.Attempts + 1));
    }

    // More selections than one call takes go in several rounds, each with a look before it.
    private static PushedField FirstStep(PushedField field) => field is { Field: "definition", New: JsonObject wanted }
        && SourceInputs.Step(field.Base as JsonObject, wanted) is var step && !SourceMeaning.Same(step, wanted) ? field with { New = step } : field;

    private static async Task<Guid> CustomId(NpgsqlConnection connection, long collection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            insert into push_collection_creates (collection_id) values ($1) on conflict (collection_id) do update set collection_id = excluded.collection_id returning custom_id
            """, connection);
        command.Parameters.Add(new() { Value = collection });
        return (Guid)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>What Shopify returned becomes the base, and what still is as it was sent waits no longer. What nobody knows stays marked as sent: then the answer is false.</summary>
    private async Task<bool> Confirm(SentCollection sent, CancellationToken cancel)
    {
        var id = sent.Collection.CollectionId;
        var merge = await Look.Read(id, sent.Made, cancel, connection => Confirming(connection, id, sent, cancel));
        return await scope.Write(async transaction =>
        {
            var connection = transaction.Connection;
            await HoldMembers.Hold(connection, id, cancel);
            await HoldCollections.Hold(connection, [id], cancel);
            await Merge(transaction, id, merge, cancel);
            var items = (await PushItems.OfCollections(connection, scope.PlanId, [id], cancel)).ToDictionary(item => item.Id);
            var rows = await CollectionRows.Read(connection, [id], items.Values, cancel);
            var settled = new List<SettledItem>();
            foreach (var entity in sent.Collection.Entities)
                if (items.GetValueOrDefault(entity.ItemId) is { } item)
                    settled.Add(await GoesOn(connection, item, entity, sent, rows, cancel)
                        ?? Outcome(item, entity, sent, rows.Row(item.Entity, item.EntityId), rows.InConflict(item.Entity, item.EntityId)));
            await FollowLayers.Follow(connection, [.. sent.Collection.Entities.SelectMany(entity => WrittenOtherwise(entity, sent, rows))], cancel);
            await PushItems.Close(connection, [.. settled.Select(one => (items[one.ItemId], one))], cancel);
            await using (var asBefore = new NpgsqlCommand("update sent_fields set confirming = false where push_item_id = any($1) and confirming", connection))
            {
                asBefore.Parameters.Add(new() { Value = items.Keys.ToArray() });
                await asBefore.ExecuteNonQueryAsync(cancel);
            }
            await CollectionWindow.Start(connection, [id], cancel);
            var over = settled.Where(item => item.Status is not (PushStatus.Sent or PushStatus.Waiting)).Select(item => item.ItemId).ToHashSet();
            if (items.Keys.All(over.Contains))
                await Release(connection, scope.Run.RunId, id, cancel);
            transaction.Advance(scope.Stream, over.Count);
            PushCounts.Count(transaction, settled);
            return settled.TrueForAll(item => item.Status != PushStatus.Sent) && settled.Count > 0;
        }, cancel);
    }

    /// <summary>Fields that Shopify took and made something else of: a schedule that holds one holds that now.</summary>
    private static IEnumerable<FollowedField> WrittenOtherwise(PushEntity entity, SentCollection sent, CollectionRows rows) =>
        entity.Kind != PushKind.Update || rows.Row(entity.Entity, entity.EntityId) is not { } now ? []
            : from field in entity.Fields
              where field.Field is not (MemberOrder.Field or "definition") && sent.Result(entity, field.Field) is FieldResult.Taken && !now.Pending.ContainsKey(field.Field) && !JsonValues.Same(now.Row[field.Field], field.New)
              select new FollowedField(entity.Entity, entity.EntityId, field.Field, field.New, now.Row[field.Field]);

    /// <summary>One step of several was taken: the next goes from there.</summary>
    private static async Task<SettledItem?> GoesOn(NpgsqlConnection connection, PushItem item, PushEntity entity, SentCollection sent, CollectionRows rows, CancellationToken cancel)
    {
        if (rows.Row(item.Entity, item.EntityId) is not { Kind: PushKind.Update } now)
            return null;
        if (item.Entity == CollectionMembers.Entity)
            return entity.Fields.All(field => sent.Result(entity, field.Field) is FieldResult.Taken) && PushDecision.Before(item, now, rows.InConflict(item.Entity, item.EntityId)).Go is { Count: > 0 } rest
                && rest.Sum(field => CollectionMembers.Ids(field.New).Count()) < entity.Fields.Sum(field => CollectionMembers.Ids(field.New).Count())
                ? new SettledItem(item.Id, PushStatus.Waiting, item.Outcome, 0) : null;
        var whole = item.Changes().FirstOrDefault(change => change.Field == "definition");
        if (whole is null || entity.Fields.FirstOrDefault(field => field.Field == "definition") is not { } step || SourceMeaning.Same(step.New, whole.New)
            || sent.Result(entity, "definition") is not FieldResult.Taken || !now.Pending.ContainsKey("definition"))
            return null;
        // Shopify took it and did nothing: the same step would go for ever.
        if (SourceMeaning.Same(now.Pending["definition"], step.Base))
            return new SettledItem(item.Id, PushStatus.Failed, "Shopify took it and shows another value.", item.Attempts);
        await Becomes(connection, item, [whole with { Base = now.Pending["definition"] }], cancel);
        return new SettledItem(item.Id, PushStatus.Waiting, item.Outcome, 0);
    }

    private static SettledItem Outcome(PushItem item, PushEntity entity, SentCollection sent, PendingEntity? now, IReadOnlySet<string> conflicts)
    {
        var (fates, unknown) = (new List<FieldFate>(), new List<(string Field, FieldResult Result)>());
        string? words = null;
        if (item.Kind != PushKind.Update || entity.Fields.Count == 0)
        {
            var result = sent.Result(entity);
            words = (result as FieldResult.Unknown)?.Words;
            if (PushDecision.AfterWhole(item, now, result) is { } fate)
                fates.Add(fate);
            else
                unknown.Add(("", result));
        }
        foreach (var field in item.Kind == PushKind.Update ? entity.Fields : [])
        {
            var result = sent.Result(entity, field.Field);
            words ??= (result as FieldResult.Unknown)?.Words;
            if (field.Field == MemberOrder.Field && result is FieldResult.Taken && now?.Pending.ContainsKey(MemberOrder.Field) != true)
                fates.Add(new FieldFate(MemberOrder.Field, PushStatus.Done, null));
            else if (field.Field == MemberOrder.Field && result is FieldResult.Taken && MemberOrder.Same(now!.Pending[MemberOrder.Field], now.Row[MemberOrder.Field]))
                fates.Add(new FieldFate(MemberOrder.Field, PushStatus.Done, "Sent; it waits for those who are still to be put in."));
            else if (PushDecision.After(field, now, result, conflicts) is { } fate)
                fates.Add(fate);
            else
                unknown.Add((field.Field, result));
        }
        if (unknown.Count > 0 && item.Attempts < PushScope.MostSends)
            return new SettledItem(item.Id, PushStatus.Sent, item.Outcome, item.Attempts);
        fates.AddRange(unknown.Select(one => conflicts.Contains(one.Field)
            ? new FieldFate(one.Field, PushStatus.Conflict, PushDecision.InConflict)
            : new FieldFate(one.Field, PushStatus.Failed, words ?? (one.Result is FieldResult.Taken ? "Shopify took it and shows another value." : "Shopify gave no answer."))));
        return PushDecision.Settle(item, fates, item.Outcome);
    }

    /// <summary>Shopify took these fields; their rows are merged also where it made of them what both sides had agreed on.</summary>
    private static async Task Confirming(NpgsqlConnection connection, long collection, SentCollection sent, CancellationToken cancel)
    {
        var doubtful = (await CollectionRows.Conflicts(connection, [collection], cancel)).ToHashSet();
        List<(string Entity, long Id, string Field)> taken = [.. sent.Taken.Where(field => !doubtful.Contains(field))];
        await using (var command = new NpgsqlCommand("""
            update sent_fields f set confirming = true from unnest($1::text[], $2::bigint[], $3::text[]) s (entity, id, field)
            where f.entity = s.entity and f.entity_id = s.id and f.field = s.field
            """, connection))
        {
            command.Parameters.Add(new() { Value = taken.Select(one => one.Entity).ToArray() });
            command.Parameters.Add(new() { Value = taken.Select(one => one.Id).ToArray() });
            command.Parameters.Add(new() { Value = taken.Select(one => one.Field).ToArray() });
            await command.ExecuteNonQueryAsync(cancel);
        }
        await using var reopen = new NpgsqlCommand("""
            with own as (update collections set row_hash = null where id = $1 and row_hash is not null)
            update collection_sources set row_hash = null where collection_id = $1 and row_hash is not null and id = any($2)
            """, connection);
        reopen.Parameters.Add(new() { Value = collection });
        reopen.Parameters.Add(new() { Value = taken.Where(one => one.Entity == CatalogueFields.Source).Select(one => one.Id).Distinct().ToArray() });
        await reopen.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>What was not begun waits as before; what was is confirmed, so that nobody else takes it for a stranger's.</summary>
    private async Task Stop(SentCollection sent)
    {
        using var patience = new CancellationTokenSource(PatienceAtStop, clock);
        var id = sent.Collection.CollectionId;
        PushEntity[] left = [.. sent.Collection.Entities.Where(entity => !sent.IsTouched(entity))];
        try
        {
            if (left.Length > 0)
                await scope.Write(async transaction =>
                {
                    await HoldCollections.Hold(transaction.Connection, [id], patience.Token);
                    await PushItems.Unsend(transaction.Connection, [.. left.Select(entity => entity.ItemId)], patience.Token);
                    if (left.Length == sent.Collection.Entities.Count)
                        await Release(transaction.Connection, scope.Run.RunId, id, patience.Token);
                    return true;
                }, patience.Token);
            if (left.Length < sent.Collection.Entities.Count)
                await Confirm(sent, patience.Token);
        }
        catch (Exception hindered) when (hindered is OperationCanceledException or ShopifyFaultException or RunFencedException or NpgsqlException)
        {
            // Then it is marked as sent, and read again before anything else.
        }
    }
}
