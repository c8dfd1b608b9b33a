using CowansDashboard.History;

namespace CowansDashboard.Catalog.Sheets;

/// <summary>Keeps an opened spreadsheet with the columns that the person chose.</summary>
public sealed class KeepSheet(SaveDraft save)
{
    public Task Keep(long accountId, long storeId, Sheet sheet, CancellationToken cancel) =>
        save.Save(Sheet.RowsOf(accountId, storeId, sheet.Id), sheet.Written(), null, cancel);
}
