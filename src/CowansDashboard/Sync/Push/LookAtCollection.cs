using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Conflicts;
using CowansDashboard.Data;
using CowansDashboard.History;
using CowansDashboard.Search;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Errors;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Sync.Pull;
using Npgsql;

namespace CowansDashboard.Sync.Push;

/// <summary>Reads at Shopify a collection that a plan is about to change, or has changed, for a merge in a transaction that comes after.</summary>
public sealed class LookAtCollection(ShopifyAdmin admin, NpgsqlDataSource database, Lane lane, RemoteSource source)
{
    private const int MostLooks = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Shopify's id of the collection that was read last, also where its row here does not know it.</summary>
    public long? Found { get; private set; }

    /// <summary>Answers how what was read is merged while the collection is held.</summary>
    /// <param name="collection">Our id.</param>
    /// <param name="made">The id that Shopify gave it a moment ago; null where that is not known.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="between">Done once new rows are recognised, and before anything is merged.</param>
    public async Task<Func<NpgsqlConnection, Task<MergeCounts>>> Read(long collection, long? made, CancellationToken cancel, Func<NpgsqlConnection, Task>? between = null)
    {
        var (shopifyId, customId) = await Known(collection, cancel);
        var found = shopifyId ?? made ?? (customId is { } id ? await Find(id, cancel) : null);
        Found = found;
        if (found is not { } asked)
            return _ => Task.FromResult(new MergeCounts());
        var read = await new ReadCollections(admin, database).Read([asked], cancel);
        // While moves of ours are under way a list that is read page by page may show two orders in one.
        for (var look = 1; look < MostLooks && read.Collections is [{ IsWhole: true } moving] && !await Stands(collection, moving.Members, cancel); look++)
        {
            await Task.Delay(Pause, admin.Clock, cancel);
            read = await new ReadCollections(admin, database).Read([asked], cancel);
        }
        // A collection that went between two calls: the next look says so.
        var places = read.Gone.Count > 0 ? [] : await Places(asked, cancel);
        return async connection =>
        {
            if (shopifyId is null)
                await AdoptCollection.Itself(connection, source.StoreId, collection, asked, cancel);
            foreach (var one in read.Collections)
                await AdoptCollection.Sources(connection, collection, one.Sources, cancel);
            if (between is not null)
                await between(connection);
            var waiting = await AdoptCollection.WaitingMembers(connection, collection, cancel);
            var counts = await new MergeCollections(source.StoreId, source.RunId).Merge(connection, read, cancel);
            foreach (var one in read.Collections)
            {
                if (places is not null)
                    await AdoptCollection.Complete(connection, source.StoreId, collection, one.Sources, places, read.Ticket, cancel);
                await AdoptCollection.Members(connection, source.StoreId, collection, one, cancel);
                counts += await Order(connection, collection, one, cancel);
            }
            if (waiting.Length > 0 && waiting.Except(await AdoptCollection.WaitingMembers(connection, collection, cancel)).ToArray() is { Length: > 0 } arrived)
                await RefreshSummaries.Refresh(connection, arrived, cancel);
            if (read.Gone.Count > 0)
                await AdoptCollection.Gone(connection, collection, cancel);
            return counts;
        };
    }

