using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Conflicts;
using CowansDashboard.Data;
using CowansDashboard.History;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Errors;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Sync.Pull;
using Npgsql;

namespace CowansDashboard.Sync.Push;

/// <summary>Reads at Shopify a collection that a plan is about to change, or has changed, for a merge in a transaction that comes after.</summary>
public sealed class LookAtCollection(ShopifyAdmin admin, NpgsqlDataSource database, Lane lane, RemoteSource source)
{
    /// <summary>Answers how what was read is merged while the collection is held.</summary>
    /// <param name="collection">Our id.</param>
    /// <param name="made">The id that Shopify gave it a moment ago; null where that is not known.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="between">Done once new rows are recognised, and before anything is merged.</param>
    public async Task<Func<NpgsqlConnection, Task<MergeCounts>>> Read(long collection, long? made, CancellationToken cancel, Func<NpgsqlConnection, Task>? between = null)
    {
        var (shopifyId, customId) = await Known(collection, cancel);
        var found = shopifyId ?? made ?? (customId is { } id ? await Find(id, cancel) : null);
        if (found is not { } asked)
            return _ => Task.FromResult(new MergeCounts());
        var read = await new ReadCollections(admin, database).Read([asked], cancel);
        var places = read.Gone.Count > 0 ? [] : await Places(asked, cancel);
        return async connection =>
        {
            if (shopifyId is null)
                await AdoptCollection.Itself(connection, source.StoreId, collection, asked, cancel);
            foreach (var one in read.Collections)
                await AdoptCollection.Sources(connection, collection, one.Sources, cancel);
            if (between is not null)
                await between(connection);
            var counts = await new MergeCollections(source.StoreId, source.RunId).Merge(connection, read, cancel);
            foreach (var one in read.Collections)
            {
                await AdoptCollection.Complete(connection, source.StoreId, collection, one.Sources, places, read.Ticket, cancel);
                counts += await Order(connection, collection, one, cancel);
            }
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

    private async Task<long[]> Places(long collection, CancellationToken cancel)
    {
        var places = new List<long>();
        for (string? after = null; ;)
        {
            var found = (await admin.Send(Queries.ResourcePublicationsOfCollection(ShopifyId.Collection(collection), after).AsRaw(), lane, cancel)).Data.GetProperty("collection");
            if (found.ValueKind != JsonValueKind.Object)
                return [.. places];
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
    /// The order that waits here, and Shopify's: the same, it waits no longer; Shopify's as it was agreed on, or ours is under way, it is
    /// still to come; any other, a person decides. Who came and who went meanwhile says nothing.
    /// </summary>
    private async Task<MergeCounts> Order(NpgsqlConnection connection, long collection, WholeCollection read, CancellationToken cancel)
    {
        if (!read.IsWhole || await Waiting(connection, collection, cancel) is not ({ } local, var pending, var awaited, var byHand))
            return new MergeCounts();
        var theirs = await Ours(connection, read.Members, cancel);
        var agreed = pending[MemberOrder.Field];
        if (MemberOrder.Same(theirs, local))
        {
            await Write(connection, collection, null, cancel);
            await Settle(connection, collection, cancel);
            return new MergeCounts();
        }
        // While moves are under way a list that is read page by page may show two orders in one: what is sent goes on from the next look.
        // One that Shopify still sorts by itself has an order that moves without anybody's doing.
        if (agreed is null || !byHand || awaited is not null || MemberOrder.Same(theirs, agreed))
        {
            await Write(connection, collection, theirs, cancel);
            await Settle(connection, collection, cancel);
            return new MergeCounts();
        }
        var merged = new MergedRow([], null, [new FieldConflict(MemberOrder.Field, agreed.DeepClone(), local.DeepClone(), theirs)], []);
        await RecordConflicts.Record(connection, new ConflictSource(source.StoreId, CatalogueFields.Collection, source.RunId), [new MergedEntity(collection, 0, merged)], cancel);
        return new MergeCounts { Conflicts = 1 };
    }

    private static async Task<(JsonNode? Local, JsonObject Pending, JsonNode? Awaited, bool ByHand)> Waiting(NpgsqlConnection connection, long collection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select to_jsonb(c.member_order)::text, coalesce(c.pending, '{}')::text,
                (select f.value::text from sent_fields f where f.entity = 'collection' and f.entity_id = c.id and f.field = 'member_order'),
                coalesce(c.pending ->> 'sort_order', c.sort_order) = 'MANUAL'
            from collections c where c.id = $1 and c.member_order is not null and c.deleted_at is null
            """, connection);
        command.Parameters.Add(new() { Value = collection });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? (JsonNode.Parse(reader.GetString(0)), (JsonObject)JsonNode.Parse(reader.GetString(1))!, reader.IsDBNull(2) ? null : JsonNode.Parse(reader.GetString(2)), reader.GetBoolean(3))
            : (null, [], null, false);
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
            // What an item was planned on goes along: it goes on from where its own moves have led.
            : """
            with planned as (
                update push_items i set fields = jsonb_set(i.fields, '{member_order,base}', $2::jsonb) from sent_fields f
                where f.entity = 'collection' and f.entity_id = $1 and f.field = 'member_order' and i.id = f.push_item_id and i.kind = 'update' and i.fields ? 'member_order')
            update collections set pending = coalesce(pending, '{}') || jsonb_build_object('member_order', $2::jsonb) where id = $1
            """, connection);
        command.Parameters.Add(new() { Value = collection });
        if (agreed is not null)
            command.Parameters.Add(new() { Value = agreed.ToJsonString(), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
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
}
