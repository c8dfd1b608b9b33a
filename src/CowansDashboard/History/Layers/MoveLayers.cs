using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.History.Layers;

/// <summary>What a batch of layers came to.</summary>
public sealed record MovedLayers(SaveOutcome.Saved Saved, int Rows, int Skipped, int Lifted);

/// <summary>
/// Begins or ends layers of a schedule inside a transaction that the caller owns: the fields are saved like every other
/// change, and each layer's own row moves with them, so that whatever dies in between each begins and ends once.
/// </summary>
public static class MoveLayers
{
    private const int RowsAtOnce = 1_000;

    private const string ChangedMeanwhile = "It was changed while the schedule ran, here or in Shopify, so it stays as it is.";

    /// <summary>Lets the next layers begin. Null when none waits any more.</summary>
    /// <param name="connection">Its transaction does everything.</param>
    /// <param name="scheduleId">Whose layers.</param>
    /// <param name="stays">It has no end: its values are set for good, and what others changed since it was scheduled is left as it is.</param>
    /// <param name="changeSetId">The change set that goes on; 0 begins one.</param>
    /// <param name="head">Whose it is.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<MovedLayers?> Start(NpgsqlConnection connection, long scheduleId, bool stays, long changeSetId, ChangeSetHead head, CancellationToken cancel)
    {
        var rows = await LayerRow.Next(connection, scheduleId, "waiting", RowsAtOnce, cancel);
        if (rows.Count == 0)
            return null;
        var cells = await LayeredCells.Hold(connection, head.StoreId, rows, cancel);
        var decided = new List<Decided>();
        foreach (var row in rows)
            decided.Add(cells.IsGone(row.Cell) ? new(row, null, "skipped", "It is no longer here.")
                : IsOrderWithoutHand(row, rows, cells) ? new(row, null, "skipped", "The products have an order of their own only while the collection is sorted by hand.")
                : stays && !row.Cell.Same(cells.Beneath(row.Cell), row.Seen) && !row.Cell.Same(cells.Current(row.Cell), row.Value) && row.Cell.Element.Length == 0
                    ? new(row, null, "skipped", "It was changed after it was scheduled, so it was left as it is.")
                : stays ? new(row, LayerDecision.Settle(row.Value, cells.Stack(row.Cell)), "ended", null)
                : new(row, LayerDecision.Start(cells.Current(row.Cell), cells.Stack(row.Cell), row.Layer, row.Cell.Same), "active", null));
        return await Write(connection, changeSetId, head, cells, decided, isStart: true, cancel);
    }

    /// <summary>Ends the next layers. Null when none is active any more.</summary>
    public static async Task<MovedLayers?> End(NpgsqlConnection connection, long scheduleId, long changeSetId, ChangeSetHead head, CancellationToken cancel)
    {
        var rows = await LayerRow.Next(connection, scheduleId, "active", RowsAtOnce, cancel);
        if (rows.Count == 0)
            return null;
        var cells = await LayeredCells.Hold(connection, head.StoreId, rows, cancel);
        var decided = new List<Decided>();
        foreach (var row in rows)
        {
            if (cells.IsGone(row.Cell))
            {
                decided.Add(new(row, null, "ended", "It is no longer here."));
                continue;
            }
            var move = LayerDecision.End(cells.Current(row.Cell), cells.Stack(row.Cell), row.Id, row.Cell.Same);
            decided.Add(move.Lifted.Any(layer => layer.Id == row.Id) ? new(row, move, "lifted", ChangedMeanwhile) : new(row, move, "ended", null));
        }
        return await Write(connection, changeSetId, head, cells, decided, isStart: false, cancel);
    }

