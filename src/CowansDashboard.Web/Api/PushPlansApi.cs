using System.Globalization;
using System.Security.Claims;
using System.Text.Json.Nodes;
using CowansDashboard.Stores;
using CowansDashboard.Sync.Push;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CowansDashboard.Web.Api;

/// <summary>Saved push plans, for programs: made, looked at, approved by a second person, started.</summary>
public static class PushPlansApi
{
    private const int MostPlans = 50;
    private const int StandardSize = 100;
    private const int MostSize = 500;

    public static IEndpointRouteBuilder MapPushPlansApi(this IEndpointRouteBuilder app)
    {
        var plans = app.MapGroup("/api/sync/plans").WithTags("Sync");
        plans.MapGet("/", List).RequireAuthorization(Policies.Viewer).WithName("ListPushPlans")
            .WithSummary("The newest push plans of a shop; waiting=approval lists those that wait for a second person");
        plans.MapPost("/", Create).RequireAuthorization(Policies.Merchandiser).WithName("CreatePushPlan")
            .WithSummary("Plans a push of some products or collections, or of everything that waits, and keeps the plan; nothing is sent")
            .WithDescription("`productIds` and `collectionIds` name what is planned; without both it is everything that waits. A collection brings along who was put into it by hand and taken out. `path` is direct or bulk; without it the quicker one is chosen. `needsApproval: true` asks for a second person whatever the limits of the shop are.");
        plans.MapGet("/{id}", One).RequireAuthorization(Policies.Viewer).WithName("PushPlan").WithSummary("A push plan: what it would send, what it costs, who made and approved it");
        plans.MapGet("/{id}/items", Items).RequireAuthorization(Policies.Viewer).WithName("PushPlanItems").WithSummary("The rows of a push plan before and after, page by page")
            .WithDescription($"size is at most {MostSize}, {StandardSize} unless the address says otherwise. meta.next is the address of the next page.");
        plans.MapPost("/{id}/approve", Approve).RequireAuthorization(Policies.Merchandiser).WithName("ApprovePushPlan").WithSummary("A second person agrees to a push plan as it was looked at")
            .WithDescription("Whoever made a plan cannot approve it. `hash` is that of the plan as it was looked at; a plan that was altered since is answered with 409, and one that is altered afterwards needs approval again.");
        plans.MapPost("/{id}/start", Start).RequireAuthorization(Policies.Merchandiser).WithName("StartPushPlan").WithSummary("Sends a push plan, once; `hash` is that of the plan as it was looked at");
        return app;
    }

    private static async Task<Results<Ok<Answer<IReadOnlyList<PushApi.PushPlanData>>>, ProblemHttpResult>> List(
        [AsParameters] Planning planning, CancellationToken cancel, string? storeId = null, string? waiting = null)
    {
        if (!string.IsNullOrEmpty(waiting) && waiting != "approval")
            return Problems.Field("waiting", $"waiting is “{waiting}”; it is approval, or left out for all plans.");
        var (store, problem) = await StoreChoice.Of(storeId, planning.Stores, cancel);
        if (store is null)
            return problem!;
        var plans = waiting == "approval" ? await planning.Read.Awaiting(store.Id, MostPlans, cancel) : await planning.Read.List(store.Id, MostPlans, cancel);
        return TypedResults.Ok(Answer.Of<IReadOnlyList<PushApi.PushPlanData>>([.. plans.Select(PushApi.PushPlanData.Of)]));
    }

    private static async Task<Results<Created<Answer<PushApi.PushPlanData>>, ProblemHttpResult>> Create(
        CreatePlanRequest request, ClaimsPrincipal user, PreparePush prepare, [AsParameters] Planning planning, CancellationToken cancel)
    {
        if (request.Path is not (null or "direct" or "bulk"))
            return Problems.Field("path", $"path is “{request.Path}”; it is direct or bulk, or left out.");
        var (store, problem) = await StoreChoice.Of(request.StoreId, planning.Stores, cancel);
        if (store is null)
            return problem!;
        var (products, wrong) = PushApi.Products(request.ProductIds);
        if (wrong is not null)
            return wrong;
        var (collections, unreadable) = PushApi.Ids(request.CollectionIds, "collectionIds", "GET /api/collections");
        if (unreadable is not null)
            return unreadable;
        var asked = new PushRequest(store.Id, string.IsNullOrWhiteSpace(request.Title) ? "Over REST" : request.Title.Trim(), user.AsAskedBy())
        {
            ProductIds = products, CollectionIds = collections, Path = request.Path, NeedsApproval = request.NeedsApproval is true,
        };
        return await prepare.Prepare(asked, cancel) switch
        {
            PreparePushOutcome.Prepared prepared => TypedResults.Created($"/api/sync/plans/{prepared.PlanId.Text()}",
                Answer.Of(PushApi.PushPlanData.Of((await planning.Read.Find(store.Id, prepared.PlanId, cancel))!), "Nothing was sent. The plan is kept.")),
            PreparePushOutcome.NothingWaits nothing => Problems.Of(StatusCodes.Status409Conflict, nothing.Sentence),
            _ => throw new InvalidOperationException("Planning has no other outcome."),
        };
    }

    private static async Task<Results<Ok<Answer<PushApi.PushPlanData>>, ProblemHttpResult>> One(string id, [AsParameters] Planning planning, CancellationToken cancel, string? storeId = null)
    {
        var (plan, problem) = await Find(id, storeId, planning, cancel);
        return plan is null ? problem! : TypedResults.Ok(Answer.Of(PushApi.PushPlanData.Of(plan)));
    }

