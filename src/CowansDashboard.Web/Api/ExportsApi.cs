using System.Globalization;
using System.Security.Claims;
using CowansDashboard.Exports;
using CowansDashboard.Runs;
using CowansDashboard.Search;
using CowansDashboard.Stores;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Sync;
using CowansDashboard.Web.Runs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CowansDashboard.Web.Api;

/// <summary>Files of products for programs and people: asked for, written by a run, downloaded for a week.</summary>
public static class ExportsApi
{
    public static IEndpointRouteBuilder MapExportsApi(this IEndpointRouteBuilder app)
    {
        var exports = app.MapGroup("/api/exports").WithTags("Exports");
        exports.MapGet("/", List).RequireAuthorization(Policies.Viewer).WithName("ListExports").WithSummary("The files that were asked for, the newest first");
        exports.MapGet("/columns", Columns).RequireAuthorization(Policies.Viewer).WithName("ListExportColumns")
            .WithSummary("The columns that a file of this shop’s products can have").WithDescription("`usual` ones are taken where `columns` is left out.");
        Describe(exports.MapPost("/", Start), "StartExport");
        Describe(app.MapPost("/api/products/batch/export", Start).WithTags("Products"), "ExportProducts");
        exports.MapGet("/{id}", Find).RequireAuthorization(Policies.Viewer).WithName("GetExport").WithSummary("How far a file is");
        exports.MapGet("/{id}/file", Download).RequireAuthorization(Policies.Viewer).WithName("DownloadExport")
            .WithSummary("The file itself, streamed").WithDescription("409 while it is still being written.").Produces(StatusCodes.Status200OK, contentType: "application/octet-stream");
        exports.MapDelete("/{id}", Delete).RequireAuthorization(Policies.Merchandiser).WithName("DeleteExport").WithSummary("Throws a file away; one that is being written is given up");
        return app;
    }

    private static void Describe(RouteHandlerBuilder start, string name) => start.RequireAuthorization(Policies.Merchandiser).WithIdempotencyKey().WithName(name)
        .WithSummary("Asks for a file of products: CSV that Shopify imports, CSV, XLSX or JSON lines")
        .WithDescription("Products are named by `productIds`, by `matching` (a filter as in GET /api/products) or by `everything: true`. "
            + $"`format` is one of {string.Join(", ", ExportFormats.Names)}. `columns` are keys of GET /api/exports/columns in the wanted order; of shopify-csv only metafields of products, its other columns are given. "
            + "`oldNames` writes Shopify’s CSV with the column names of before 2024; `guardsFormulas` puts an apostrophe before text of a plain CSV that a spreadsheet would run. The file can be downloaded for 7 days.");

    private static async Task<Results<Ok<Answer<IReadOnlyList<ExportAnswer>>>, ProblemHttpResult>> List(ListStores stores, ReadExports read, FindRun runs, CancellationToken cancel, string? storeId = null)
    {
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return problem!;
        var answers = new List<ExportAnswer>();
        foreach (var export in await read.Read(store.Id, cancel))
            answers.Add(await Of(export, runs, cancel));
        return TypedResults.Ok(Answer.Of<IReadOnlyList<ExportAnswer>>(answers));
    }

    private static async Task<Results<Ok<Answer<IReadOnlyList<ExportColumnAnswer>>>, ProblemHttpResult>> Columns(ListStores stores, ListExportColumns columns, CancellationToken cancel, string? storeId = null)
    {
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return problem!;
        IReadOnlyList<ExportColumnAnswer> answers = [.. (await columns.List(store.Id, cancel)).Select(column => new ExportColumnAnswer(column.Key, column.Head, column.OfVariant ? "variant" : "product", column.IsUsual))];
        return TypedResults.Ok(Answer.Of(answers));
    }

    private static async Task<Results<Accepted<Answer<ExportReference>>, ProblemHttpResult>> Start(ExportBody body, ClaimsPrincipal user, ListStores stores, StartExport start, CancellationToken cancel)
    {
        var (store, problem) = await StoreChoice.Of(body.StoreId, stores, cancel);
        if (store is null)
            return problem!;
        if (ExportFormats.Of(body.Format) is not { } format)
            return Problems.Field("format", $"format is “{body.Format}”; it is one of {string.Join(", ", ExportFormats.Names)}.");
        var (selection, wrong) = Selection(body);
        if (wrong is not null)
            return wrong;
        var sort = ProductSort.Read(body.Sort);
        if (sort is null && !string.IsNullOrEmpty(body.Sort))
            return Problems.Field("sort", $"sort is “{body.Sort}”; it is {ProductSort.Expected}.");
        if (body.Columns?.Any(column => column is null) == true)
            return Problems.Field("columns", "columns holds null; it is a list of keys.");
        var request = new ExportRequest(store.Id, body.Title ?? "Products", format, selection!, sort, body.Columns ?? [], user.AsAskedBy()) { OldNames = body.OldNames, GuardsFormulas = body.GuardsFormulas };
        return await start.Start(request, cancel) switch
        {
            StartExportOutcome.Started started => TypedResults.Accepted($"/api/exports/{started.ExportId.Text()}",
                Answer.Of(new ExportReference(started.ExportId.Text(), started.RunId.Text()), "The file is being written.")),
            StartExportOutcome.Wrong bad => Problems.Field(bad.Field == "products" ? "matching" : bad.Field, bad.Sentence),
            _ => throw new InvalidOperationException("Asking has no other outcome."),
        };
    }

