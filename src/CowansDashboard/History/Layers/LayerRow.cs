using System.Globalization;
using System.Text.Json.Nodes;
using Npgsql;

namespace CowansDashboard.History.Layers;

/// <summary>Which value a layer holds: a field of a row, or of a set whether one element is in it.</summary>
internal sealed record LayerCell(string Entity, long EntityId, string Field, string Element)
{
    /// <summary>Which products are put in by hand, and where a collection is published: sets whose elements are rows of their own.</summary>
    public const string Members = "members", Publications = "publications";

    public (string, long, string) Of => (Entity, EntityId, Field);

    public bool IsPair => Entity == CatalogueFields.Collection && Field is Members or Publications;

    /// <summary>The product or place that comes or goes.</summary>
    public long Other => long.Parse(Element, CultureInfo.InvariantCulture);

    /// <summary>Whether two values of it say the same.</summary>
    public bool Same(JsonNode? left, JsonNode? right) => Element.Length == 0 && CatalogueFields.Find(Entity, Field) is { } field ? field.Same(left, right) : JsonValues.Same(left, right);
}

/// <summary>A scheduled value as it is stored.</summary>
internal sealed record LayerRow(long Id, long ScheduleId, long ProductId, LayerCell Cell, JsonNode? Seen, JsonNode? Value)
{
    public Layer Layer => new(Id, Value);

    /// <summary>The collection that it is about, if it is about one; without a product then, unless one is put in or taken out.</summary>
    public long? CollectionId { get; init; }

    /// <summary>Whole products of a schedule that stand so, at most so many rows or one product more; and at last what is of collections alone.</summary>
    public static async Task<List<LayerRow>> Next(NpgsqlConnection connection, long scheduleId, string state, int rows, CancellationToken cancel) =>
        // Products come and go before they are put in order.
        await Next(connection, scheduleId, state, rows, "product_id > 0", cancel) is { Count: > 0 } products ? products : await Next(connection, scheduleId, state, rows, "product_id = 0", cancel);

    private static async Task<List<LayerRow>> Next(NpgsqlConnection connection, long scheduleId, string state, int rows, string which, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"""
            select id, schedule_id, product_id, entity, entity_id, field, element, seen::text, value::text, collection_id from schedule_layers
            where schedule_id = $1 and state = $2 and {which} and product_id <= (
                select max(product_id) from (select product_id from schedule_layers where schedule_id = $1 and state = $2 and {which} order by product_id, id limit $3) first)
            order by product_id, id
            """, connection);
        command.Parameters.Add(new() { Value = scheduleId });
        command.Parameters.Add(new() { Value = state });
        command.Parameters.Add(new() { Value = rows });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var layers = new List<LayerRow>();
        while (await reader.ReadAsync(cancel))
            layers.Add(new LayerRow(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), new(reader.GetString(3), reader.GetInt64(4), reader.GetString(5), reader.GetString(6)),
                reader.IsDBNull(7) ? null : JsonNode.Parse(reader.GetString(7)), reader.IsDBNull(8) ? null : JsonNode.Parse(reader.GetString(8))) { CollectionId = reader.IsDBNull(9) ? null : reader.GetInt64(9) });
        return layers;
    }
}
