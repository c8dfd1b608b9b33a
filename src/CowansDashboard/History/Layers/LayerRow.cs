using System.Text.Json.Nodes;
using Npgsql;

namespace CowansDashboard.History.Layers;

/// <summary>Which value a layer holds: a field of a row, or of a set whether one element is in it.</summary>
internal sealed record LayerCell(string Entity, long EntityId, string Field, string Element)
{
    public (string, long, string) Of => (Entity, EntityId, Field);
}

/// <summary>A scheduled value as it is stored.</summary>
internal sealed record LayerRow(long Id, long ScheduleId, long ProductId, LayerCell Cell, JsonNode? Seen, JsonNode? Value)
{
    public Layer Layer => new(Id, Value);

    /// <summary>Whole products of a schedule that stand so, at most so many rows or one product more.</summary>
    public static async Task<List<LayerRow>> Next(NpgsqlConnection connection, long scheduleId, string state, int rows, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select id, schedule_id, product_id, entity, entity_id, field, element, seen::text, value::text from schedule_layers
            where schedule_id = $1 and state = $2 and product_id <= (
                select max(product_id) from (select product_id from schedule_layers where schedule_id = $1 and state = $2 order by product_id, id limit $3) first)
            order by product_id, id
            """, connection);
        command.Parameters.Add(new() { Value = scheduleId });
        command.Parameters.Add(new() { Value = state });
        command.Parameters.Add(new() { Value = rows });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var layers = new List<LayerRow>();
        while (await reader.ReadAsync(cancel))
            layers.Add(new LayerRow(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), new(reader.GetString(3), reader.GetInt64(4), reader.GetString(5), reader.GetString(6)),
                reader.IsDBNull(7) ? null : JsonNode.Parse(reader.GetString(7)), reader.IsDBNull(8) ? null : JsonNode.Parse(reader.GetString(8))));
        return layers;
    }
}
