using System.Globalization;
using System.Security.Claims;
using CowansDashboard.Runs;
using CowansDashboard.Stores;
using CowansDashboard.Sync;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Sync.Push;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Sync;
using CowansDashboard.Web.Runs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CowansDashboard.Web.Api;

/// <summary>Sending what was edited here to Shopify, from programs, and following bulk operations.</summary>
public static class PushApi
{
    public static IEndpointRouteBuilder MapPushApi(this IEndpointRouteBuilder app)
    {
        app.MapPost("/api/products/batch/sync-shopify", SyncProducts).RequireAuthorization(Policies.Merchandiser).WithTags("Products").WithName("SyncProducts")
            .WithSummary("Sends what waits of these products to Shopify; dryRun answers the plan and sends nothing");
        var bulk = app.MapGroup("/api/sync/bulk").WithTags("Sync");
        bulk.MapPost("/operations", StartBulk).RequireAuthorization(Policies.Merchandiser).WithName("StartBulkOperations")
            .WithSummary("Runs by bulk operations whatever the budget says: a full pull, or a push");
        bulk.MapGet("/{id}/status", BulkStatus).RequireAuthorization(Policies.Viewer).WithName("BulkOperationStatus")
            .WithSummary("How far a run and each of its bulk operations is");
        return app;
    }

    private static async Task<Results<Accepted<Answer<PushReference>>, Ok<Answer<PushPlanData>>, ProblemHttpResult>> SyncProducts(
        ProductsRequest request, ClaimsPrincipal user, [AsParameters] Pushing pushing, ListStores stores, CancellationToken cancel)
    {
        if (request.ProductIds is not { Count: > 0 })
            return Problems.Field(nameof(request.ProductIds), "productIds is missing: the products to send, as GET /api/products answers their ids.");
        return await Push(new PushStart(request.StoreId, request.ProductIds, request.DryRun is true, null), user, pushing, stores, cancel);
    }

    private static async Task<Results<Accepted<Answer<PushReference>>, Ok<Answer<PushPlanData>>, ProblemHttpResult>> StartBulk(
        BulkRequest request, ClaimsPrincipal user, [AsParameters] Pushing pushing, StartPull pull, ListStores stores, CancellationToken cancel)
    {
        if (request.Kind == "push")
            return await Push(new PushStart(request.StoreId, request.ProductIds, request.DryRun is true, "bulk"), user, pushing, stores, cancel);
        if (request.Kind != "full")
            return Problems.Field(nameof(request.Kind), $"kind is “{request.Kind}”; it should be full or push.");
        var (store, problem) = await StoreChoice.Of(request.StoreId, stores, cancel);
        if (problem is not null)
            return problem;
        return await pull.Start(new PullRequest(store!.Id, PullScope.Full, user.AsAskedBy()), cancel) switch
        {
            StartPullOutcome.Started started => TypedResults.Accepted(Status(started.RunId), Answer.Of(new PushReference(started.RunId.Text(), null), "The pull is enqueued.")),
            StartPullOutcome.AlreadyActive active => Problems.Of(StatusCodes.Status409Conflict, active.Sentence),
            StartPullOutcome.Wrong refused => Problems.Field(refused.Field, refused.Sentence),
            _ => throw new InvalidOperationException("Starting has no other outcome."),
        };
    }

