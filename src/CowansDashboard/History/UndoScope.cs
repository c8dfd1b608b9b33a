using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.History;

/// <summary>What of a change set is taken back: all of it, only some of its changes, or one field of all rows.</summary>
public sealed record UndoScope(long StoreId, long ChangeSetId)
{
    /// <summary>Ids of changes; null takes all.</summary>
    public IReadOnlyCollection<long>? Changes { get; init; }

    public string? Field { get; init; }
}

/// <summary>One field that an undo is about: what the change set left there, and what was there before.</summary>
internal sealed record UndoneChange(string Entity, long EntityId, long? ProductId, string Field, JsonNode? Before, JsonNode? After, bool IsAddition, long[] Ids)
{
    /// <summary>A field that one change set changed several times, as what a pull heard can, counts from first to last.</summary>
    public static async Task<List<UndoneChange>> Read(NpgsqlDataSource database, UndoScope scope, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select entity, entity_id, max(product_id), field, (array_agg(old order by id))[1]::text, (array_agg(new order by id desc))[1]::text,
                bool_or(coalesce(how = 'add', false)), array_agg(id)
            from changes where change_set_id = $2 and store_id = $1 and undone_by is null and ($3::bigint[] is null or id = any($3)) and ($4::text is null or field = $4)
            group by entity, entity_id, field order by min(id)
            """);
        command.Parameters.Add(new() { Value = scope.StoreId });
        command.Parameters.Add(new() { Value = scope.ChangeSetId });
        command.Parameters.Add(new() { Value = (object?)scope.Changes?.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = (object?)scope.Field ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var changes = new List<UndoneChange>();
        while (await reader.ReadAsync(cancel))
            changes.Add(new UndoneChange(reader.GetString(0), reader.GetInt64(1), reader.IsDBNull(2) ? null : reader.GetInt64(2), reader.GetString(3),
                reader.IsDBNull(4) ? null : JsonNode.Parse(reader.GetString(4)), reader.IsDBNull(5) ? null : JsonNode.Parse(reader.GetString(5)),
                reader.GetBoolean(6), reader.GetFieldValue<long[]>(7)));
        return changes;
    }

    public FieldEdit Edit => new(Entity, EntityId, Field, After, Before, IsAddition ? EditHow.Add : EditHow.Set);
}
