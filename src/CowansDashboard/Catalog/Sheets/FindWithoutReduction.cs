using System.Globalization;
using System.Text.Json.Nodes;
using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Catalog.Sheets;

/// <summary>
/// Variants of which cells of a spreadsheet would leave a compare-at price that is not above the price, where that was not so before.
/// </summary>
public sealed class FindWithoutReduction(NpgsqlDataSource database)
{
    private const string Price = "price", Compare = "compare_at_price";

    public async Task<IReadOnlySet<long>> Find(long storeId, IReadOnlyList<SheetEdit> edits, CancellationToken cancel)
    {
        var typed = edits.Where(edit => edit.Place is { Entity: CatalogueFields.Variant, Column: Price or Compare }).ToDictionary(edit => (edit.Place.RowId, edit.Place.Column), edit => Number(edit.New));
        var without = new HashSet<long>();
        if (typed.Count == 0)
            return without;
        await using var command = database.CreateCommand("select id, price, compare_at_price from variants where store_id = $1 and id = any($2)");
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = typed.Keys.Select(cell => cell.RowId).Distinct().ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var (id, price, compare) = (reader.GetInt64(0), reader.GetDecimal(1), reader.IsDBNull(2) ? (decimal?)null : reader.GetDecimal(2));
            if (!IsWithout(price, compare) && IsWithout(typed.GetValueOrDefault((id, Price), price), typed.TryGetValue((id, Compare), out var other) ? other : compare))
                without.Add(id);
        }
        return without;
    }

    private static bool IsWithout(decimal? price, decimal? compare) => compare > 0 && compare <= price;

    private static decimal? Number(JsonNode? value) => decimal.TryParse(value?.ToString(), NumberStyles.Number, CultureInfo.InvariantCulture, out var number) ? number : null;
}