    private static async Task<Results<Ok<Answer<BulkStatusData>>, ProblemHttpResult>> BulkStatus(
        string id, FindRun find, ReadBulkOperations read, TimeProvider clock, CancellationToken cancel)
    {
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || await find.Find(number, cancel) is not { } run)
            return Problems.NotFound($"There is no run “{id}”.");
        return TypedResults.Ok(Answer.Of(new BulkStatusData(RunStatusData.Of(run.Now, clock.GetUtcNow()), await read.Read(number, cancel))));
    }

    /// <summary>Plans a push and, unless it is a rehearsal, starts it.</summary>
    internal static async Task<Results<Accepted<Answer<PushReference>>, Ok<Answer<PushPlanData>>, ProblemHttpResult>> Push(
        PushStart push, ClaimsPrincipal user, Pushing pushing, ListStores stores, CancellationToken cancel)
    {
        var (store, problem) = await StoreChoice.Of(push.StoreId, stores, cancel);
        if (problem is not null)
            return problem;
        var (products, wrong) = Products(push.ProductIds);
        if (wrong is not null)
            return wrong;
        var request = new PushRequest(store!.Id, "Over REST", user.AsAskedBy()) { ProductIds = products, Path = push.Path };
        if (await pushing.Prepare.Prepare(request, cancel) is not PreparePushOutcome.Prepared { PlanId: var planId })
            return Problems.Of(StatusCodes.Status409Conflict, "Nothing of this waits for Shopify, so there is nothing to send.");
        var plan = (await pushing.Read.Find(store.Id, planId, cancel))!;
        if (push.DryRun)
            return TypedResults.Ok(Answer.Of(PushPlanData.Of(plan), "Nothing was sent. The plan is saved."));
        if (plan.NeedsApproval)
            return Problems.Of(StatusCodes.Status409Conflict,
                $"One person alone may not send {plan.Products:N0} products. Nothing was sent; the plan waits for a second person, who may POST /api/sync/plans/{planId.Text()}/approve, and then POST /api/sync/plans/{planId.Text()}/start sends it.");
        return await pushing.Start.Start(store.Id, planId, plan.Hash, user.AsAskedBy(), cancel) switch
        {
            StartPushOutcome.Started started => TypedResults.Accepted(Status(started.RunId), Answer.Of(new PushReference(started.RunId.Text(), planId.Text()), "The push is enqueued.")),
            StartPushOutcome.Refused refused => Problems.Of(StatusCodes.Status409Conflict, refused.Sentence),
            _ => throw new InvalidOperationException("Starting has no other outcome."),
        };
    }

    /// <summary>Our ids as programs send them; null for everything that waits.</summary>
    internal static (IReadOnlyList<long>? Ids, ProblemHttpResult? Problem) Products(IReadOnlyList<string>? texts) => Ids(texts, "productIds", "GET /api/products");

    internal static (IReadOnlyList<long>? Ids, ProblemHttpResult? Problem) Ids(IReadOnlyList<string>? texts, string name, string answeredBy)
    {
        if (texts is null)
            return (null, null);
        var ids = new List<long>();
        foreach (var text in texts)
        {
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                return (null, Problems.Field(name, $"{name} holds “{text}”; ids are whole numbers as strings, as {answeredBy} answers them."));
            ids.Add(id);
        }
        return (ids, null);
    }

    internal static string Status(long runId) => $"/api/sync/parallel/status?id={runId.Text()}";

    public sealed record ProductsRequest(IReadOnlyList<string>? ProductIds, string? StoreId, bool? DryRun);

    public sealed record BulkRequest(string? Kind, string? StoreId, IReadOnlyList<string>? ProductIds, bool? DryRun);

    public sealed record PushReference(string Id, string? PlanId);

    public sealed record BulkStatusData(RunStatusData Run, IReadOnlyList<BulkOperationOfRun> Operations);

    internal sealed record PushStart(string? StoreId, IReadOnlyList<string>? ProductIds, bool DryRun, string? Path);

    /// <summary>What planning, showing and starting a push needs.</summary>
    public sealed record Pushing(PreparePush Prepare, ReadPushPlan Read, StartPush Start);

    /// <summary>A plan as programs see it.</summary>
    public sealed record PushPlanData(
        string PlanId, string Path, string Reason, int Products, int Collections, int Entities, int Fields, int Refused, int Operations, double Points, double Seconds, string Hash,
        string Title, string MadeBy, DateTimeOffset MadeAt, bool NeedsApproval, bool WaitsForApproval, string? ApprovedBy, string? RunId)
    {
        public static PushPlanData Of(PushPlanRow plan) => new(plan.Id.Text(), plan.Path, plan.Reason, plan.Products, plan.Collections, plan.Entities, plan.Fields, plan.Refused,
            plan.Operations, plan.Points, Math.Round(plan.Seconds, 1), plan.Hash,
            plan.Title, plan.MadeBy, plan.MadeAt.ToUniversalTime(), plan.NeedsApproval, plan.WaitsForApproval, plan.IsApproved ? plan.ApprovedBy : null, plan.RunId?.Text());
    }
}
