using System.Text.Json.Nodes;
using CowansDashboard.Data;
using Npgsql;

namespace CowansDashboard.History.Layers;

/// <summary>The fields that a batch of layers is about, as they are while their products and collections are held: values, layers, and what lies beneath.</summary>
internal sealed class LayeredCells
{
    private readonly Dictionary<(string, long, string), JsonNode?> _values = [];
    private readonly Dictionary<LayerCell, LayerStack> _stacks = [];
    private readonly HashSet<(string, long)> _gone = [];
    private readonly Dictionary<LayerCell, PairCell> _pairs = [];
    private readonly Dictionary<long, string> _sorts = [];

    /// <param name="connection">Its transaction holds the products and collections from now on.</param>
    /// <param name="storeId">Whose rows.</param>
    /// <param name="rows">Which fields.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<LayeredCells> Hold(NpgsqlConnection connection, long storeId, IReadOnlyList<LayerRow> rows, CancellationToken cancel)
    {
        await HoldProducts.Hold(connection, rows.Select(row => row.ProductId).Where(id => id > 0), cancel);
        await HoldCollections.Hold(connection, rows.Select(row => row.CollectionId).OfType<long>(), cancel);
        var cells = new LayeredCells();
        foreach (var ofEntity in rows.Where(row => !row.Cell.IsPair).GroupBy(row => row.Cell.Entity))
        {
            long[] ids = [.. ofEntity.Select(row => row.Cell.EntityId).Distinct()];
            string[] columns = [.. ofEntity.Select(row => row.Cell.Field).Distinct()];
            var known = await RowsInHand.Read(connection, storeId, CatalogueEntity.All[ofEntity.Key], ids, columns, cancel);
            foreach (var id in ids)
                if (known.GetValueOrDefault(id) is not { IsGone: false } row)
                    cells._gone.Add((ofEntity.Key, id));
                else
                    foreach (var column in columns)
                        cells._values[(ofEntity.Key, id, column)] = row.Values[column];
        }
        await PairCell.Read(connection, storeId, rows, cells._pairs, cancel);
        await cells.ReadSorts(connection, rows, cancel);
        await cells.ReadStacks(connection, rows, cancel);
        return cells;
    }

    public bool IsGone(LayerCell cell) => cell.IsPair ? !_pairs.ContainsKey(cell) : _gone.Contains((cell.Entity, cell.EntityId));

    /// <summary>The row that says that a product is in a collection, or where that is published.</summary>
    public PairCell Pair(LayerCell cell) => _pairs[cell];

    /// <summary>How a collection is sorted.</summary>
    public string? SortOrder(long collection) => _sorts.GetValueOrDefault(collection);

    public LayerStack Stack(LayerCell cell) => _stacks.GetValueOrDefault(cell, LayerStack.Empty);

    /// <summary>The column's value.</summary>
    public JsonNode? Column((string, long, string) of) => _values.GetValueOrDefault(of);

    /// <summary>What the cell holds: the column, or whether the element is in it.</summary>
    public JsonNode? Current(LayerCell cell) => cell.IsPair ? JsonValue.Create(_pairs[cell].IsThere) : cell.Element.Length == 0 ? Column(cell.Of) : JsonValue.Create(JsonValues.Elements(Column(cell.Of)).Contains(cell.Element));

    /// <summary>What lies beneath all layers, and is what somebody else set where the layers no longer show.</summary>
    public JsonNode? Beneath(LayerCell cell)
    {
        var (current, stack) = (Current(cell), Stack(cell));
        return stack.Top is null || LayerDecision.IsSetByOthers(current, stack, cell.Same) ? current : stack.Beneath;
    }

    private async Task ReadSorts(NpgsqlConnection connection, IReadOnlyList<LayerRow> rows, CancellationToken cancel)
    {
        long[] ordered = [.. rows.Where(row => row.Cell is { Entity: CatalogueFields.Collection, Field: MemberOrder.Field }).Select(row => row.Cell.EntityId)];
        if (ordered.Length == 0)
            return;
        await using var command = new NpgsqlCommand("select id, sort_order from collections where id = any($1)", connection);
        command.Parameters.Add(new() { Value = ordered });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            _sorts[reader.GetInt64(0)] = reader.GetString(1);
    }

    private async Task ReadStacks(NpgsqlConnection connection, IReadOnlyList<LayerRow> rows, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select l.id, l.entity, l.entity_id, l.field, l.element, l.value::text, v.beneath::text
            from (select distinct * from unnest($1::text[], $2::bigint[], $3::text[], $4::text[]) w (entity, entity_id, field, element)) w
            join schedule_layers l on l.entity = w.entity and l.entity_id = w.entity_id and l.field = w.field and l.element = w.element and l.state = 'active'
            left join layered_values v on v.entity = w.entity and v.entity_id = w.entity_id and v.field = w.field and v.element = w.element
            order by l.place, l.id
            """, connection);
        command.Parameters.Add(new() { Value = rows.Select(row => row.Cell.Entity).ToArray() });
        command.Parameters.Add(new() { Value = rows.Select(row => row.Cell.EntityId).ToArray() });
        command.Parameters.Add(new() { Value = rows.Select(row => row.Cell.Field).ToArray() });
        command.Parameters.Add(new() { Value = rows.Select(row => row.Cell.Element).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var cell = new LayerCell(reader.GetString(1), reader.GetInt64(2), reader.GetString(3), reader.GetString(4));
            var stack = Stack(cell);
            _stacks[cell] = new LayerStack(Json(6), [.. stack.Layers, new Layer(reader.GetInt64(0), Json(5))]);
        }

        JsonNode? Json(int column) => reader.IsDBNull(column) ? null : JsonNode.Parse(reader.GetString(column));
    }
}
