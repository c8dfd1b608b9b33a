using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Collections;
using CowansDashboard.Data;
using CowansDashboard.History;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Errors;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Shopify.Wire;
using Npgsql;

namespace CowansDashboard.Sync.Push;

/// <summary>
/// Sends the calls of one collection one after the other and notes what Shopify said about each field: its fields, its sources, who is put
/// in and taken out by hand, its order, where it is published. Jobs are followed to their end. A call whose outcome is unknown ends the collection's turn: it is read again
/// before anything else is sent of it.
/// </summary>
public sealed partial class SendCollection(PushScope scope)
{
    private static readonly TimeSpan JobPause = TimeSpan.FromMilliseconds(250), LongPause = TimeSpan.FromSeconds(2), JobPatience = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan LastAnswer = TimeSpan.FromSeconds(15);

    /// <summary>An order that somebody else changes at the same time is brought about anew so often.</summary>
    private const int MostRounds = 5;

    private static readonly string[] OfSources = ["sourcesToDelete", "sourcesToUpdate", "sourcesToCreate"];

    /// <exception cref="ShopifyFaultException">Nothing can be sent now; what was answered before is in <paramref name="into"/>.</exception>
    public async Task Send(SentCollection into, CancellationToken cancel)
    {
        var collection = into.Collection;
        if (collection.Itself is { Kind: PushKind.Remove } removed)
        {
            if (await Call(Mutations.CollectionDelete(ShopifyId.Collection(collection.ShopifyId!.Value)), [removed], into, cancel) is { } deleted)
                into.Note(removed, Verdict(deleted.UserErrors));
            return;
        }
        if (collection.ShopifyId is null && !await Create(into, cancel))
            return;
        var id = ShopifyId.Collection((collection.ShopifyId ?? into.Made)!.Value);
        if (collection.ShopifyId is not null && !(await Fields(id, into, cancel) && await Sources(id, into, cancel)))
            return;
        if (collection.Filling is { } filling && !await Fill(id, filling, into, cancel))
            return;
        if (collection.Itself is { } itself && itself.Fields.FirstOrDefault(field => field.Field == MemberOrder.Field) is { New: { } wanted } && !await Order(id, itself, wanted, into, cancel))
            return;
        if (await Publish(id, PushKind.Create, into, cancel))
            await Publish(id, PushKind.Remove, into, cancel);
    }

    private async Task<bool> Create(SentCollection into, CancellationToken cancel)
    {
        var collection = into.Collection;
        if (collection.Itself is not { Kind: PushKind.Create } created)
        {
            foreach (var entity in collection.Entities)
                into.Note(entity, new FieldResult.Refused("Its collection is not in Shopify."));
            return false;
        }
        await scope.Run.CheckFence(cancel);
        var defined = await scope.Admin.Send(Mutations.MetafieldDefinitionCreate(CollectionWriting.Definition()), scope.Lane, cancel);
        if (defined.UserErrors.Any(error => error.Code != "TAKEN"))
            defined.Accepted();
        PushEntity[] sources = [.. collection.Sources.Where(source => source.Kind == PushKind.Create)];
        if (await Call(Mutations.CollectionCreate(CollectionWriting.Create(collection, created, sources)), [created, .. sources], into, cancel) is not { } answer)
            return false;
        if (answer.UserErrors.Count == 0)
        {
            into.Made = ShopifyId.Parse(answer.Data.GetProperty("collectionCreate").GetProperty("collection").GetProperty("id").GetString()!).Number;
            into.Note(created, created.Fields.Select(field => field.Field).Where(field => field != MemberOrder.Field), new FieldResult.Taken());
            foreach (var source in sources)
                into.Note(source, new FieldResult.Taken());
            return true;
        }
        // Nothing was made: what stands against it is said of its item, and the others wait with it.
        var ofSources = answer.UserErrors.ToLookup(error => error.Field.Contains("sources") ? Place(error) : null);
        foreach (var (place, source) in sources.Index())
            into.Note(source, new FieldResult.Refused(ofSources[place].Any() ? Words(ofSources[place]) : $"The collection was not made: {Words(answer.UserErrors)}"));
        into.Note(created, new FieldResult.Refused(Words(answer.UserErrors)));
        foreach (var place in collection.Entities.Where(entity => entity.Entity == CatalogueFields.CollectionPublication))
            into.Note(place, new FieldResult.Refused("The collection was not made."));
        return false;
    }

