using CowansDashboard.Catalog.Bulk;
using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Catalog.Sheets;

/// <summary>Names the columns that a spreadsheet over some products can have: their fields, their metafields, their stock by place.</summary>
public sealed class ListSheetColumns(NpgsqlDataSource database, ListLocations locations)
{
    private const int MostMetafields = 60;

    private static readonly string[] Usual =
        ["title", "status", "vendor", "product_type", "tags", "price", "compare_at_price", "unit_cost", "sku", "barcode", "weight", "weight_unit", "tracked", "inventory_policy"];

    // The order in which people look for them; what is not named follows.
    private static readonly string[] First =
        ["title", "status", "vendor", "product_type", "tags", "category_id", "price", "compare_at_price", "unit_cost", "sku", "barcode", "weight", "weight_unit", "tracked", "inventory_policy"];

    public async Task<IReadOnlyList<SheetColumn>> List(long storeId, IReadOnlyCollection<long> products, CancellationToken cancel)
    {
        var stock = CatalogueFields.Find(CatalogueFields.Level, "available")!;
        return
        [
            .. CatalogueFields.All
                .Where(field => field is { Structural: false, LocalOnly: false, Entity: CatalogueFields.Product or CatalogueFields.Variant, Kind: not FieldKind.Html })
                .OrderBy(field => Array.IndexOf(First, field.Name) is var place and >= 0 ? place : First.Length)
                .Select(field => new SheetColumn(field.Name, field.Entity, field, field.Label) { IsUsual = Usual.Contains(field.Name) }),
            .. (await locations.List(storeId, cancel)).Select(place =>
                new SheetColumn(FormattableString.Invariant($"stock:{place.Id}"), CatalogueFields.Variant, stock, $"Stock, {place.Name}") { LocationId = place.Id }),
            .. await Metafields(storeId, products, cancel),
        ];
    }

    private async Task<List<SheetColumn>> Metafields(long storeId, IReadOnlyCollection<long> products, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select m.owner_kind, m.namespace, m.key, min(m.type) from (
                select owner_kind, namespace, key, type from metafields
                where store_id = $1 and owner_kind = 'product' and owner_id = any($2) and deleted_at is null
                union all
                select f.owner_kind, f.namespace, f.key, f.type from metafields f join variants v on v.id = f.owner_id
                where f.store_id = $1 and f.owner_kind = 'variant' and v.product_id = any($2) and v.deleted_at is null and f.deleted_at is null) m
            group by 1, 2, 3 having count(distinct m.type) = 1
            order by count(*) desc, 2, 3 limit $3
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = products.ToArray() });
        command.Parameters.Add(new() { Value = MostMetafields });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var value = CatalogueFields.Find(CatalogueFields.Metafield, "value")!;
        var columns = new List<SheetColumn>();
        while (await reader.ReadAsync(cancel))
        {
            var place = new MetafieldPlace(reader.GetString(1), reader.GetString(2), reader.GetString(3));
            columns.Add(new SheetColumn($"metafield:{place.Namespace}.{place.Key}", reader.GetString(0), value, $"{place.Namespace}.{place.Key}") { Metafield = place });
        }
        return columns;
    }
}
