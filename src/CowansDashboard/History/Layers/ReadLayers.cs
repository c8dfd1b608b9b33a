using System.Text.Json.Nodes;
using Npgsql;

namespace CowansDashboard.History.Layers;

/// <summary>A schedule that holds a field, or will.</summary>
/// <param name="Entity">What kind of row.</param>
/// <param name="EntityId">Which row.</param>
/// <param name="Field">Which field.</param>
/// <param name="Element">Of a set the element that comes or goes.</param>
/// <param name="ScheduleId">Which schedule.</param>
/// <param name="Title">What it is called.</param>
/// <param name="StartsAt">When it begins.</param>
/// <param name="EndsAt">When it ends; null when it stays.</param>
/// <param name="IsActive">It holds the field now.</param>
/// <param name="Value">What it sets.</param>
/// <param name="Beneath">What lies beneath all layers.</param>
public sealed record FieldLayer(
    string Entity, long EntityId, string Field, string Element, long ScheduleId, string Title, DateTimeOffset StartsAt, DateTimeOffset? EndsAt, bool IsActive, JsonNode? Value, JsonNode? Beneath);

/// <summary>Reads which schedules hold the fields of a product or a collection, or will, the one on top first.</summary>
public sealed class ReadLayers(NpgsqlDataSource database)
{
    public Task<IReadOnlyList<FieldLayer>> OfProduct(long storeId, long productId, CancellationToken cancel) => Of("product_id", storeId, productId, cancel);

    /// <summary>Those of a collection, its sources, places and products put in by hand.</summary>
    public Task<IReadOnlyList<FieldLayer>> OfCollection(long storeId, long collectionId, CancellationToken cancel) => Of("collection_id", storeId, collectionId, cancel);

    private async Task<IReadOnlyList<FieldLayer>> Of(string owner, long storeId, long id, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"""
            select l.entity, l.entity_id, l.field, l.element, s.id, s.title, s.starts_at, s.ends_at, l.state = 'active', l.value::text, v.beneath::text
            from schedule_layers l join schedules s on s.id = l.schedule_id
            left join layered_values v on l.state = 'active' and v.entity = l.entity and v.entity_id = l.entity_id and v.field = l.field and v.element = l.element
            where l.{owner} = $2 and l.store_id = $1 and l.state in ('waiting', 'active') order by l.state, l.place desc, s.starts_at, l.id
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var layers = new List<FieldLayer>();
        while (await reader.ReadAsync(cancel))
            layers.Add(new(reader.GetString(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.GetInt64(4), reader.GetString(5), reader.GetFieldValue<DateTimeOffset>(6),
                reader.IsDBNull(7) ? null : reader.GetFieldValue<DateTimeOffset>(7), reader.GetBoolean(8),
                reader.IsDBNull(9) ? null : JsonNode.Parse(reader.GetString(9)), reader.IsDBNull(10) ? null : JsonNode.Parse(reader.GetString(10))));
        return layers;
    }
}
