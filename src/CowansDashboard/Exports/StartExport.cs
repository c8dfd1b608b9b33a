using System.Text.Json;
using CowansDashboard.Runs;
using CowansDashboard.Search;
using Npgsql;

namespace CowansDashboard.Exports;

/// <summary>What is asked for.</summary>
/// <param name="Sort">The order of the list from which they were chosen; null for none in particular.</param>
/// <param name="Columns">Keys of <see cref="ListExportColumns"/>; empty for the usual ones, of Shopify's CSV for no metafields.</param>
public sealed record ExportRequest(long StoreId, string Title, ExportFormat Format, ProductSelection Selection, ProductSort? Sort, IReadOnlyList<string> Columns, AskedBy By)
{
    public bool OldNames { get; init; }

    public bool GuardsFormulas { get; init; }
}

public abstract record StartExportOutcome
{
    private StartExportOutcome()
    {
    }

    public sealed record Started(long ExportId, long RunId) : StartExportOutcome;

    /// <summary>A field of the request is no good.</summary>
    public sealed record Wrong(string Field, string Sentence) : StartExportOutcome;
}

/// <summary>Asks for a file: the products are chosen now, and written by a run.</summary>
public sealed class StartExport(NpgsqlDataSource database, ReadSelectedProducts selected, ListExportColumns columns, EnqueueRun enqueue)
{
    public const int LongestTitle = 120;

    private const int MostColumns = 300;

    public async Task<StartExportOutcome> Start(ExportRequest request, CancellationToken cancel)
    {
        var title = request.Title.Trim();
        if (title.Length is 0 or > LongestTitle || title.Any(char.IsControl))
            return new StartExportOutcome.Wrong("title", $"A title has 1 to {LongestTitle} characters.");
        if (request.Columns.Count > MostColumns)
            return new StartExportOutcome.Wrong("columns", $"A file has at most {MostColumns} columns.");
        if (request.OldNames && request.Format != ExportFormat.ShopifyCsv)
            return new StartExportOutcome.Wrong("oldNames", "Only the CSV that Shopify imports has older column names.");
        if (request.GuardsFormulas && request.Format != ExportFormat.Csv)
            return new StartExportOutcome.Wrong("guardsFormulas", "Only a plain CSV is guarded: Shopify would import the apostrophes, and a workbook runs no text.");
        var known = (await columns.List(request.StoreId, cancel)).ToDictionary(column => column.Key);
        if (request.Columns.FirstOrDefault(key => !known.ContainsKey(key)) is { } stranger)
            return new StartExportOutcome.Wrong("columns", $"There is no column “{stranger}”; GET /api/exports/columns names them.");
        if (request.Format == ExportFormat.ShopifyCsv && request.Columns.FirstOrDefault(key => !key.StartsWith("metafield:", StringComparison.Ordinal)) is { } extra)
            return new StartExportOutcome.Wrong("columns", $"Shopify’s CSV has its own columns; only metafields of products can be chosen, not “{extra}”.");
        string[] chosen = request.Columns.Count > 0 ? [.. request.Columns.Distinct()]
            : request.Format == ExportFormat.ShopifyCsv ? []
            : [.. known.Values.Where(column => column.IsUsual).Select(column => column.Key)];

        var products = await selected.Read(request.StoreId, request.Selection, request.Sort, cancel);
        if (products.Count == 0)
            return new StartExportOutcome.Wrong("products", "No product was chosen.");
        return await Enqueue(request with { Title = title }, chosen, products, cancel);
    }

    private async Task<StartExportOutcome> Enqueue(ExportRequest request, string[] chosen, IReadOnlyList<long> products, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var insert = new NpgsqlCommand("""
            insert into exports (store_id, title, format, columns, old_names, guards_formulas, made_by_id, made_by_name, product_ids) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id
            """, connection);
        insert.Parameters.Add(new() { Value = request.StoreId });
        insert.Parameters.Add(new() { Value = request.Title });
        insert.Parameters.Add(new() { Value = request.Format.Name() });
        insert.Parameters.Add(new() { Value = chosen });
        insert.Parameters.Add(new() { Value = request.OldNames });
        insert.Parameters.Add(new() { Value = request.GuardsFormulas });
        insert.Parameters.Add(new() { Value = (object?)request.By.Id ?? DBNull.Value });
        insert.Parameters.Add(new() { Value = request.By.Name });
        insert.Parameters.Add(new() { Value = products.ToArray() });
        var id = (long)(await insert.ExecuteScalarAsync(cancel))!;
        var run = (EnqueueOutcome.Enqueued)await enqueue.Enqueue(
            new RunRequest(WriteExport.Name, request.StoreId, request.By, JsonSerializer.SerializeToElement(new { exportId = id })), transaction, cancel);
        await using var note = new NpgsqlCommand("update exports set run_id = $2 where id = $1", connection);
        note.Parameters.Add(new() { Value = id });
        note.Parameters.Add(new() { Value = run.RunId });
        await note.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
        return new StartExportOutcome.Started(id, run.RunId);
    }
}