    /// <summary>Shopify's id, and where it has none yet but was sent, the id of our own under which that was.</summary>
    private async Task<(long? ShopifyId, Guid? CustomId)> Known(long collection, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select c.shopify_id, m.custom_id from collections c left join push_collection_creates m on m.collection_id = c.id and c.shopify_id is null where c.id = $1
            """);
        command.Parameters.Add(new() { Value = collection });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? (reader.IsDBNull(0) ? null : reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetGuid(1))
            : (null, null);
    }

    private async Task<long?> Find(Guid customId, CancellationToken cancel)
    {
        try
        {
            return (await admin.Send(Queries.CollectionByCustomId(CollectionWriting.Namespace, CollectionWriting.Key, $"{customId:N}"), lane, cancel)).Data.Collection?.Id.Number;
        }
        catch (ShopifyFaultException unknown) when (unknown.Fault is ShopifyFault.Invalid)
        {
            // Shopify has never been told of such ids, so it has made nothing under one.
            return null;
        }
    }

    /// <summary>False where Shopify shows an order that is neither the one last read nor one through which moves of ours lead.</summary>
    private async Task<bool> Stands(long collection, List<long> members, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await Waiting(connection, collection, cancel) is not { Local: { } local, Moves: { } moves } order
            || order.Pending[MemberOrder.Field] is not { } agreed || await Ours(connection, members, cancel) is var theirs
            && (MemberOrder.Same(theirs, local) || MemberOrder.IsOnTheWay(agreed, moves, theirs));
    }

    private async Task<long[]?> Places(long collection, CancellationToken cancel)
    {
        var places = new List<long>();
        for (string? after = null; ;)
        {
            var found = (await admin.Send(Queries.ResourcePublicationsOfCollection(ShopifyId.Collection(collection), after).AsRaw(), lane, cancel)).Data.GetProperty("collection");
            if (found.ValueKind != JsonValueKind.Object)
                return null;
            var page = found.GetProperty("resourcePublicationsV2");
            foreach (var node in page.GetProperty("nodes").EnumerateArray())
                places.Add(ShopifyId.Parse(node.GetProperty("publication").GetProperty("id").GetString()!).Number);
            var info = page.GetProperty("pageInfo");
            if (!info.GetProperty("hasNextPage").GetBoolean())
                return [.. places];
            after = info.GetProperty("endCursor").GetString();
        }
    }

    /// <summary>
    /// The order that waits here, and Shopify's: the same, it waits no longer; Shopify's as it was agreed on, or one through which our moves
    /// lead, it is still to come; any other, a person decides. Who came and who went meanwhile says nothing.
    /// </summary>
    private async Task<MergeCounts> Order(NpgsqlConnection connection, long collection, WholeCollection read, CancellationToken cancel)
    {
        if (!read.IsWhole || await Waiting(connection, collection, cancel) is not { Local: { } local, Pending: var pending } order)
            return new MergeCounts();
        var theirs = await Ours(connection, read.Members, cancel);
        var agreed = pending[MemberOrder.Field];
        // Who is still to be put in has a place in it too.
        if (!order.IsAwaited && MemberOrder.Same(theirs, local))
        {
            await Write(connection, collection, null, cancel);
            await Settle(connection, collection, cancel);
            return new MergeCounts();
        }
        // Ours that is under way goes on from where its moves have led. One that Shopify still sorts by itself has an order that moves without anybody's doing.
        var left = agreed is null ? null : MemberOrder.StillToCome(agreed, order.Moves, theirs);
        if (agreed is null || !order.ByHand || left is not null || MemberOrder.Same(theirs, local))
        {
            await Write(connection, collection, theirs, cancel);
            await Leave(connection, collection, left, cancel);
            await Settle(connection, collection, cancel);
            return new MergeCounts();
        }
        var merged = new MergedRow([], null, [new FieldConflict(MemberOrder.Field, agreed.DeepClone(), local.DeepClone(), theirs)], []);
        await RecordConflicts.Record(connection, new ConflictSource(source.StoreId, CatalogueFields.Collection, source.RunId), [new MergedEntity(collection, 0, merged)], cancel);
        return new MergeCounts { Conflicts = 1 };
    }

    private static async Task<WaitingOrder?> Waiting(NpgsqlConnection connection, long collection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select to_jsonb(c.member_order)::text, coalesce(c.pending, '{}')::text,
                (select f.moves::text from sent_fields f where f.entity = 'collection' and f.entity_id = c.id and f.field = 'member_order'),
                coalesce(c.pending ->> 'sort_order', c.sort_order) = 'MANUAL',
                exists (select from collection_members m where m.collection_id = c.id and m.mark = 1 and m.product_id = any(c.member_order))
            from collections c where c.id = $1 and c.member_order is not null and c.deleted_at is null
            """, connection);
        command.Parameters.Add(new() { Value = collection });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? new WaitingOrder(JsonNode.Parse(reader.GetString(0))!, (JsonObject)JsonNode.Parse(reader.GetString(1))!, reader.IsDBNull(2) ? null : JsonNode.Parse(reader.GetString(2)),
                reader.GetBoolean(3), reader.GetBoolean(4))
            : null;
    }

    private async Task<JsonArray> Ours(NpgsqlConnection connection, List<long> members, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select coalesce(array_agg(p.id order by m.place), '{}') from unnest($2::bigint[]) with ordinality m (shopify_id, place)
            join products p on p.store_id = $1 and p.shopify_id = m.shopify_id
            """, connection);
        command.Parameters.Add(new() { Value = source.StoreId });
        command.Parameters.Add(new() { Value = members.ToArray() });
        return new JsonArray([.. ((long[])(await command.ExecuteScalarAsync(cancel))!).Select(id => (JsonNode)id)]);
    }

    /// <summary>What both sides agree on of the order; null where ours is Shopify's and nothing waits.</summary>
    internal static async Task Write(NpgsqlConnection connection, long collection, JsonNode? agreed, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(agreed is null
            ? "update collections set member_order = null, pending = nullif(pending - 'member_order', '{}') where id = $1"
            // What the item of the push that holds the collection was planned on goes along: it goes on from where the order stands.
            : """
            with planned as (
                update push_items i set fields = jsonb_set(i.fields, '{member_order,base}', $2::jsonb) from push_collection_claims k join push_plans p on p.run_id = k.run_id
                where k.collection_id = $1 and i.plan_id = p.id and i.collection_id = $1 and i.entity = 'collection' and i.kind = 'update' and i.fields ? 'member_order'
                    and i.status in ('waiting', 'sent'))
            update collections set pending = coalesce(pending, '{}') || jsonb_build_object('member_order', $2::jsonb) where id = $1
            """, connection);
        command.Parameters.Add(new() { Value = collection });
        if (agreed is not null)
            command.Parameters.Add(new() { Value = agreed.ToJsonString(), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Which of our moves may still come.</summary>
    private static async Task Leave(NpgsqlConnection connection, long collection, JsonArray? moves, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            update sent_fields set moves = $2::jsonb where entity = 'collection' and entity_id = $1 and field = 'member_order' and moves is not null
            """, connection);
        command.Parameters.Add(new() { Value = collection });
        command.Parameters.Add(new() { Value = (object?)moves?.ToJsonString() ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static async Task Settle(NpgsqlConnection connection, long collection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            update conflicts set closed_at = now(), closed_as = 'agreed' where entity = 'collection' and entity_id = $1 and field = 'member_order' and closed_at is null
            """, connection);
        command.Parameters.Add(new() { Value = collection });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>An order that waits: what both sides agreed on, the moves of ours that may be under way from there, whether Shopify lets people order it, and whether somebody in it is still to be put in.</summary>
    private sealed record WaitingOrder(JsonNode Local, JsonObject Pending, JsonNode? Moves, bool ByHand, bool IsAwaited);
}
