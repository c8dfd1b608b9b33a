using CowansDashboard.History;

namespace CowansDashboard.Catalog.Sheets;

/// <summary>Finds an opened spreadsheet again, after a reload or on another day; null when this person has none of that id.</summary>
public sealed class ReadSheet(ReadDraft read)
{
    public async Task<Sheet?> Read(long accountId, long storeId, Guid id, CancellationToken cancel) =>
        await read.Read(Sheet.RowsOf(accountId, storeId, id), cancel) is { } kept ? Sheet.Read(id, kept.Content) : null;
}
