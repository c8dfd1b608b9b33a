using System.Text.Json.Nodes;
using Npgsql;

namespace CowansDashboard.History.Layers;

/// <summary>A field that held one value and holds another.</summary>
public sealed record FollowedField(string Entity, long EntityId, string Field, JsonNode? Before, JsonNode? After);

/// <summary>
/// Lets the top layer of fields hold what was written over it: what a person changed only until the end of the schedule, or
/// what Shopify made of a value that it took. What lies beneath stays as it was.
/// </summary>
public static class FollowLayers
{
    /// <returns>The fields whose layer follows; a schedule holds none of the others.</returns>
    public static async Task<IReadOnlySet<(string Entity, long EntityId, string Field)>> Follow(NpgsqlConnection connection, IReadOnlyCollection<FollowedField> fields, CancellationToken cancel)
    {
        var followed = new HashSet<(string, long, string)>();
        if (fields.Count == 0)
            return followed;
        await using var command = new NpgsqlCommand("""
            update schedule_layers l set value = w.after::jsonb
            from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[]) w (entity, entity_id, field, before, after)
            where l.entity = w.entity and l.entity_id = w.entity_id and l.field = w.field and l.element = '' and l.state = 'active' and l.value is not distinct from w.before::jsonb
                and not exists (
                    select from schedule_layers t where t.entity = l.entity and t.entity_id = l.entity_id and t.field = l.field and t.element = '' and t.state = 'active' and t.place > l.place)
            returning l.entity, l.entity_id, l.field
            """, connection);
        command.Parameters.Add(new() { Value = fields.Select(field => field.Entity).ToArray() });
        command.Parameters.Add(new() { Value = fields.Select(field => field.EntityId).ToArray() });
        command.Parameters.Add(new() { Value = fields.Select(field => field.Field).ToArray() });
        command.Parameters.Add(RecordChanges.Texts(fields.Select(field => field.Before?.ToJsonString())));
        command.Parameters.Add(RecordChanges.Texts(fields.Select(field => field.After?.ToJsonString())));
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            followed.Add((reader.GetString(0), reader.GetInt64(1), reader.GetString(2)));
        return followed;
    }
}
