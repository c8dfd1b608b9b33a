using System.Globalization;
using System.Security.Claims;
using System.Text.Json.Nodes;
using CowansDashboard.Conflicts;
using CowansDashboard.Stores;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CowansDashboard.Web.Api;

/// <summary>Finding, listing and settling conflicts from programs.</summary>
public static class ConflictsApi
{
    private const int StandardPage = 50;
    private const int LargestPage = 100;
    private const int StandardDays = 30;

    public static IEndpointRouteBuilder MapConflictsApi(this IEndpointRouteBuilder app)
    {
        var conflicts = app.MapGroup("/api/conflicts").WithTags("Conflicts");
        conflicts.MapPost("/detect", Detect).RequireAuthorization(Policies.Merchandiser).WithName("DetectConflicts")
            .WithSummary("Starts a pull that finds conflicts")
            .WithDescription("Without productIds it reads what Shopify changed since the last pull, else these products. Conflicts are found while it runs; follow it with /api/sync/parallel/status.");
        conflicts.MapGet("/", List).RequireAuthorization(Policies.Viewer).WithName("ListConflicts")
            .WithSummary("Lists fields that both sides changed, the newest first")
            .WithDescription("`state` is open, settled or overwritten; `field`, `entity` and `vendor` are texts as the answers hold them; `collection`, `run` and `product` are ids of the copy; `since` is a moment such as 2026-11-20. Follow `meta.next`, which costs the same at any depth.");
        conflicts.MapPost("/{id}/resolve", Resolve).RequireAuthorization(Policies.Merchandiser).WithName("ResolveConflict")
            .WithSummary("Settles one conflict: ours, Shopify’s, another value, or by the rules")
            .WithDescription("`with` is ours, shopify, value or rules; value takes `value` as the field holds it. `revision` is that of the list: a conflict that became another since is answered with 409 and left as it is.");
        conflicts.MapPost("/{id}/restore", Restore).RequireAuthorization(Policies.Merchandiser).WithName("RestoreOverwritten")
            .WithSummary("Brings back Shopify’s value that a push wrote over, as an edit that waits for the next push");
        conflicts.MapGet("/stats", Stats).RequireAuthorization(Policies.Viewer).WithName("ConflictStats")
            .WithSummary("Conflicts per field and day, and how they ended");
        return app;
    }

    private static async Task<Results<Accepted<Answer<SyncApi.RunReference>>, ProblemHttpResult>> Detect(
        DetectRequest request, ClaimsPrincipal user, StartPull start, ListStores stores, CancellationToken cancel)
    {
        var (store, problem) = await StoreChoice.Of(request.StoreId, stores, cancel);
        if (problem is not null)
            return problem;
        var ids = new List<long>();
        foreach (var text in request.ProductIds ?? [])
        {
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                return Problems.Field("productIds", $"productIds holds “{text}”; ids are whole numbers as strings, as GET /api/products answers them.");
            ids.Add(id);
        }
        var scope = request.ProductIds is null ? PullScope.Incremental : PullScope.Selection;
        return await start.Start(new PullRequest(store!.Id, scope, user.AsAskedBy()) { ProductIds = ids }, cancel) switch
        {
            StartPullOutcome.Started started => TypedResults.Accepted(
                $"/api/sync/parallel/status?id={started.RunId}", Answer.Of(new SyncApi.RunReference(started.RunId.Text()), "The pull is enqueued; conflicts appear while it runs.")),
            StartPullOutcome.AlreadyActive active => Problems.Of(StatusCodes.Status409Conflict, active.Sentence),
            StartPullOutcome.Wrong { Field: "kind" } refused => Problems.Of(StatusCodes.Status409Conflict, refused.Sentence),
            StartPullOutcome.Wrong refused => Problems.Field(refused.Field, refused.Sentence),
            _ => throw new InvalidOperationException("Starting has no other outcome."),
        };
    }

    private static async Task<Results<Ok<Answer<IReadOnlyList<ConflictListAnswer>>>, ProblemHttpResult>> List(
        HttpRequest request, ListStores stores, FindConflicts find, CountConflicts count, CancellationToken cancel,
        string? storeId = null, string? state = null, string? field = null, string? entity = null, string? vendor = null, string? collection = null,
        string? run = null, string? product = null, string? since = null, string? size = null, string? after = null)
    {
        var (filter, problems) = ConflictFilterText.Read(name => request.Query[name] is [.., var value] ? value : null);
        if (problems.Count > 0)
            return Problems.Field(problems[0].Parameter, problems[0].Message);
        if (request.Query.Keys.FirstOrDefault(name => !ConflictFilterText.Names.Contains(name) && name is not ("storeId" or "size" or "after")) is { } unknown)
            return Problems.Field(unknown, $"There is no filter “{unknown}”. Filters are {string.Join(", ", ConflictFilterText.Names)}.");
        var rows = StandardPage;
        if (!string.IsNullOrEmpty(size) && (!int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out rows) || rows is < 1 or > LargestPage))
            return Problems.Field("size", $"size is “{size}”; it is a whole number from 1 to {LargestPage}.");
        var place = ConflictPlace.Read(after);
        if (place is null && !string.IsNullOrEmpty(after))
            return Problems.Field("after", "after is not a place that this API gave; follow meta.next as it is.");
        var (store, wrong) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return wrong!;