    private static (ProductSelection? Selection, ProblemHttpResult? Problem) Selection(ExportBody body)
    {
        var ways = new[] { body.ProductIds is { Count: > 0 }, !string.IsNullOrEmpty(body.Matching), body.Everything }.Count(named => named);
        if (ways != 1)
            return (null, Problems.Field("productIds", "Name the products in one way: by productIds, by matching, or by everything: true."));
        if (body.Everything)
            return (ProductSelection.All(ProductFilter.Everything), null);
        var (selection, problem) = BatchEditsApi.Selection(new ExportSelection { ProductIds = body.ProductIds, Matching = body.Matching });
        return (selection, problem);
    }

    private static async Task<Results<Ok<Answer<ExportAnswer>>, ProblemHttpResult>> Find(string id, ListStores stores, ReadExports read, FindRun runs, CancellationToken cancel, string? storeId = null)
    {
        var (export, problem) = await Found(id, storeId, stores, read, cancel);
        return export is null ? problem! : TypedResults.Ok(Answer.Of(await Of(export, runs, cancel)));
    }

    private static async Task<Results<PushStreamHttpResult, ProblemHttpResult>> Download(string id, ListStores stores, ReadExports read, GiveOutExport give, CancellationToken cancel, string? storeId = null)
    {
        var (export, problem) = await Found(id, storeId, stores, read, cancel);
        if (export is null)
            return problem!;
        return export.ReadyAt is null
            ? Problems.Of(StatusCodes.Status409Conflict, $"The file is still being written; GET /api/exports/{id} says how far it is.")
            : TypedResults.Stream(to => give.Write(export, to, cancel), export.Format.ContentType(), export.FileName);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(string id, ListStores stores, ReadExports read, DeleteExport delete, CancellationToken cancel, string? storeId = null)
    {
        var (export, problem) = await Found(id, storeId, stores, read, cancel);
        if (export is null)
            return problem!;
        await delete.Delete(export.StoreId, export.Id, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<(Export? Export, ProblemHttpResult? Problem)> Found(string id, string? storeId, ListStores stores, ReadExports read, CancellationToken cancel)
    {
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return (null, problem);
        return long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && await read.Find(store.Id, number, cancel) is { } export
            ? (export, null)
            : (null, Problems.Of(StatusCodes.Status404NotFound, $"There is no file {id}. Files are kept for 7 days."));
    }

    private static async Task<ExportAnswer> Of(Export export, FindRun runs, CancellationToken cancel)
    {
        var run = export.ReadyAt is null && export.RunId is { } id ? (await runs.Find(id, cancel))?.Now : null;
        return new(export.Id.Text(), export.Title, export.Format.Name(), export.Columns, export.MadeBy, export.MadeAt.ToUniversalTime(),
            export.ReadyAt is not null ? "ready" : run is { Status: RunStatus.Failed or RunStatus.Cancelled } ? "failed" : "writing", run?.Error,
            export.Products, export.Rows, export.TooLong, export.RunId?.Text(), export.ReadyAt is null ? null : $"/api/exports/{export.Id.Text()}/file", export.ExpiresAt?.ToUniversalTime());
    }

    public sealed record ExportBody(
        string? Format = null, IReadOnlyList<string>? ProductIds = null, string? Matching = null, bool Everything = false, string? Sort = null, IReadOnlyList<string>? Columns = null, string? Title = null,
        bool OldNames = false, bool GuardsFormulas = false, string? StoreId = null);

    private sealed record ExportSelection : BatchEditsApi.BatchRequest;

    public sealed record ExportReference(string Id, string RunId);

    public sealed record ExportColumnAnswer(string Key, string Head, string Of, bool Usual);

    /// <param name="Status">writing, ready or failed.</param>
    /// <param name="TooLong">Cells that a workbook cannot hold and that were left empty.</param>
    public sealed record ExportAnswer(
        string Id, string Title, string Format, IReadOnlyList<string> Columns, string MadeBy, DateTimeOffset MadeAt, string Status, string? Error, long Products, long Rows, long TooLong, string? RunId,
        string? File, DateTimeOffset? ExpiresAt);
}
