using System.Globalization;
using System.Security.Claims;
using CowansDashboard.Runs;
using CowansDashboard.Stores;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Sync.Reconcile;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Sync;
using CowansDashboard.Web.Runs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CowansDashboard.Web.Api;

/// <summary>Starting, following and stopping pulls from programs.</summary>
public static class SyncApi
{
    private const string Kinds = "full, incremental, selection, reconcile or push";

    public static IEndpointRouteBuilder MapSyncApi(this IEndpointRouteBuilder app)
    {
        var sync = app.MapGroup("/api/sync").WithTags("Sync");
        sync.MapPost("/parallel/start", Start).RequireAuthorization(Policies.Merchandiser).WithName("StartSync")
            .WithSummary("Starts a pull (full, incremental, selection), a comparison of everything (reconcile) or a push of what waits for Shopify; dryRun answers a push's plan and sends nothing");
        sync.MapGet("/parallel/status", Status).RequireAuthorization(Policies.Viewer).WithName("SyncStatus")
            .WithSummary("How far a run is; without id the unfinished and the latest runs");
        sync.MapPost("/parallel/stop", Stop).RequireAuthorization(Policies.Merchandiser).WithName("StopSync")
            .WithSummary("Ends a run at its next saved place; what it has pulled stays");
        sync.MapGet("/performance", Performance).RequireAuthorization(Policies.Viewer).WithName("SyncPerformance")
            .WithSummary("How fast the last runs were and what they cost");
        return app;
    }

    private static async Task<IResult> Start(
        StartRequest request, ClaimsPrincipal user, StartPull start, StartComparison compare, [AsParameters] PushApi.Pushing pushing, ListStores stores, CancellationToken cancel)
    {
        if (request.Kind == "push")
            return (await PushApi.Push(new PushApi.PushStart(request.StoreId, request.ProductIds, request.DryRun is true, null), user, pushing, stores, cancel)).Result;
        if (request.Kind == "reconcile")
            return await Compare(request, user, compare, stores, cancel);
        PullScope? kind = request.Kind switch
        {
            "full" => PullScope.Full,
            "incremental" => PullScope.Incremental,
            "selection" => PullScope.Selection,
            _ => null,
        };
        if (kind is null)
            return Problems.Field(nameof(request.Kind), $"kind is “{request.Kind}”; it should be {Kinds}.");
        if (request.DryRun is true)
            return Problems.Field(nameof(request.DryRun), "dryRun belongs to a push; a pull has nothing to rehearse. Leave it out.");
        var (store, problem) = await StoreChoice.Of(request.StoreId, stores, cancel);
        if (problem is not null)
            return problem;

        var (ids, wrong) = Ids(request.ProductIds);
        if (wrong is not null)
            return wrong;
        return await start.Start(new PullRequest(store!.Id, kind.Value, user.AsAskedBy()) { ProductIds = ids }, cancel) switch
        {
            StartPullOutcome.Started started => TypedResults.Accepted(
                $"/api/sync/parallel/status?id={started.RunId}", Answer.Of(new RunReference(started.RunId.Text()), "The pull is enqueued.")),
            StartPullOutcome.AlreadyActive active => Problems.Of(StatusCodes.Status409Conflict, active.Sentence),
            StartPullOutcome.Wrong refused => Problems.Field(refused.Field, refused.Sentence),
            _ => throw new InvalidOperationException("Starting has no other outcome."),
        };
    }

    private static async Task<IResult> Compare(StartRequest request, ClaimsPrincipal user, StartComparison compare, ListStores stores, CancellationToken cancel)
    {
        if (request.DryRun is true || request.ProductIds is { Count: > 0 })
            return Problems.Field(request.DryRun is true ? nameof(request.DryRun) : nameof(request.ProductIds), "A comparison reads everything; it takes neither dryRun nor productIds. Leave them out.");
        var (store, problem) = await StoreChoice.Of(request.StoreId, stores, cancel);
        if (problem is not null)
            return problem;
        return await compare.Start(store!.Id, ComparisonDepth.Full, user.AsAskedBy(), cancel) switch
        {
            StartComparisonOutcome.Started started => TypedResults.Accepted(
                $"/api/sync/parallel/status?id={started.RunId}", Answer.Of(new RunReference(started.RunId.Text()), "The comparison is enqueued.")),
            StartComparisonOutcome.AlreadyActive active => Problems.Of(StatusCodes.Status409Conflict, active.Sentence),
            StartComparisonOutcome.Wrong refused => Problems.Field(refused.Field, refused.Sentence),
            _ => throw new InvalidOperationException("Starting has no other outcome."),
        };
    }

