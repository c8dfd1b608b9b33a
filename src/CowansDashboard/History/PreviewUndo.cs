using System.Text.Json.Nodes;
using Npgsql;

namespace CowansDashboard.History;

/// <summary>A field that an undo would bring back, or that stays because somebody changed it later.</summary>
/// <param name="Entity">What kind of row.</param>
/// <param name="EntityId">Which row.</param>
/// <param name="ProductId">Its product.</param>
/// <param name="Field">Which field.</param>
/// <param name="Now">What it holds.</param>
/// <param name="After">What it would hold; for what stays, what it would have held.</param>
/// <param name="Note">What a person should know of it, or why it stays.</param>
public sealed record UndoLine(string Entity, long EntityId, long? ProductId, string Field, JsonNode? Now, JsonNode? After, string? Note)
{
    public string Label => CatalogueFields.LabelOf(Entity, Field);

    /// <summary>Which variant, metafield, picture… of the product it is; null for the product itself.</summary>
    public string? RowName { get; init; }
}

/// <summary>What an undo would do: how many fields return and stay, and the first of each.</summary>
public sealed record UndoPreview(int Returns, int Stays, IReadOnlyList<UndoLine> Returning, IReadOnlyList<UndoLine> Staying);

/// <summary>Says what taking a change set back would do, and changes nothing.</summary>
public sealed class PreviewUndo(NpgsqlDataSource database)
{
    public async Task<UndoPreview> Preview(UndoScope scope, int mostLines, CancellationToken cancel)
    {
        var changes = await UndoneChange.Read(database, scope, cancel);
        var now = new Dictionary<(string, long), (JsonObject Values, int Mark, bool Gone)>();
        foreach (var ofEntity in changes.GroupBy(change => change.Entity))
            if (CatalogueEntity.Find(ofEntity.Key) is { } entity)
                foreach (var chunk in ofEntity.Select(change => change.EntityId).Distinct().Chunk(5_000))
                    await ReadNow(scope.StoreId, entity, [.. ofEntity.Select(change => change.Field).Where(field => CatalogueFields.Find(entity.Name, field) is not null).Distinct()], chunk, now, cancel);

        var kept = changes.Where(change => change.MadeAnOwner && now.TryGetValue((change.Entity, change.EntityId), out var made) && made is { Gone: false, Mark: not 1 })
            .Select(change => new RowRef(change.Entity, change.EntityId)).ToHashSet();
        List<UndoLine> returning = [], staying = [];
        foreach (var change in changes)
        {
            var (line, returns) = change.Field == "created" && UndoneChange.BelongsTo(kept, change) ? (Kept(change), false) : Decide(change, now.TryGetValue((change.Entity, change.EntityId), out var row) ? row : null);
            (returns ? returning : staying).Add(line);
        }
        return new UndoPreview(returning.Count, staying.Count, await Named(returning.Take(mostLines), cancel), await Named(staying.Take(mostLines), cancel));
    }

    private async Task<List<UndoLine>> Named(IEnumerable<UndoLine> some, CancellationToken cancel)
    {
        List<UndoLine> lines = [.. some];
        await using var command = database.CreateCommand($"select {ChangeLine.NameOfRow} from unnest($1::text[], $2::bigint[]) with ordinality c (entity, entity_id, place) order by c.place");
        command.Parameters.Add(new() { Value = lines.Select(line => line.Entity).ToArray() });
        command.Parameters.Add(new() { Value = lines.Select(line => line.EntityId).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        for (var i = 0; await reader.ReadAsync(cancel); i++)
            lines[i] = lines[i] with { RowName = reader.IsDBNull(0) ? null : reader.GetString(0) };
        return lines;
    }

    private static UndoLine Kept(UndoneChange change) =>
        new(change.Entity, change.EntityId, change.ProductId, change.Field, change.After?.DeepClone(), change.After?.DeepClone(), $"Its {(change.ProductId is null ? "collection" : "product")} is in Shopify by now and stays.");

    private static (UndoLine Line, bool Returns) Decide(UndoneChange change, (JsonObject Values, int Mark, bool Gone)? now)
    {
        UndoLine Line(JsonNode? holds, JsonNode? after, string? note) => new(change.Entity, change.EntityId, change.ProductId, change.Field, holds?.DeepClone(), after?.DeepClone(), note);
        if (change.Field == "created")
            return now is { Gone: false } here
                ? change.MadeAnOwner && here.Mark != 1
                    ? (Line(change.After, change.After, "It is in Shopify by now: delete it there with a window to bring it back."), false)
                    : (Line(change.After, null, here.Mark == 1 ? null : "It is in Shopify by now and will be removed there."), true)
                : (Line(null, null, "It is gone already."), false);
        if (change.Field == "removed")
            return now is { Gone: false } ? (Line(change.Before, change.Before, "It is there again already."), false)
                : change.Entity is CatalogueFields.Product or CatalogueFields.Collection && now is { Mark: 0 } ? (Line(null, change.Before, "It is gone in Shopify."), false)
                : (Line(null, change.Before, now is { Mark: 0 } ? "Shopify has removed it: it comes back as a new one." : null), true);
        if (now is not { Gone: false } row)
            return (Line(null, change.Before, $"This {change.Entity} is no longer here."), false);
        if (CatalogueFields.Find(change.Entity, change.Field) is not { } field)
            return (Line(change.After, change.Before, "Only Shopify changes this field."), false);
        var holds = row.Values[change.Field];
        return EditDecision.Decide(new FieldState(holds), change.Edit, field) switch
        {
            EditVerdict.Written written => (Line(holds, written.New, null), true),
            EditVerdict.Stale => (Line(holds, change.Before, "It was changed later and stays."), false),
            _ => (Line(holds, holds, "It holds that value already."), false),
        };
    }

    private async Task ReadNow(
        long storeId, CatalogueEntity entity, string[] fields, long[] ids, Dictionary<(string, long), (JsonObject Values, int Mark, bool Gone)> now, CancellationToken cancel)
    {
        var values = string.Join(", ", fields.Select(field => $"'{field}', {(entity.Name == CatalogueFields.Collection && field == MemberOrder.Field ? MemberOrder.Sql : $"t.{field}")}"));
        await using var command = database.CreateCommand($"""
            select t.id, jsonb_build_object({values})::text, t.mark, {(entity.IsPair ? "t.mark = 2" : "t.deleted_at is not null")}
            from {entity.Table} t where t.id = any($2) and t.store_id = $1
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = ids });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            now[(entity.Name, reader.GetInt64(0))] = ((JsonObject)JsonNode.Parse(reader.GetString(1))!, reader.GetInt16(2), reader.GetBoolean(3));
    }
}
