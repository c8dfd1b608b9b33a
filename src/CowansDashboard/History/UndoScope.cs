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
    public long? CollectionId { get; init; }

    /// <summary>How a change is marked that a person made only until the end of a schedule.</summary>
    public const string UntilEnd = "until-end";

    /// <summary>A field that one change set changed several times, as what a pull heard can, counts from first to last.</summary>
    public static async Task<List<UndoneChange>> Read(NpgsqlDataSource database, UndoScope scope, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select entity, entity_id, max(product_id), field, (array_agg(old order by id))[1]::text, (array_agg(new order by id desc))[1]::text,
                bool_or(coalesce(how = 'add', false)), array_agg(id), max(collection_id)
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
                reader.GetBoolean(6), reader.GetFieldValue<long[]>(7)) { CollectionId = reader.IsDBNull(8) ? null : reader.GetInt64(8) });
        await reader.DisposeAsync();
        return await WithoutOverSchedules(database, scope, changes, cancel);
    }

    /// <summary>
    /// What was edited while a schedule held it returns to what lay beneath, once the schedule is over: the value of a sale
    /// must not come back after it. The way back goes over the changes before it: what a schedule set when it began, what
    /// showed again when another one ended, and what was edited only until an end.
    /// </summary>
    private static async Task<List<UndoneChange>> WithoutOverSchedules(NpgsqlDataSource database, UndoScope scope, List<UndoneChange> changes, CancellationToken cancel)
    {
        var edits = changes.Where(change => CatalogueFields.Find(change.Entity, change.Field) is { Kind: not FieldKind.Set }).ToList();
        if (edits.Count == 0)
            return changes;
        await using var command = database.CreateCommand("""
            with recursive back as (
                select w.entity, w.entity_id, w.field, w.id, w.value::jsonb as value, 0 as depth
                from unnest($3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::text[]) w (entity, entity_id, field, id, value)
                where exists (select from schedules s where s.store_id = $1 and s.start_change_set is not null)
                    and exists (select from change_sets c where c.id = $2 and c.kind <> 'schedule')
                    and not exists (select from schedule_layers l where l.entity = w.entity and l.entity_id = w.entity_id and l.field = w.field and l.state = 'active')
                union all
                select b.entity, b.entity_id, b.field, n.id, n.value, b.depth + 1
                from back b
                cross join lateral (
                    select c.id, c.old, c.new, c.change_set_id, c.how from changes c
                    where c.entity = b.entity and c.entity_id = b.entity_id and c.field = b.field and c.id < b.id order by c.id desc limit 1) p
                cross join lateral (
                    select p.id, p.old as value where p.how = 'until-end' or exists (select from schedules s where s.start_change_set = p.change_set_id)
                    union all
                    select q.id, q.old from schedules s
                    join changes q on q.entity = b.entity and q.entity_id = b.entity_id and q.field = b.field and q.change_set_id = s.start_change_set
                    where s.end_change_set = p.change_set_id and q.old is not distinct from b.value) n
                where p.new is not distinct from b.value)
            select distinct on (entity, entity_id, field) entity, entity_id, field, value::text from back where depth > 0 order by entity, entity_id, field, depth desc
            """);
        command.CommandTimeout = 0;
        command.Parameters.Add(new() { Value = scope.StoreId });
        command.Parameters.Add(new() { Value = scope.ChangeSetId });
        command.Parameters.Add(new() { Value = edits.Select(change => change.Entity).ToArray() });
        command.Parameters.Add(new() { Value = edits.Select(change => change.EntityId).ToArray() });
        command.Parameters.Add(new() { Value = edits.Select(change => change.Field).ToArray() });
        command.Parameters.Add(new() { Value = edits.Select(change => change.Ids.Min()).ToArray() });
        command.Parameters.Add(RecordChanges.Texts(edits.Select(change => change.Before?.ToJsonString())));
        var beneath = new Dictionary<(string, long, string), JsonNode?>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            beneath[(reader.GetString(0), reader.GetInt64(1), reader.GetString(2))] = reader.IsDBNull(3) ? null : JsonNode.Parse(reader.GetString(3));
        return beneath.Count == 0 ? changes
            : [.. changes.Select(change => beneath.TryGetValue((change.Entity, change.EntityId, change.Field), out var value) ? change with { Before = value } : change)];
    }

    /// <summary>It was made along with one of these products or collections, and goes only with it.</summary>
    public static bool BelongsTo(IReadOnlySet<RowRef> owners, UndoneChange change) =>
        change.Entity != CatalogueFields.Product && change.ProductId is { } product && owners.Contains(new(CatalogueFields.Product, product))
        || change.Entity is not (CatalogueFields.Collection or CatalogueFields.Member) && change.CollectionId is { } collection && owners.Contains(new(CatalogueFields.Collection, collection));

    /// <summary>It made a product or a collection, which an undo does not delete once it is in Shopify.</summary>
    public bool MadeAnOwner => Field == "created" && (Entity is CatalogueFields.Product or CatalogueFields.Collection);

    public FieldEdit Edit => new(Entity, EntityId, Field, After, Before, IsAddition ? EditHow.Add : EditHow.Set);
}
