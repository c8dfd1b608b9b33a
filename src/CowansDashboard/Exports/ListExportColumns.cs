using CowansDashboard.Catalog.Bulk;

namespace CowansDashboard.Exports;

/// <summary>The columns that a file of a shop's products can have: its fields, its stock by place, the metafields in use.</summary>
public sealed class ListExportColumns(ListLocations locations, ListMetafieldKinds metafields)
{
    public async Task<IReadOnlyList<ExportColumn>> List(long storeId, CancellationToken cancel) =>
    [
        .. ExportColumn.OfEveryShop,
        .. (await locations.List(storeId, cancel)).Select(place => ExportColumn.StockAt(place.Id, place.Name)),
        .. (await metafields.List(storeId, cancel)).Select(kind => (kind.OwnerKind, Name: $"{kind.Namespace}.{kind.Key}")).Distinct()
            .Select(kind => ExportColumn.Metafield(kind.OwnerKind, kind.Name)),
    ];
}