    /// <summary>What Shopify refuses of the fields is noted, and the others go without it.</summary>
    private async Task<bool> Fields(ShopifyId id, SentCollection into, CancellationToken cancel)
    {
        if (into.Collection.Itself is not { } itself)
            return true;
        for (var left = itself.Fields.Where(field => field.Field != MemberOrder.Field).ToList(); left.Count > 0;)
        {
            if (await Call(Mutations.CollectionUpdate(CollectionWriting.Update($"{id}", itself, left)), [itself], into, cancel) is not { } answer)
                return false;
            if (answer.UserErrors.Count == 0)
            {
                into.Note(itself, left.Select(field => field.Field), new FieldResult.Taken());
                return true;
            }
            var names = left.Select(field => field.Field).ToArray();
            var refused = answer.UserErrors.SelectMany(error => CollectionWriting.FieldsOf(error, names) is { Length: > 0 } fields ? fields.Select(field => (field, error)) : names.Select(field => (field, error)))
                .ToLookup(one => one.field, one => one.error);
            foreach (var field in refused)
                into.Note(itself, [field.Key], new FieldResult.Refused(Words(field)));
            left.RemoveAll(field => refused.Contains(field.Field));
        }
        return true;
    }

    private async Task<bool> Sources(ShopifyId id, SentCollection into, CancellationToken cancel)
    {
        var left = into.Collection.Sources.Select(source => (List: source.Kind switch { PushKind.Create => OfSources[2], PushKind.Remove => OfSources[0], _ => OfSources[1] }, Source: source, Input: Input(source))).ToList();
        // Shopify holds it already but for what nobody can say.
        foreach (var same in left.Where(one => one.Input is null))
            into.Note(same.Source, new FieldResult.Taken());
        left.RemoveAll(one => one.Input is null);
        while (left.Count > 0)
        {
            var input = new JsonObject { ["id"] = $"{id}" };
            foreach (var list in left.GroupBy(one => one.List))
                input[list.Key] = new JsonArray([.. list.Select(one => one.Input!.DeepClone())]);
            if (await Call(Mutations.CollectionUpdate(input), [.. left.Select(one => one.Source)], into, cancel) is not { } answer)
                return false;
            if (answer.UserErrors.Count == 0)
            {
                // Members follow when the job is over; an order before that would be one of other products.
                await Follow(answer.Data.GetProperty("collectionUpdate"), cancel);
                foreach (var one in left)
                    into.Note(one.Source, new FieldResult.Taken());
                return true;
            }
            var places = left.GroupBy(one => one.List).SelectMany(list => list.Select((one, place) => (one.Source, list.Key, Place: place))).ToList();
            var refused = answer.UserErrors.SelectMany(error =>
            {
                var about = places.Where(one => error.Field.Contains(one.Key) && (Place(error) is not { } place || one.Place == place)).ToList();
                return (about.Count == 0 ? places : about).Select(one => (one.Source.ItemId, error));
            }).ToLookup(one => one.ItemId, one => one.error);
            foreach (var one in left.Where(one => refused.Contains(one.Source.ItemId)))
                into.Note(one.Source, new FieldResult.Refused(Words(refused[one.Source.ItemId])));
            left.RemoveAll(one => refused.Contains(one.Source.ItemId));
        }
        return true;
    }