    private static async Task<MovedLayers> Write(
        NpgsqlConnection connection, long changeSetId, ChangeSetHead head, LayeredCells cells, List<Decided> decided, bool isStart, CancellationToken cancel)
    {
        var rows = await Pairs(connection, changeSetId, head, cells, decided, cancel);
        changeSetId = Math.Max(changeSetId, rows.ChangeSetId);
        var edits = new List<FieldEdit>();
        foreach (var field in decided.Where(one => one.Move is not null && !one.Row.Cell.IsPair && !IsOrderThatGoes(one, decided, cells)).GroupBy(one => one.Row.Cell.Of))
        {
            var column = cells.Column(field.Key);
            var wanted = field.First().Row.Cell.Element.Length == 0 ? field.First().Move!.Value : WithElements(column, field);
            edits.Add(new FieldEdit(field.Key.Item1, field.Key.Item2, field.Key.Item3, column?.DeepClone(), wanted?.DeepClone()));
        }
        // What an end brings back was there before.
        var saved = (SaveOutcome.Saved)await SaveWithin.Save(connection, changeSetId, head, new WantedChanges { Fields = edits, NeedsFreeSkus = isStart }, StaleMeans.Skip, cancel);
        var problems = saved.NotSaved.Select(problem => ((problem.Entity, problem.EntityId, problem.Field), problem.Sentence))
            .Concat(saved.LeftOut.Select(stale => ((stale.Entity, stale.EntityId, stale.Field), "It was changed at the same moment, so it was left as it is.")))
            .ToLookup(each => each.Item1, each => each.Item2);
        for (var i = 0; i < decided.Count; i++)
            if (decided[i].Move is not null && problems[decided[i].Row.Cell.Of].FirstOrDefault() is { } problem)
                decided[i] = new Decided(decided[i].Row, null, "skipped", problem);
        await Keep(connection, decided, cancel);
        return new MovedLayers(rows.And(saved), decided.Count, decided.Count(one => one.State == "skipped"), decided.Count(one => one.State == "lifted"));
    }

    /// <summary>Products and places that come and go, before anything is put in order; what cannot be is left as it is, and says why.</summary>
    private static async Task<SaveOutcome.Saved> Pairs(
        NpgsqlConnection connection, long changeSetId, ChangeSetHead head, LayeredCells cells, List<Decided> decided, CancellationToken cancel)
    {
        while (true)
        {
            var wanted = new Dictionary<(string Entity, long Id), (int At, PairCell Pair)>();
            for (var i = 0; i < decided.Count; i++)
                if (decided[i] is { Move: { } move, Row.Cell: { IsPair: true } cell } && cells.Pair(cell) is var pair && move.Value!.GetValue<bool>() != pair.IsThere)
                    wanted[(pair.Entity, pair.RowId ?? -1 - i)] = (i, pair);
            if (wanted.Count == 0)
                return new SaveOutcome.Saved(0, 0, 0);
            var outcome = await SaveWithin.Save(connection, changeSetId, head, new WantedChanges
            {
                Added = [.. wanted.Where(one => one.Key.Id < 0).Select((one, i) => one.Value.Pair.New(one.Key.Id, i + 1))],
                Returned = [.. wanted.Where(one => one.Key.Id > 0 && !one.Value.Pair.IsThere).Select(one => new RowRef(one.Key.Entity, one.Key.Id))],
                Removed = [.. wanted.Where(one => one.Value.Pair.IsThere).Select(one => new RowRef(one.Key.Entity, one.Key.Id))],
            }, StaleMeans.Skip, cancel);
            var problems = outcome switch
            {
                SaveOutcome.Refused refused => refused.Problems,
                SaveOutcome.Saved saved => saved.NotSaved,
                _ => throw new InvalidOperationException("Rows that come or go are saved or refused."),
            };
            var named = 0;
            foreach (var problem in problems)
                if (wanted.TryGetValue((problem.Entity, problem.EntityId), out var one))
                {
                    decided[one.At] = new Decided(decided[one.At].Row, null, "skipped", problem.Sentence);
                    named++;
                }
            if (outcome is SaveOutcome.Saved done)
                return done;
            if (named == 0)
                throw new InvalidOperationException($"A schedule could not be performed: {string.Join(" ", problems.Select(problem => problem.Sentence))}");
        }
    }

    /// <summary>An order begins only where the collection is sorted by hand, or will be with the same schedule.</summary>
    private static bool IsOrderWithoutHand(LayerRow row, List<LayerRow> rows, LayeredCells cells) => row.Cell is { Entity: CatalogueFields.Collection, Field: MemberOrder.Field }
        && (rows.Find(one => one.Cell.EntityId == row.Cell.EntityId && one.Cell is { Entity: CatalogueFields.Collection, Field: "sort_order" })?.Value?.ToString() ?? cells.SortOrder(row.Cell.EntityId)) != "MANUAL";

