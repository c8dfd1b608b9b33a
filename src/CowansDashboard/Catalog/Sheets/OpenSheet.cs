using CowansDashboard.History;
using CowansDashboard.Search;
using Npgsql;

namespace CowansDashboard.Catalog.Sheets;

public abstract record OpenSheetOutcome
{
    private OpenSheetOutcome()
    {
    }

    public sealed record Opened(Sheet Sheet) : OpenSheetOutcome;

    /// <summary>The selection holds no product, or more than a sheet can show.</summary>
    public sealed record Refused(string Sentence) : OpenSheetOutcome;
}

/// <summary>Resolves a selection once into the rows of a spreadsheet and keeps them on the server, for this person.</summary>
public sealed class OpenSheet(NpgsqlDataSource database, ReadSelectedInOrder read, SaveDraft keep, DiscardOldDrafts discardOld)
{
    private static readonly TimeSpan Unused = TimeSpan.FromDays(7);

    public async Task<OpenSheetOutcome> Open(long accountId, long storeId, ProductSelection selection, ProductSort sort, CancellationToken cancel)
    {
        var products = await read.Read(storeId, selection, sort, Sheet.MostRows + 1, cancel);
        if (products.Count == 0)
            return new OpenSheetOutcome.Refused("The selection holds no product any more. Select some and try again.");
        if (products.Count > Sheet.MostRows)
            return new OpenSheetOutcome.Refused("A spreadsheet holds at most 10,000 products. Select fewer, or use Edit… for a change that is the same for all.");

        var (variants, count) = await Variants(storeId, products, cancel);
        var sheet = new Sheet(Guid.NewGuid(), products, variants, count);
        await discardOld.Discard(accountId, storeId, Sheet.RowsPrefix, Sheet.CellsPrefix, Unused, cancel);
        await keep.Save(Sheet.RowsOf(accountId, storeId, sheet.Id), sheet.Written(), null, cancel);
        return new OpenSheetOutcome.Opened(sheet);
    }

    private async Task<(IReadOnlyList<long> Ids, int Count)> Variants(long storeId, IReadOnlyList<long> products, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select v.id from unnest($2) with ordinality w (id, place) join variants v on v.product_id = w.id
            where v.store_id = $1 and v.deleted_at is null and v.mark <> 2
            order by w.place, v.position, v.id
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = products.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var ids = new List<long>();
        var count = 0;
        while (await reader.ReadAsync(cancel))
            if (++count <= Sheet.MostRows)
                ids.Add(reader.GetInt64(0));
        return count > Sheet.MostRows ? ([], count) : (ids, count);
    }
}