    private static JsonNode? Input(PushEntity source)
    {
        var gid = (string?)source.Row["gid"] ?? "";
        var definition = source.Fields.FirstOrDefault(field => field.Field == "definition");
        return source.Kind switch
        {
            PushKind.Create => SourceInputs.Create((string?)source.Value("title") ?? "", (JsonObject)source.Value("definition")!),
            PushKind.Remove => gid,
            _ => SourceInputs.Update(gid, source.Has("title") ? (string?)source.Value("title") ?? "" : null, definition?.Base as JsonObject, definition?.New as JsonObject),
        };
    }

    private async Task<bool> Publish(ShopifyId id, PushKind kind, SentCollection into, CancellationToken cancel)
    {
        var left = into.Collection.Publications(kind).ToList();
        while (left.Count > 0)
        {
            var places = left.Select(place => new ShopifyId("Publication", (long)JsonValues.Number(place.Row["publication"])));
            if (await Call(kind == PushKind.Create ? Mutations.PublishablePublish(id, places) : Mutations.PublishableUnpublish(id, places), left, into, cancel) is not { } answer)
                return false;
            var refused = answer.UserErrors.ToLookup(error => Place(error) is { } place && place < left.Count ? (int?)place : null);
            foreach (var (place, entity) in left.Index())
                if (refused[null].Any() || refused[place].Any())
                    into.Note(entity, new FieldResult.Refused(Words(refused[null].Concat(refused[place]))));
                else if (answer.UserErrors.Count == 0)
                    into.Note(entity, new FieldResult.Taken());
            left = answer.UserErrors.Count == 0 ? [] : [.. left.Where((_, place) => !refused[null].Any() && !refused[place].Any())];
        }
        return true;
    }

    /// <summary>
    /// The least number of moves from the order read just now, in batches that Shopify works off as jobs. Before each the order that it
    /// leads to and its moves are committed: whoever goes on after a crash reads the order again and finds one on that way. Any other is
    /// somebody else's: nothing more is sent, and the look that follows makes it a conflict.
    /// </summary>
    private async Task<bool> Order(ShopifyId id, PushEntity itself, JsonNode wanted, SentCollection into, CancellationToken cancel)
    {
        long? busy = null;
        var (expected, underWay) = await Expected(itself, cancel);
        for (var round = 1; ; round++)
        {
            var now = await Members(id, cancel);
            var stands = new JsonArray([.. now.Select(member => (JsonNode)member.Id)]);
            if (expected is not null && !MemberOrder.IsOnTheWay(expected, underWay, stands))
                return false;
            long[] target = [.. MemberOrder.Among(wanted, stands).Select(node => (long)node!)];
            var batches = ReorderMoves.Plan([.. now.Select(member => member.Id)], target);
            if (batches.Count == 0)
            {
                into.Note(itself, [MemberOrder.Field], new FieldResult.Taken());
                return true;
            }
            if (round > MostRounds)
            {
                into.Note(itself, [MemberOrder.Field], new FieldResult.Refused("Somebody orders the products of this collection in Shopify at the same time."));
                return true;
            }
            var order = now.Select(member => member.Id).ToList();
            var shopify = now.ToDictionary(member => member.Id, member => member.ShopifyId);
            foreach (var batch in batches)
            {
                var before = new JsonArray([.. order.Select(member => (JsonNode)member)]);
                foreach (var move in batch)
                {
                    order.Remove(move.Product);
                    order.Insert(move.NewPosition, move.Product);
                }
                var after = new JsonArray([.. order.Select(member => (JsonNode)member)]);
                var steps = new JsonArray([.. batch.Select(move => (JsonNode)new JsonArray(move.Product, move.NewPosition))]);
                var (was, wasUnderWay) = (expected ?? before, underWay);
                await Intend(itself, before, after, steps, cancel);
                (expected, underWay) = (before, steps);
                var moves = new JsonArray([.. batch.Select(move => (JsonNode)new JsonObject
                {
                    ["id"] = $"{ShopifyId.Product(shopify[move.Product])}", ["newPosition"] = move.NewPosition.ToString(CultureInfo.InvariantCulture),
                })]);
                if (await Call(Mutations.CollectionReorderProducts(id, moves), [itself], into, cancel) is not { } answer)
                    return false;
                if (answer.UserErrors.Count > 0 && answer.UserErrors.All(error => error.Code is "TOO_MANY_ATTEMPTS_TO_REORDER_PRODUCTS" or "INVALID_MOVE"))
                {
                    // A job is still under way, or a product has left. Nothing of this batch was done: what is ours is what was before it.
                    (expected, underWay) = (was, wasUnderWay);
                    await Intend(itself, was, wanted, wasUnderWay, cancel);
                    var isBusy = answer.UserErrors.All(error => error.Code == "TOO_MANY_ATTEMPTS_TO_REORDER_PRODUCTS");
                    if (isBusy && scope.Admin.Clock.GetElapsedTime(busy ??= scope.Admin.Clock.GetTimestamp()) >= JobPatience)
                    {
                        into.Note(itself, [MemberOrder.Field], new FieldResult.Refused("Shopify is still ordering its products. Try again later."));
                        return true;
                    }
                    await Task.Delay(isBusy ? LongPause : JobPause, scope.Admin.Clock, cancel);
                    round -= isBusy ? 1 : 0;
                    break;
                }
                if (answer.UserErrors.Count > 0)
                {
                    into.Note(itself, [MemberOrder.Field], new FieldResult.Refused(Words(answer.UserErrors)));
                    return true;
                }
                busy = null;
                await Follow(answer.Data.GetProperty("collectionReorderProducts"), cancel);
            }
        }
    }