    /// <summary>Shopify keeps no order of a collection that is sorted by something else from now on.</summary>
    private static bool IsOrderThatGoes(Decided one, List<Decided> decided, LayeredCells cells) => one.Row.Cell is { Entity: CatalogueFields.Collection, Field: MemberOrder.Field }
        && (decided.Find(each => each.Move is not null && each.Row.Cell.EntityId == one.Row.Cell.EntityId && each.Row.Cell is { Entity: CatalogueFields.Collection, Field: "sort_order" })?.Move!.Value?.ToString()
            ?? cells.SortOrder(one.Row.Cell.EntityId)) != "MANUAL";

    private static JsonArray WithElements(JsonNode? column, IEnumerable<Decided> elements)
    {
        var set = JsonValues.Elements(column).ToHashSet(StringComparer.Ordinal);
        foreach (var one in elements)
            if (one.Move!.Value!.GetValue<bool>())
                set.Add(one.Row.Cell.Element);
            else
                set.Remove(one.Row.Cell.Element);
        return JsonValues.Set(set);
    }

    private static async Task Keep(NpgsqlConnection connection, List<Decided> decided, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new("""
            update schedule_layers l set state = m.state, said = m.said, place = case when m.state = 'active' then nextval('schedule_places') else l.place end
            from unnest($1::bigint[], $2::text[], $3::text[]) m (id, state, said) where l.id = m.id
            """)
        {
            Parameters =
            {
                new() { Value = decided.Select(one => one.Row.Id).ToArray() }, new() { Value = decided.Select(one => one.State).ToArray() },
                RecordChanges.Texts(decided.Select(one => one.Said)),
            },
        });
        // Layers of other schedules on the same fields that no longer count.
        long[] lifted = [.. decided.Where(one => one.Move is not null).SelectMany(one => one.Move!.Lifted.Select(layer => layer.Id).Except([one.Row.Id]))];
        batch.BatchCommands.Add(new("update schedule_layers set state = 'lifted', said = $2 where id = any($1) and state = 'active'")
        {
            Parameters = { new() { Value = lifted }, new() { Value = ChangedMeanwhile } },
        });
        var moved = decided.Where(one => one.Move is not null).ToList();
        var (covered, bare) = (moved.Where(one => one.Move!.Stack.Layers.Count > 0).ToList(), moved.Where(one => one.Move!.Stack.Layers.Count == 0).ToList());
        batch.BatchCommands.Add(new("""
            insert into layered_values (entity, entity_id, field, element, beneath)
            select entity, entity_id, field, element, beneath::jsonb from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[]) w (entity, entity_id, field, element, beneath)
            on conflict (entity, entity_id, field, element) do update set beneath = excluded.beneath
            """));
        Cells(batch.BatchCommands[^1], covered).Add(RecordChanges.Texts(covered.Select(one => one.Move!.Stack.Beneath?.ToJsonString())));
        batch.BatchCommands.Add(new("""
            delete from layered_values v using unnest($1::text[], $2::bigint[], $3::text[], $4::text[]) w (entity, entity_id, field, element)
            where v.entity = w.entity and v.entity_id = w.entity_id and v.field = w.field and v.element = w.element
            """));
        Cells(batch.BatchCommands[^1], bare);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    private static NpgsqlParameterCollection Cells(NpgsqlBatchCommand command, List<Decided> of)
    {
        command.Parameters.Add(new() { Value = of.Select(one => one.Row.Cell.Entity).ToArray() });
        command.Parameters.Add(new() { Value = of.Select(one => one.Row.Cell.EntityId).ToArray() });
        command.Parameters.Add(new() { Value = of.Select(one => one.Row.Cell.Field).ToArray() });
        command.Parameters.Add(new() { Value = of.Select(one => one.Row.Cell.Element).ToArray() });
        return command.Parameters;
    }

    /// <summary>A layer's row with what becomes of its field; no move where nothing is written.</summary>
    private sealed record Decided(LayerRow Row, LayerMove? Move, string State, string? Said);
}
