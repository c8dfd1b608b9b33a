using System.Text.Json.Nodes;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.History;

namespace CowansDashboard.Catalog.Sheets;

/// <summary>What cells of a spreadsheet mean for the rows of the catalogue, and which cell each change comes from.</summary>
internal sealed class SheetPlan
{
    private readonly Dictionary<(string, long, string), SheetPlace> _places = [];
    private readonly Dictionary<SheetPlace, string> _refused = [];
    private readonly List<FieldEdit> _fields = [];
    private readonly List<NewRow> _added = [];
    private readonly List<(RowRef Row, JsonNode? Seen)> _removed = [];
    private readonly HashSet<long> _products = [];
    private readonly Dictionary<SheetPlace, long> _productOf = [];
    private long _key;

    public WantedChanges Wanted => new() { Fields = _fields, Added = _added, Removed = [.. _removed.Select(one => one.Row)] };

    public EditReach Reach => EditReach.Of(_products.Count, _fields);

    public static async Task<SheetPlan> Of(ReadSheetRows read, long storeId, IReadOnlyList<SheetEdit> edits, IReadOnlyList<SheetColumn> columns, CancellationToken cancel)
    {
        var plan = new SheetPlan();
        var hanging = columns.Where(column => column.Metafield is not null || column.LocationId is not null).ToDictionary(column => (column.RowEntity, column.Key));
        foreach (var ofEntity in edits.GroupBy(edit => edit.Place.Entity))
        {
            // Metafields and stock are rows of their own, which may not be there yet.
            var asked = ofEntity.Select(edit => hanging.GetValueOrDefault((ofEntity.Key, edit.Place.Column))).OfType<SheetColumn>().Distinct().ToList();
            var rows = (await read.Read(storeId, ofEntity.Key, [.. ofEntity.Select(edit => edit.Place.RowId).Distinct()], asked, cancel)).ToDictionary(row => row.Id);
            foreach (var edit in ofEntity)
            {
                var row = rows.GetValueOrDefault(edit.Place.RowId);
                if (row is not null)
                {
                    plan._products.Add(row.ProductId);
                    plan._productOf[edit.Place] = row.ProductId;
                }
                if (hanging.GetValueOrDefault((ofEntity.Key, edit.Place.Column)) is { } column)
                    plan.Hang(edit, column, row?.Cells[asked.IndexOf(column)]);
                else
                    plan.Set(edit.Place, edit.Place.Entity, edit.Place.RowId, edit.Place.Column, edit.Seen, edit.New);
            }
        }
        return plan;
    }

    /// <summary>The changes as rows of an edit that is prepared, with their products; a cell that cannot be one is not among them.</summary>
    public IEnumerable<BulkChangeRow> Rows()
    {
        foreach (var edit in _fields)
            if (_productOf.TryGetValue(_places[(edit.Entity, edit.EntityId, edit.Field)], out var product))
                yield return new(product, edit.Entity, edit.EntityId, edit.Field, edit.Seen, edit.New);
        foreach (var row in _added)
            if (_productOf.TryGetValue(_places[(row.Entity, row.Key, "created")], out var product))
                yield return new(product, row.Entity, (long)row.Values["owner_id"]!, SetMetafield.Created, null, row.Values);
        foreach (var (row, seen) in _removed)
            if (_productOf.TryGetValue(_places[(row.Entity, row.EntityId, "removed")], out var product))
                yield return new(product, row.Entity, row.EntityId, SetMetafield.Removed, seen, null);
    }

    public Dictionary<SheetPlace, T> Places<T>(IEnumerable<T> those, Func<T, (string, long, string)> key) =>
        those.Where(one => _places.ContainsKey(key(one))).GroupBy(one => _places[key(one)]).ToDictionary(same => same.Key, same => same.First());

    /// <summary>What cannot be taken: what this plan found, and what a save found.</summary>
    public Dictionary<SheetPlace, string> Refused(IEnumerable<EditProblem> problems)
    {
        foreach (var (place, problem) in Places(problems, problem => (problem.Entity, problem.EntityId, problem.Field)))
            _refused[place] = problem.Sentence;
        return _refused;
    }

    private void Hang(SheetEdit edit, SheetColumn column, SheetCell? cell)
    {
        if (cell is null)
            _refused[edit.Place] = $"This {edit.Place.Entity} is no longer here.";
        else if (column.LocationId is not null && cell.EntityId is null)
            _refused[edit.Place] = "No stock is kept there, or the variant does not track its stock.";
        else if (column.Metafield is { } metafield && cell.EntityId is null && edit.New is not null)
            Add(edit.Place, metafield, edit.New);
        else if (column.Metafield is not null && cell.EntityId is { } gone && edit.New is null)
            Remove(edit, gone, cell);
        else if (cell.EntityId is { } id)
            Set(edit.Place, column.Field.Entity, id, column.Field.Name, edit.Seen, edit.New);
    }

    private void Set(SheetPlace place, string entity, long id, string field, JsonNode? seen, JsonNode? wanted)
    {
        _places[(entity, id, field)] = place;
        _fields.Add(new FieldEdit(entity, id, field, seen?.DeepClone(), wanted?.DeepClone()));
    }

    private void Add(SheetPlace place, MetafieldPlace metafield, JsonNode value)
    {
        var key = --_key;
        foreach (var field in (string[])["value", "key", "type", "created"])
            _places[(CatalogueFields.Metafield, key, field)] = place;
        _added.Add(new NewRow(CatalogueFields.Metafield, key, new JsonObject
        {
            ["owner_kind"] = place.Entity, ["owner_id"] = place.RowId, ["namespace"] = metafield.Namespace, ["key"] = metafield.Key, ["type"] = metafield.Type, ["value"] = value.DeepClone(),
        }));
    }

    private void Remove(SheetEdit edit, long id, SheetCell cell)
    {
        _places[(CatalogueFields.Metafield, id, "removed")] = edit.Place;
        if (JsonValues.Same(edit.Seen, cell.Value))
            _removed.Add((new RowRef(CatalogueFields.Metafield, id), edit.Seen?.DeepClone()));
        else
            _refused[edit.Place] = "Somebody changed it meanwhile, so it was not removed. Empty it again to remove it all the same.";
    }
}
