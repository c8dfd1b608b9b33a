using System.Text.Json.Nodes;
using Npgsql;

namespace CowansDashboard.Sync.Push;

/// <summary>What of a row arrived in Shopify with a push, and when.</summary>
public sealed record Arrival(string Entity, long EntityId, PushKind Kind, JsonObject Fields, DateTimeOffset At);

/// <summary>Reads what pushes brought to Shopify of a collection, the last first.</summary>
public sealed class ReadArrivals(NpgsqlDataSource database)
{
    public async Task<IReadOnlyList<Arrival>> Read(long storeId, long collectionId, int most, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select i.entity, i.entity_id, i.kind, i.fields::text, i.updated_at from push_items i join push_plans p on p.id = i.plan_id
            where i.collection_id = $2 and p.store_id = $1 and i.status = 'done' and not i.excluded order by i.id desc limit $3
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = collectionId });
        command.Parameters.Add(new() { Value = most });
        var arrivals = new List<Arrival>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            arrivals.Add(new(reader.GetString(0), reader.GetInt64(1), PushItems.Kind(reader.GetString(2)), (JsonObject)JsonNode.Parse(reader.GetString(3))!, reader.GetFieldValue<DateTimeOffset>(4)));
        return arrivals;
    }
}
