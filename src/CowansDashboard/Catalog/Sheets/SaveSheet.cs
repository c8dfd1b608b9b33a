using System.Text.Json.Nodes;
using CowansDashboard.History;

namespace CowansDashboard.Catalog.Sheets;

/// <summary>A cell of a spreadsheet.</summary>
public readonly record struct SheetPlace(string Entity, long RowId, string Column);

/// <summary>A cell that shall hold another value than the person saw in it.</summary>
public sealed record SheetEdit(SheetPlace Place, JsonNode? Seen, JsonNode? New);

/// <summary>What became of the cells of a save: one change set, and those that were left out of it.</summary>
public sealed record SheetSaved(long ChangeSetId, int Rows, int Cells)
{
    /// <summary>Somebody else changed these meanwhile: offer a merge.</summary>
    public IReadOnlyDictionary<SheetPlace, StaleField> Stale { get; init; } = new Dictionary<SheetPlace, StaleField>();

    /// <summary>These cannot be taken, and why.</summary>
    public IReadOnlyDictionary<SheetPlace, string> Refused { get; init; } = new Dictionary<SheetPlace, string>();
}

/// <summary>
/// Saves cells of a spreadsheet as one change set. A cell that somebody else changed meanwhile, or whose value is no
/// good, stays behind and is named; all others are saved.
/// </summary>
public sealed class SaveSheet(ReadSheetRows read, SaveChangeSet saving)
{
    public async Task<SheetSaved> Save(ChangeSetHead head, IReadOnlyList<SheetEdit> edits, IReadOnlyList<SheetColumn> columns, CancellationToken cancel)
    {
        var plan = new Plan();
        var hanging = columns.Where(column => column.Metafield is not null || column.LocationId is not null).ToDictionary(column => (column.RowEntity, column.Key));
        foreach (var edit in edits)
            if (!hanging.ContainsKey((edit.Place.Entity, edit.Place.Column)))
                plan.Set(edit.Place, edit.Place.Entity, edit.Place.RowId, edit.Place.Column, edit.Seen, edit.New);
        foreach (var ofEntity in edits.Where(edit => hanging.ContainsKey((edit.Place.Entity, edit.Place.Column))).GroupBy(edit => edit.Place.Entity))
            await Hang(plan, head.StoreId, ofEntity.Key, [.. ofEntity], hanging, cancel);

        return await saving.Save(head, plan.Wanted, StaleMeans.Skip, cancel) switch
        {
            SaveOutcome.Saved saved => new SheetSaved(saved.ChangeSetId, saved.Entities, saved.Fields)
            {
                Stale = plan.Places(saved.LeftOut, field => (field.Entity, field.EntityId, field.Field)),
                Refused = plan.With(plan.Places(saved.NotSaved, problem => (problem.Entity, problem.EntityId, problem.Field))),
            },
            // Only a new metafield can refuse all of it: half of its rows would help nobody.
            SaveOutcome.Refused refused => new SheetSaved(0, 0, 0) { Refused = plan.With(plan.Places(refused.Problems, problem => (problem.Entity, problem.EntityId, problem.Field))) },
            _ => throw new InvalidOperationException("A save that skips has no other outcome."),
        };
    }

    /// <summary>Metafields and stock are rows of their own, which may not be there yet.</summary>
    private async Task Hang(
        Plan plan, long storeId, string entity, List<SheetEdit> edits, Dictionary<(string, string), SheetColumn> columns, CancellationToken cancel)
    {
        var asked = edits.Select(edit => columns[(entity, edit.Place.Column)]).Distinct().ToList();
        var rows = (await read.Read(storeId, entity, [.. edits.Select(edit => edit.Place.RowId).Distinct()], asked, cancel)).ToDictionary(row => row.Id);
        foreach (var edit in edits)
        {
            var column = columns[(entity, edit.Place.Column)];
            var cell = rows.GetValueOrDefault(edit.Place.RowId)?.Cells[asked.IndexOf(column)];
            if (cell is null)
                plan.Refuse(edit.Place, $"This {entity} is no longer here.");
            else if (column.LocationId is not null && cell.EntityId is null)
                plan.Refuse(edit.Place, "No stock is kept there, or the variant does not track its stock.");
            else if (column.Metafield is { } metafield && cell.EntityId is null && edit.New is not null)
                plan.Add(edit.Place, entity, metafield, edit.New);
            else if (column.Metafield is not null && cell.EntityId is { } gone && edit.New is null)
                plan.Remove(edit, gone, cell);
            else if (cell.EntityId is { } id)
                plan.Set(edit.Place, column.Field.Entity, id, column.Field.Name, edit.Seen, edit.New);
        }
    }

    private sealed class Plan
    {
        private readonly Dictionary<(string, long, string), SheetPlace> _places = [];
        private readonly Dictionary<SheetPlace, string> _refused = [];
        private readonly List<FieldEdit> _fields = [];
        private readonly List<NewRow> _added = [];
        private readonly List<RowRef> _removed = [];
        private long _key;

        public WantedChanges Wanted => new() { Fields = _fields, Added = _added, Removed = _removed };

        public void Set(SheetPlace place, string entity, long id, string field, JsonNode? seen, JsonNode? wanted)
        {
            _places[(entity, id, field)] = place;
            _fields.Add(new FieldEdit(entity, id, field, seen?.DeepClone(), wanted?.DeepClone()));
        }

        public void Add(SheetPlace place, string entity, MetafieldPlace metafield, JsonNode value)
        {
            var key = --_key;
            foreach (var field in (string[])["value", "key", "type", "created"])
                _places[("metafield", key, field)] = place;
            _added.Add(new NewRow(CatalogueFields.Metafield, key, new JsonObject
            {
                ["owner_kind"] = entity, ["owner_id"] = place.RowId, ["namespace"] = metafield.Namespace, ["key"] = metafield.Key, ["type"] = metafield.Type, ["value"] = value.DeepClone(),
            }));
        }

        public void Remove(SheetEdit edit, long id, SheetCell cell)
        {
            _places[(CatalogueFields.Metafield, id, "removed")] = edit.Place;
            if (JsonValues.Same(edit.Seen, cell.Value))
                _removed.Add(new RowRef(CatalogueFields.Metafield, id));
            else
                Refuse(edit.Place, "Somebody changed it meanwhile, so it was not removed. Empty it again to remove it all the same.");
        }

        public void Refuse(SheetPlace place, string sentence) => _refused[place] = sentence;

        public Dictionary<SheetPlace, T> Places<T>(IEnumerable<T> those, Func<T, (string, long, string)> key) =>
            those.Where(one => _places.ContainsKey(key(one))).GroupBy(one => _places[key(one)]).ToDictionary(same => same.Key, same => same.First());

        public Dictionary<SheetPlace, string> With(Dictionary<SheetPlace, EditProblem> problems)
        {
            foreach (var (place, problem) in problems)
                _refused[place] = problem.Sentence;
            return _refused;
        }
    }
}