        var found = await find.Find(store.Id, filter, place, rows, cancel);
        var counts = await count.Count(store.Id, filter, cancel);
        IReadOnlyList<ConflictListAnswer> data = [.. found.Rows.Select(ConflictListAnswer.Of)];
        return TypedResults.Ok(Answer.Of(data, meta: new PageMeta(1, rows, counts.Fields, found.Next is { } next ? NextPage.Of(request, next.Text) : null)));
    }

    private static async Task<Results<Ok<Answer<ResolvedAnswer>>, ProblemHttpResult>> Resolve(
        string id, ResolveRequest request, ClaimsPrincipal user, ListStores stores, ReadConflict read, ResolveConflicts resolve, CancellationToken cancel)
    {
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return Problems.Field("id", $"id is “{id}”; it is the id of a conflict, digits only.");
        Resolution? wish = request.With switch
        {
            "ours" => new Resolution.Ours(),
            "shopify" => new Resolution.Shopifys(),
            "value" => new Resolution.Another(request.Value),
            "rules" => new Resolution.ByRules(),
            _ => null,
        };
        if (wish is null)
            return Problems.Field("with", $"with is “{request.With}”; it is ours, shopify, value or rules.");
        var (store, problem) = await StoreChoice.Of(request.StoreId, stores, cancel);
        if (store is null)
            return problem!;
        if (await read.Read(store.Id, number, cancel) is not { } conflict)
            return Problems.NotFound($"There is no conflict {id} in {store.Name}.");

        var by = user.AsAskedBy();
        try
        {
            var outcome = await resolve.Resolve(store.Id, wish, [new(number, request.Revision ?? conflict.Row.Revision)], new ResolvedBy(by.Id, by.Name), cancel);
            return outcome.Left is [var left, ..]
                ? Problems.Of(StatusCodes.Status409Conflict, left.Why)
                : TypedResults.Ok(Answer.Of(new ResolvedAnswer(id, outcome.ChangeSetId!.Value.Text())));
        }
        catch (Npgsql.PostgresException unfit) when (unfit.SqlState.StartsWith("22", StringComparison.Ordinal))
        {
            return Problems.Field("value", $"value does not fit the field {conflict.Row.Field}: {unfit.MessageText}.");
        }
    }

    private static async Task<Results<Ok<Answer<ResolvedAnswer>>, ProblemHttpResult>> Restore(
        string id, ClaimsPrincipal user, ListStores stores, ReadConflict read, RestoreOverwritten restore, CancellationToken cancel, string? storeId = null)
    {
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return Problems.Field("id", $"id is “{id}”; it is the id of a conflict, digits only.");
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return problem!;
        if (await read.Read(store.Id, number, cancel) is null)
            return Problems.NotFound($"There is no conflict {id} in {store.Name}.");
        var by = user.AsAskedBy();
        var outcome = await restore.Restore(store.Id, [number], new ResolvedBy(by.Id, by.Name), cancel);
        return outcome switch
        {
            { Left: [var left, ..] } => Problems.Of(StatusCodes.Status409Conflict, left.Why),
            { ChangeSetId: { } changeSet } => TypedResults.Ok(Answer.Of(new ResolvedAnswer(id, changeSet.Text()))),
            _ => Problems.Of(StatusCodes.Status409Conflict, "The field holds this value already."),
        };
    }

    private static async Task<Results<Ok<Answer<ConflictStatsAnswer>>, ProblemHttpResult>> Stats(
        ListStores stores, ConflictStatistics statistics, CancellationToken cancel, string? storeId = null, string? days = null)
    {
        var asked = StandardDays;
        if (!string.IsNullOrEmpty(days) && (!int.TryParse(days, NumberStyles.None, CultureInfo.InvariantCulture, out asked) || asked is < 1 or > ConflictStatistics.MostDays))
            return Problems.Field("days", $"days is “{days}”; it is a whole number from 1 to {ConflictStatistics.MostDays}.");
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return problem!;
        return TypedResults.Ok(Answer.Of(ConflictStatsAnswer.Of(await statistics.Read(store.Id, asked, StoreZone.Of(store.TimeZone), cancel))));
    }

    public sealed record ResolveRequest(string? With, JsonNode? Value, int? Revision, string? StoreId);

    public sealed record ResolvedAnswer(string Id, string ChangeSetId);

    public sealed record DetectRequest(string? StoreId, IReadOnlyList<string>? ProductIds);
}

/// <summary>A field that both sides changed. Values are as the copy holds the field; <c>settled</c> is what it had afterwards.</summary>
public sealed record ConflictListAnswer(
    string Id, int Revision, string Entity, string EntityId, string Field, string? ProductId, string Title, string? Part,
    JsonNode? Base, JsonNode? Ours, JsonNode? Shopify, DateTimeOffset DetectedAt, DateTimeOffset HeardAt, string? RunId,
    DateTimeOffset? ClosedAt, string? ClosedAs, string? ClosedBy, JsonNode? Settled, string? ChangeSetId, string? RuleId)
{
    public static ConflictListAnswer Of(ConflictRow row) => new(
        row.Id.Text(), row.Revision, row.Entity, row.EntityId.Text(), row.Field, row.ProductId?.Text(), row.Title, row.Part,
        row.Base, row.Ours, row.Shopifys, row.DetectedAt.ToUniversalTime(), row.HeardAt.ToUniversalTime(), row.RunId?.Text(),
        row.End?.At.ToUniversalTime(), row.End?.As, row.End?.By, row.End?.Settled, row.End?.ChangeSetId?.Text(), row.End?.RuleId?.Text());
}

/// <summary>Conflicts over the last days, in the shop's time zone.</summary>
public sealed record ConflictStatsAnswer(
    int Days, long Open, long Found, SettledBy SettledThisWeek, double? MedianSecondsToSettle, IReadOnlyList<FieldConflicts> Fields, IReadOnlyList<DayOfConflicts> Trend)
{
    public static ConflictStatsAnswer Of(ConflictFigures figures) => new(
        figures.Days, figures.Open, figures.Found, figures.SettledThisWeek, figures.MedianToSettle?.TotalSeconds, figures.Fields, figures.Trend);
}
