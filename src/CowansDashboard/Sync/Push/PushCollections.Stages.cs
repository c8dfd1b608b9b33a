using System.Text.Json.Nodes;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Sync.Pull;
using Npgsql;

namespace CowansDashboard.Sync.Push;

// What goes with what, and when.
public sealed partial class PushCollections
{
    private static Stage StageOf(PushEntity entity) => entity switch
    {
        { Entity: CollectionMembers.Entity } => Stage.Members,
        { Entity: CatalogueFields.Collection, Kind: PushKind.Update, Fields: [{ Field: MemberOrder.Field }] } => Stage.Order,
        { Entity: CatalogueFields.CollectionPublication, Kind: PushKind.Create } => Stage.Places,
        _ => Stage.Itself,
    };

    /// <summary>What is left of an item goes on as an update of these fields.</summary>
    private static async Task Becomes(NpgsqlConnection connection, PushItem item, IReadOnlyList<PushedField> left, CancellationToken cancel)
    {
        var fields = new JsonObject(left.Select(field => KeyValuePair.Create<string, JsonNode?>(field.Field, new JsonObject { ["base"] = field.Base?.DeepClone(), ["new"] = field.New?.DeepClone() })));
        await using var command = new NpgsqlCommand("update push_items set kind = 'update', fields = $2::jsonb where id = $1", connection);
        command.Parameters.Add(new() { Value = item.Id });
        command.Parameters.Add(new() { Value = fields.ToJsonString(), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Whether something that the collection would hold still waits although it was its turn, and nobody can buy from it yet: an empty one is not shown to customers.</summary>
    private async Task<bool> IsUnfinished(NpgsqlConnection connection, long collection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"""
            select not exists (select from collection_publications p where p.collection_id = $2 and p.mark = 0)
                and exists (select from push_items i where i.plan_id = $1 and i.collection_id = $2 and not i.excluded and i.status in ('refused', 'failed') and (
                    i.entity = '{CatalogueFields.Source}'
                        and exists (select from collection_sources s where s.id = i.entity_id and s.deleted_at is null and (s.mark = 1 or s.pending is not null))
                    or i.entity = '{CollectionMembers.Entity}'
                        and exists (select from collection_members m where m.collection_id = $2 and m.mark = 1 and i.fields #> '{"{added,new}"}' @> to_jsonb(m.product_id))))
            """, connection);
        command.Parameters.Add(new() { Value = scope.PlanId });
        command.Parameters.Add(new() { Value = collection });
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    /// <summary>Whether another push brings some of them there with their products at this moment.</summary>
    private async Task<bool> IsOnTheWayOtherwise(NpgsqlConnection connection, long collection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"""
            select exists (select from push_items i join collection_members m on m.id = i.entity_id and m.collection_id = $1
                join push_plans p on p.id = i.plan_id join runs r on r.id = p.run_id and r.status in {Live}
                where i.status = 'sent' and i.entity = '{CatalogueFields.Member}' and i.plan_id <> $2)
            """, connection);
        command.Parameters.Add(new() { Value = collection });
        command.Parameters.Add(new() { Value = scope.PlanId });
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    private static async Task<IReadOnlyList<HeldSource>> HeldSources(NpgsqlConnection connection, long collection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select gid, source_type, coalesce(pending -> 'definition', definition)::text from collection_sources
            where collection_id = $1 and gid is not null and (deleted_at is null or mark = 2) order by position, id
            """, connection);
        command.Parameters.Add(new() { Value = collection });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var held = new List<HeldSource>();
        while (await reader.ReadAsync(cancel))
            held.Add(new HeldSource(reader.GetString(0), reader.GetString(1), (JsonObject)JsonNode.Parse(reader.GetString(2))!));
        return held;
    }

    /// <summary>A conflict that several looks find is one.</summary>
    private async Task Merge(FencedTransaction transaction, long collection, Func<NpgsqlConnection, Task<MergeCounts>> merge, CancellationToken cancel)
    {
        var before = await CollectionRows.Conflicts(transaction.Connection, [collection], cancel);
        var counts = await merge(transaction.Connection);
        scope.Count(transaction, counts with { Conflicts = (await CollectionRows.Conflicts(transaction.Connection, [collection], cancel)).Except(before).Count() });
    }

    private enum Stage
    {
        Itself,
        Members,
        Order,
        Places,
    }
}
