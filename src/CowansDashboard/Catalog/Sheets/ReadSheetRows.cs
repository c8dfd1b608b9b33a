using System.Text.Json.Nodes;
using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Catalog.Sheets;

/// <summary>Reads some rows of a spreadsheet in the order in which they are asked for. Rows that never were are left out.</summary>
public sealed class ReadSheetRows(NpgsqlDataSource database)
{
    /// <param name="storeId">Rows of another store are not there.</param>
    /// <param name="entity">product or variant.</param>
    /// <param name="ids">Which rows.</param>
    /// <param name="columns">What of them; each of this entity.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<IReadOnlyList<SheetRow>> Read(long storeId, string entity, IReadOnlyCollection<long> ids, IReadOnlyList<SheetColumn> columns, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand { Connection = connection, CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = ids.ToArray() });
        var cells = columns.Select(column => Cell(column, entity, command)).ToList();
        command.CommandText = $"""
            select t.id, p.id, p.title, {(entity == CatalogueFields.Variant ? "case when p.has_only_default_variant then null else t.title end" : "null")},
                t.deleted_at is not null or t.mark = 2 or p.deleted_at is not null or p.mark = 2 or p.removal is not null, jsonb_build_array({string.Join(", ", cells)})::text, t.pending::text
            from unnest($2) with ordinality w (id, place)
            join {(entity == CatalogueFields.Variant ? "variants t on t.id = w.id join products p on p.id = t.product_id" : "products t on t.id = w.id join products p on p.id = t.id")}
            where t.store_id = $1 order by w.place
            """;
        var rows = new List<SheetRow>(ids.Count);
        await using (var reader = await command.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel))
            {
                var values = (JsonArray)JsonNode.Parse(reader.GetString(5))!;
                var pending = reader.IsDBNull(6) ? null : (JsonObject)JsonNode.Parse(reader.GetString(6))!;
                var id = reader.GetInt64(0);
                rows.Add(new SheetRow(id, reader.GetInt64(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3), reader.GetBoolean(4),
                    [.. columns.Select((column, place) => Read(column, id, values[place], pending))]));
            }
        return await WithConflicts(connection, storeId, entity, rows, columns, cancel);
    }

    // Column names come from the table of fields, whatever was asked for; the rest are parameters.
    private static string Cell(SheetColumn column, string entity, NpgsqlCommand command)
    {
        if (column.RowEntity != entity)
            throw new ArgumentException($"{column.Key} is no column of a {entity}.", nameof(column));
        if (column.Metafield is { } metafield)
            return $"""
                (select jsonb_build_object('id', m.id, 'value', m.value, 'pending', m.pending) from metafields m
                 where m.owner_id = t.id and m.owner_kind = '{entity}' and m.namespace = {Parameter(metafield.Namespace)} and m.key = {Parameter(metafield.Key)} and m.deleted_at is null
                 order by m.id limit 1)
                """;
        if (column.LocationId is { } location)
            return $"""
                (select jsonb_build_object('id', l.id, 'value', l.available, 'pending', l.pending) from inventory_levels l
                 where l.variant_id = t.id and l.location_id = {Parameter(location)} and l.is_active and l.deleted_at is null and t.tracked limit 1)
                """;
        return CatalogueFields.Find(entity, column.Field.Name) is { } field ? $"to_jsonb(t.{field.Name})" : throw new ArgumentException($"A {entity} has no {column.Key}.", nameof(column));

        string Parameter(object value)
        {
            command.Parameters.Add(new() { Value = value });
            return $"${command.Parameters.Count}";
        }
    }

    private static SheetCell Read(SheetColumn column, long rowId, JsonNode? value, JsonObject? pending)
    {
        if (column is { Metafield: null, LocationId: null })
            return new SheetCell(rowId, value?.DeepClone(), pending?.ContainsKey(column.Field.Name) == true, pending?[column.Field.Name]?.DeepClone());
        if (value is not JsonObject there)
            return new SheetCell(null, null);
        var waiting = there["pending"] as JsonObject;
        return new SheetCell(there["id"]!.GetValue<long>(), there["value"]?.DeepClone(), waiting?.ContainsKey(column.Field.Name) == true, waiting?[column.Field.Name]?.DeepClone());
    }

    private static async Task<IReadOnlyList<SheetRow>> WithConflicts(
        NpgsqlConnection connection, long storeId, string entity, List<SheetRow> rows, IReadOnlyList<SheetColumn> columns, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select entity, entity_id, field from conflicts where store_id = $1 and product_id = any($2) and closed_at is null", connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = rows.Select(row => row.ProductId).Distinct().ToArray() });
        var open = new HashSet<(string, long, string)>();
        await using (var reader = await command.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel))
                open.Add((reader.GetString(0), reader.GetInt64(1), reader.GetString(2)));
        if (open.Count == 0)
            return rows;
        return [.. rows.Select(row => row with
        {
            Cells = [.. row.Cells.Select((cell, place) => cell.EntityId is { } id && open.Contains((EntityOf(columns[place], entity), id, columns[place].Field.Name)) ? cell with { InConflict = true } : cell)],
        })];
    }

    private static string EntityOf(SheetColumn column, string entity) => column is { Metafield: null, LocationId: null } ? entity : column.Field.Entity;
}
