using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.History;

/// <summary>One field of one row, old -> new.</summary>
internal sealed record ChangeRow(string Entity, long EntityId, long? ProductId, string Field, JsonNode? Old, JsonNode? New, string? How = null)
{
    /// <summary>The collection of a change to a collection or to what belongs to one.</summary>
    public long? CollectionId { get; init; }
}

/// <summary>Writes changes under their change set, in the caller's transaction.</summary>
internal static class RecordChanges
{
    /// <param name="connection">Its transaction writes.</param>
    /// <param name="changeSetId">The change set that goes on; 0 begins one.</param>
    /// <param name="head">Whose it is.</param>
    /// <param name="changes">What changed.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The change set.</returns>
    public static async Task<long> Record(NpgsqlConnection connection, long changeSetId, ChangeSetHead head, IReadOnlyList<ChangeRow> changes, CancellationToken cancel)
    {
        var products = changes.Select(change => change.ProductId).OfType<long>().Distinct().Count();
        var entities = changes.Select(change => (change.Entity, change.EntityId)).Distinct().Count();
        await using var set = new NpgsqlCommand(changeSetId == 0
            ? """
              insert into change_sets (store_id, kind, title, reason, made_by_id, made_by_name, run_id, undoes, products, entities, fields)
              values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning id
              """
            : "update change_sets set products = products + $1, entities = entities + $2, fields = fields + $3 where id = $4 and store_id = $5 returning id", connection);
        object?[] values = changeSetId == 0
            ? [head.StoreId, head.Kind, head.Title, head.Reason, head.ById, head.ByName, head.RunId, head.Undoes, products, entities, changes.Count]
            : [products, entities, changes.Count, changeSetId, head.StoreId];
        foreach (var value in values)
            set.Parameters.Add(new() { Value = value ?? DBNull.Value });
        var id = (long)(await set.ExecuteScalarAsync(cancel) ?? throw new ArgumentException($"The store has no change set {changeSetId}.", nameof(changeSetId)));
        await Insert(connection, id, head.StoreId, changes, cancel);
        return id;
    }

    public static async Task Insert(NpgsqlConnection connection, long id, long storeId, IReadOnlyList<ChangeRow> changes, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            insert into changes (change_set_id, store_id, entity, entity_id, product_id, field, old, new, how, collection_id)
            select $1, $2, c.entity, c.entity_id, nullif(c.product_id, 0), c.field, c.old::jsonb, c.new::jsonb, c.how,
                coalesce(nullif(c.collection_id, 0), case when c.entity = 'collection source' then (select s.collection_id from collection_sources s where s.id = c.entity_id) end)
            from unnest($3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bigint[])
                as c (entity, entity_id, product_id, field, old, new, how, collection_id)
            """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = changes.Select(change => change.Entity).ToArray() });
        command.Parameters.Add(new() { Value = changes.Select(change => change.EntityId).ToArray() });
        command.Parameters.Add(new() { Value = changes.Select(change => change.ProductId ?? 0).ToArray() });
        command.Parameters.Add(new() { Value = changes.Select(change => change.Field).ToArray() });
        command.Parameters.Add(Texts(changes.Select(change => change.Old?.ToJsonString())));
        command.Parameters.Add(Texts(changes.Select(change => change.New?.ToJsonString())));
        command.Parameters.Add(Texts(changes.Select(change => change.How)));
        command.Parameters.Add(new() { Value = changes.Select(change => change.CollectionId ?? (change.Entity == CatalogueFields.Collection ? change.EntityId : 0)).ToArray() });
        await command.ExecuteNonQueryAsync(cancel);
    }

    public static NpgsqlParameter Texts(IEnumerable<string?> texts) => new() { Value = texts.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}
