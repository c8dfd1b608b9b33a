using CowansDashboard.Data;
using CowansDashboard.History;
using CowansDashboard.Sync.Pull;
using Npgsql;

namespace CowansDashboard.Sync.Push;

// Products that join or leave a collection by themselves change it, and Shopify tells nobody of that.
public sealed partial class PushCollections
{
    /// <summary>The collections that products of the plan join or leave. Asked before anything is sent: who has left is there no more.</summary>
    public static async Task<long[]> Joined(NpgsqlDataSource database, long planId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"""
            select coalesce(array_agg(distinct m.collection_id order by m.collection_id), '{"{}"}') from push_items i join collection_members m on m.id = i.entity_id
            where i.plan_id = $1 and i.entity = '{CatalogueFields.Member}' and not i.excluded and i.status in ('waiting', 'sent')
            """);
        command.Parameters.Add(new() { Value = planId });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Reads collections again: who is in them, in which order, and what their sources name by now.</summary>
    public Task LookAgain(IEnumerable<long> collections, CancellationToken cancel) => PacedWorkers.For(scope.Admin).Run(collections, async (collection, stop) =>
    {
        var merge = await Look.Read(collection, null, stop);
        await scope.Write(async transaction =>
        {
            await HoldMembers.Hold(transaction.Connection, collection, stop);
            await HoldCollections.Hold(transaction.Connection, [collection], stop);
            await Merge(transaction, collection, merge, stop);
            return true;
        }, stop);
    }, null, cancel);
}