    /// <summary>The order that was read last, and the moves of ours that may still be under way from there.</summary>
    private async Task<(JsonNode? Order, JsonNode? Moves)> Expected(PushEntity itself, CancellationToken cancel)
    {
        await using var command = scope.Database.CreateCommand("""
            select (c.pending -> 'member_order')::text, f.moves::text from collections c
            left join sent_fields f on f.entity = 'collection' and f.entity_id = c.id and f.field = 'member_order' where c.id = $1
            """);
        command.Parameters.Add(new() { Value = itself.EntityId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? (reader.IsDBNull(0) ? null : JsonNode.Parse(reader.GetString(0)), reader.IsDBNull(1) ? null : JsonNode.Parse(reader.GetString(1)))
            : (null, null);
    }

    /// <summary>Where the order stands, and where the next call leads.</summary>
    private Task<bool> Intend(PushEntity itself, JsonNode before, JsonNode after, JsonNode? moves, CancellationToken cancel) => scope.Write(async transaction =>
    {
        await HoldCollections.Hold(transaction.Connection, [itself.EntityId], cancel);
        await using var command = new NpgsqlCommand("""
            with base as (update collections set pending = pending || jsonb_build_object('member_order', $2::jsonb) where id = $1 and pending ? 'member_order'),
            planned as (update push_items set fields = jsonb_set(fields, '{member_order,base}', $2::jsonb) where id = $4 and kind = 'update' and fields ? 'member_order')
            update sent_fields set value = $3::jsonb, moves = $5::jsonb, sent_at = now() where entity = 'collection' and entity_id = $1 and field = 'member_order'
            """, transaction.Connection);
        command.Parameters.Add(new() { Value = itself.EntityId });
        command.Parameters.Add(new() { Value = before.ToJsonString(), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = after.ToJsonString(), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = itself.ItemId });
        command.Parameters.Add(new() { Value = (object?)moves?.ToJsonString() ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync(cancel);
        return true;
    }, cancel);

    /// <summary>The members in Shopify's order; one that the copy does not know stays behind whom it follows.</summary>
    private async Task<List<(long Id, long ShopifyId)>> Members(ShopifyId id, CancellationToken cancel)
    {
        var members = new List<long>();
        for (string? after = null; ;)
        {
            var page = (await scope.Admin.Send(Queries.CollectionMembers(id, after), scope.Lane, cancel)).Data.Collection?.Products;
            members.AddRange(page?.Nodes.Select(product => product.Id.Number) ?? []);
            if (page is not { PageInfo: { HasNextPage: true } info })
                break;
            after = info.EndCursor;
        }
        // A product that the copy does not know holds its place under its own number, which is none of ours.
        await using var command = scope.Database.CreateCommand("""
            select coalesce(p.id, -m.shopify_id), m.shopify_id from unnest($2::bigint[]) with ordinality m (shopify_id, place)
            left join products p on p.store_id = $1 and p.shopify_id = m.shopify_id order by m.place
            """);
        command.Parameters.Add(new() { Value = scope.Run.StoreId });
        command.Parameters.Add(new() { Value = members.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var known = new List<(long, long)>();
        while (await reader.ReadAsync(cancel))
            known.Add((reader.GetInt64(0), reader.GetInt64(1)));
        return known;
    }

    /// <summary>Null when nobody knows what became of the call, or Shopify would not hear of it: noted either way.</summary>
    private async Task<ShopifyAnswer<JsonElement>?> Call(Operation<MutationData> operation, IReadOnlyList<PushEntity> entities, SentCollection into, CancellationToken cancel)
    {
        // Before every call: a node that slept must not send what another has sent since, and a person changed again.
        cancel.ThrowIfCancellationRequested();
        await scope.Run.CheckFence(cancel);
        PushEntity[] first = [.. entities.Where(entity => !into.IsTouched(entity))];
        into.Touch(first);
        try
        {
            return await Answered(operation, cancel);
        }
        catch (ShopifyFaultException lost) when (lost.Fault.OutcomeUnknown)
        {
            foreach (var entity in first)
                into.Note(entity, new FieldResult.Unknown(lost.Message));
            return null;
        }
        catch (ShopifyFaultException wrong) when (wrong.Fault is ShopifyFault.Invalid)
        {
            foreach (var entity in entities)
                foreach (var field in entity.Fields.Count == 0 ? [""] : entity.Fields.Select(one => one.Field))
                    if (into.Result(entity, field) is FieldResult.Unknown)
                        into.Note(entity, [field], new FieldResult.Refused(wrong.Message));
            return null;
        }
        catch (ShopifyFaultException)
        {
            // Shopify has not taken it up.
            into.Untouch(first);
            throw;
        }
    }

    // A call that is on its way when the push is asked to stop is still answered: cut off, Shopify may carry it out after the
    // collection was read again, and it would be sent a second time.
    private async Task<ShopifyAnswer<JsonElement>> Answered(Operation<MutationData> operation, CancellationToken cancel)
    {
        using var patience = new CancellationTokenSource();
        await using var asked = cancel.UnsafeRegister(_ => patience.CancelAfter(LastAnswer), null);
        return await scope.Admin.Send(operation.AsRaw(), scope.Lane, patience.Token);
    }

    private async Task Follow(JsonElement payload, CancellationToken cancel)
    {
        if (!payload.TryGetProperty("job", out var job) || job.ValueKind != JsonValueKind.Object)
            return;
        var done = job.TryGetProperty("done", out var now) && now.GetBoolean();
        var began = scope.Admin.Clock.GetTimestamp();
        for (var look = 0; !done && scope.Admin.Clock.GetElapsedTime(began) < JobPatience; look++)
        {
            await Task.Delay(look < 20 ? JobPause : LongPause, scope.Admin.Clock, cancel);
            done = (await scope.Admin.Send(Mutations.Job(job.GetProperty("id").GetString()!), scope.Lane, cancel)).Data.Job is not { Done: false };
        }
    }

    private static FieldResult Verdict(IReadOnlyList<UserError> errors) => errors.Count == 0 ? new FieldResult.Taken() : new FieldResult.Refused(Words(errors));

    private static int? Place(UserError error) => error.Field.Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (int?)null)
        .FirstOrDefault(number => number is not null);

    private static string Words(IEnumerable<UserError> errors) => string.Join(" ", errors.Select(error => error.Message).Distinct());
}