    private static async Task<Results<Ok<Answer<RunStatusData>>, Ok<Answer<IReadOnlyList<RunStatusData>>>, ProblemHttpResult>> Status(
        string? id, string? storeId, FindRun find, ListRuns list, ListStores stores, TimeProvider clock, CancellationToken cancel)
    {
        if (!string.IsNullOrEmpty(id))
            return await Find(id, find, cancel) is { } run
                ? TypedResults.Ok(Answer.Of(RunStatusData.Of(run.Now, clock.GetUtcNow())))
                : Problems.NotFound($"There is no run “{id}”.");
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (problem is not null)
            return problem;
        var unfinished = await list.List(new RunFilter(store!.Id, OnlyUnfinished: true, Limit: 100), cancel);
        var latest = await list.List(new RunFilter(store.Id, Limit: 10), cancel);
        IReadOnlyList<RunStatusData> runs = [.. unfinished.Concat(latest).DistinctBy(run => run.Id).Select(run => RunStatusData.Of(run, clock.GetUtcNow()))];
        return TypedResults.Ok(Answer.Of(runs));
    }

    private static async Task<Results<Ok<Answer<RunReference>>, ProblemHttpResult>> Stop(
        StopRequest request, ClaimsPrincipal user, FindRun find, CancelRun stop, CancellationToken cancel)
    {
        if (string.IsNullOrEmpty(request.Id))
            return Problems.Field(nameof(request.Id), "id is missing: the run to stop, as start answered it.");
        if (await Find(request.Id, find, cancel) is not { } run)
            return Problems.NotFound($"There is no run “{request.Id}”.");
        return await stop.Cancel(run.Now.Id, user.AsAskedBy(), cancel) switch
        {
            AskOutcome.Accepted accepted => TypedResults.Ok(Answer.Of(new RunReference(request.Id), $"The run is {accepted.Status.Text()}.")),
            AskOutcome.Refused refused => Problems.Of(StatusCodes.Status409Conflict, refused.Sentence),
            _ => Problems.NotFound($"There is no run “{request.Id}”."),
        };
    }

    private static async Task<Results<Ok<Answer<IReadOnlyList<RunPerformance>>>, ProblemHttpResult>> Performance(
        string? storeId, ListRuns list, ListStores stores, CancellationToken cancel)
    {
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (problem is not null)
            return problem;
        var runs = await list.List(new RunFilter(store!.Id, Limit: 50), cancel);
        IReadOnlyList<RunPerformance> figures = [.. runs.Where(run => run is { StartedAt: not null, FinishedAt: not null }).Select(RunPerformance.Of)];
        return TypedResults.Ok(Answer.Of(figures));
    }

    private static async Task<Run?> Find(string id, FindRun find, CancellationToken cancel) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? await find.Find(number, cancel) : null;

    private static (IReadOnlyList<long> Ids, ProblemHttpResult? Wrong) Ids(IReadOnlyList<string>? texts)
    {
        var ids = new List<long>();
        foreach (var text in texts ?? [])
        {
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                return ([], Problems.Field("productIds", $"productIds holds “{text}”; ids are whole numbers as strings, as GET /api/products answers them."));
            ids.Add(id);
        }
        return (ids, null);
    }

    public sealed record StartRequest(string? Kind, string? StoreId, IReadOnlyList<string>? ProductIds, bool? DryRun);

    public sealed record StopRequest(string? Id);

    public sealed record RunReference(string Id);

    public sealed record RunPerformance(string Id, string Kind, RunStatus Status, double Seconds, long Rows, double RowsPerSecond, long Calls, long PointsSpent, long Throttled, DateTimeOffset StartedAt)
    {
        public static RunPerformance Of(CowansDashboard.Runs.Progress.RunSnapshot run)
        {
            var seconds = (run.FinishedAt!.Value - run.StartedAt!.Value).TotalSeconds;
            return new(run.Id.Text(), run.Kind, run.Status, Math.Round(seconds, 3), run.Done, seconds > 0 ? Math.Round(run.Done / seconds, 1) : 0,
                run.Counters.Calls, run.Counters.PointsSpent, run.Counters.Throttled, run.StartedAt.Value);
        }
    }
}