    private static async Task<Results<Ok<Answer<IReadOnlyList<PlanItemAnswer>>>, ProblemHttpResult>> Items(
        string id, HttpRequest request, [AsParameters] Planning planning, CancellationToken cancel, string? storeId = null, string? after = null, string? size = null)
    {
        var most = StandardSize;
        if (!string.IsNullOrEmpty(size) && (!int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out most) || most is < 1 or > MostSize))
            return Problems.Field("size", $"size is “{size}”; it is a whole number from 1 to {MostSize}.");
        var place = PushPlace.Read(after, isBefore: false);
        if (!string.IsNullOrEmpty(after) && place is null)
            return Problems.Field("after", $"after is “{after}”; it is the place that meta.next of the page before names.");
        var (plan, problem) = await Find(id, storeId, planning, cancel);
        if (plan is null)
            return problem!;
        var items = await planning.Read.Items(plan.Id, null, place, most + 1, cancel);
        var next = items.Count > most ? NextPage.Of(request, new PushPlace(items[most - 1].ProductId, items[most - 1].Id, IsBefore: false).Text) : null;
        return TypedResults.Ok(Answer.Of<IReadOnlyList<PlanItemAnswer>>([.. items.Take(most).Select(PlanItemAnswer.Of)], null, new PageMeta(1, most, null, next)));
    }

    private static async Task<Results<Ok<Answer<PushApi.PushPlanData>>, ProblemHttpResult>> Approve(
        string id, HashRequest request, ClaimsPrincipal user, ApprovePush approve, [AsParameters] Planning planning, CancellationToken cancel)
    {
        if (string.IsNullOrEmpty(request.Hash))
            return NoHash();
        var (plan, problem) = await Find(id, request.StoreId, planning, cancel);
        if (plan is null)
            return problem!;
        if (plan.RunId is not null)
            return Problems.Of(StatusCodes.Status409Conflict, "This plan has been applied already.");
        if (!plan.NeedsApproval)
            return Problems.Of(StatusCodes.Status409Conflict, "This plan needs nobody’s approval.");
        return await approve.Approve(plan.StoreId, plan.Id, request.Hash, user.AsAskedBy(), cancel) switch
        {
            ApprovePushOutcome.Approved => TypedResults.Ok(Answer.Of(PushApi.PushPlanData.Of((await planning.Read.Find(plan.StoreId, plan.Id, cancel))!), "Approved as it stands.")),
            ApprovePushOutcome.OwnPlan => Problems.Of(StatusCodes.Status409Conflict, "Somebody else has to approve this plan: it is your own."),
            ApprovePushOutcome.Altered => Problems.Field("hash", "The plan was altered after it was looked at. Look at it again.", StatusCodes.Status409Conflict),
            _ => throw new InvalidOperationException("An approval has no other outcome."),
        };
    }

    private static async Task<Results<Accepted<Answer<PushApi.PushReference>>, ProblemHttpResult>> Start(
        string id, HashRequest request, ClaimsPrincipal user, StartPush start, [AsParameters] Planning planning, CancellationToken cancel)
    {
        if (string.IsNullOrEmpty(request.Hash))
            return NoHash();
        var (plan, problem) = await Find(id, request.StoreId, planning, cancel);
        if (plan is null)
            return problem!;
        return await start.Start(plan.StoreId, plan.Id, request.Hash, user.AsAskedBy(), cancel) switch
        {
            StartPushOutcome.Started started => TypedResults.Accepted(PushApi.Status(started.RunId), Answer.Of(new PushApi.PushReference(started.RunId.Text(), plan.Id.Text()), "The push is enqueued.")),
            StartPushOutcome.Refused refused => Problems.Of(StatusCodes.Status409Conflict, refused.Sentence),
            _ => throw new InvalidOperationException("Starting has no other outcome."),
        };
    }

    private static ProblemHttpResult NoHash() => Problems.Field("hash", "hash is missing: that of the plan as it was looked at, which GET /api/sync/plans/{id} answers.");

    private static async Task<(PushPlanRow? Plan, ProblemHttpResult? Problem)> Find(string id, string? storeId, Planning planning, CancellationToken cancel)
    {
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return (null, Problems.Field("id", $"id is “{id}”; it is the id of a push plan, digits only."));
        var (store, problem) = await StoreChoice.Of(storeId, planning.Stores, cancel);
        if (store is null)
            return (null, problem);
        return await planning.Read.Find(store.Id, number, cancel) is { } plan ? (plan, null) : (null, Problems.NotFound($"There is no push plan {id} in {store.Name}."));
    }

    public sealed record CreatePlanRequest(IReadOnlyList<string>? ProductIds, IReadOnlyList<string>? CollectionIds, string? Title, string? Path, bool? NeedsApproval, string? StoreId);

    public sealed record HashRequest(string? Hash, string? StoreId);

    /// <summary>What finding a plan needs.</summary>
    public sealed record Planning(ReadPushPlan Read, ListStores Stores);

    /// <summary>One row of a plan, of a product or of a collection; fields holds base and new of each field, outcome says what became of it.</summary>
    public sealed record PlanItemAnswer(string Id, string? ProductId, string? CollectionId, string Product, string Entity, string EntityId, string Name, string Kind, JsonObject Fields, bool LeftOut, string Status, string? Outcome)
    {
        public static PlanItemAnswer Of(PushItemRow item) => new(item.Id.Text(), item.CollectionId is null ? item.ProductId.Text() : null, item.CollectionId?.Text(), item.Product, item.Entity, item.EntityId.Text(), item.Name,
            item.Kind.ToString().ToLowerInvariant(), item.Fields, item.Excluded, PushItems.Word(item.Status), item.Outcome);
    }
}
