using System.Globalization;
using System.Security.Claims;
using CowansDashboard.Collections.Ordering;
using CowansDashboard.History;
using CowansDashboard.Stores;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CowansDashboard.Web.Api;

/// <summary>The rules by which collections are put in order, for programs.</summary>
public static class CollectionOrderApi
{
    public static IEndpointRouteBuilder MapCollectionOrderApi(this IEndpointRouteBuilder app)
    {
        var rule = app.MapGroup("/api/collections/{id}/order-rule").WithTags("Collections");
        rule.MapGet("/", Read).RequireAuthorization(Policies.Viewer).WithName("GetOrderRule")
            .WithSummary("By what rule a collection is put in order, and how many products it would move now");
        rule.MapPut("/", Save).RequireAuthorization(Policies.Merchandiser).WithName("PutOrderRule")
            .WithSummary("Sets the rule; no product is moved by it")
            .WithDescription($"`sortedBy` is {OrderRule.Words}; `pinned` are product ids of the copy that stay on top; with `isKept` the collection is put in order again each night, and with `sends` too what has moved is sent to Shopify at once, in the name of whoever set the rule and within what one person may send; other edits that wait on the collection stay.");
        rule.MapDelete("/", Forget).RequireAuthorization(Policies.Merchandiser).WithName("DeleteOrderRule").WithSummary("Forgets the rule; the order stays as it is");
        rule.MapPost("/apply", Apply).RequireAuthorization(Policies.Merchandiser).WithName("ApplyOrderRule")
            .WithSummary("Puts the collection in order by its rule; the order waits for a push and can be undone");
        return app;
    }

    private static Task<Results<Ok<Answer<OrderRuleAnswer>>, ProblemHttpResult>> Read(string id, ListStores stores, ReadOrderRule read, CancellationToken cancel, string? storeId = null) =>
        Answered(id, storeId, stores, read, (_, _) => Task.FromResult<ProblemHttpResult?>(null), cancel);

    private static Task<Results<Ok<Answer<OrderRuleAnswer>>, ProblemHttpResult>> Save(
        string id, OrderRuleBody body, ClaimsPrincipal user, ListStores stores, ReadOrderRule read, SaveOrderRule save, CancellationToken cancel, string? storeId = null) =>
        Answered(id, storeId, stores, read, async (store, collection) => OrderRule.Of(body.SortedBy) is not { } by
            ? Problems.Field("sortedBy", $"sortedBy is “{body.SortedBy}”; it is {OrderRule.Words}.")
            : await save.Save(store, collection, new OrderRule(by, body.Pinned ?? [], body.SoldOutLast) { IsKept = body.IsKept, Sends = body.Sends }, user.AsAskedBy(), cancel) is { } wrong ? Problems.Field(wrong.Field, wrong.Sentence) : null, cancel);

    private static Task<Results<Ok<Answer<OrderRuleAnswer>>, ProblemHttpResult>> Forget(
        string id, ClaimsPrincipal user, ListStores stores, ReadOrderRule read, SaveOrderRule save, CancellationToken cancel, string? storeId = null) =>
        Answered(id, storeId, stores, read, async (store, collection) =>
        {
            await save.Save(store, collection, null, user.AsAskedBy(), cancel);
            return null;
        }, cancel);

    private static Task<Results<Ok<Answer<OrderRuleAnswer>>, ProblemHttpResult>> Apply(
        string id, ClaimsPrincipal user, ListStores stores, ReadOrderRule read, ApplyOrderRule apply, CancellationToken cancel, string? storeId = null) =>
        Answered(id, storeId, stores, read, async (store, collection) => await apply.Apply(store, collection, user.AsAskedBy(), cancel) switch
        {
            null => Problems.Of(StatusCodes.Status409Conflict, "The collection has no rule: PUT one first."),
            SaveOutcome.Stale => Problems.Of(StatusCodes.Status409Conflict, "Somebody put the collection in order at the same moment: try again."),
            SaveOutcome.Refused refused => Problems.Field(refused.Problems[0].Field, refused.Problems[0].Sentence),
            _ => null,
        }, cancel);

    private static async Task<Results<Ok<Answer<OrderRuleAnswer>>, ProblemHttpResult>> Answered(
        string id, string? storeId, ListStores stores, ReadOrderRule read, Func<long, long, Task<ProblemHttpResult?>> act, CancellationToken cancel)
    {
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var collection))
            return Problems.Field("id", $"id is “{id}”; it is the id of the copy, digits only.");
        var (store, wrong) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return wrong!;
        if (await read.Read(store.Id, collection, null, cancel) is null)
            return Problems.NotFound($"There is no collection {id} in {store.Name}.");
        if (await act(store.Id, collection) is { } problem)
            return problem;
        return await read.Read(store.Id, collection, null, cancel) is { } plan ? TypedResults.Ok(Answer.Of(OrderRuleAnswer.Of(plan))) : Problems.NotFound($"There is no collection {id} in {store.Name}.");
    }

    public sealed record OrderRuleBody(string? SortedBy, IReadOnlyList<long>? Pinned = null, bool SoldOutLast = false, bool IsKept = false, bool Sends = false);

    /// <summary>The rule, or sortedBy null where there is none, and how many products it would move now.</summary>
    public sealed record OrderRuleAnswer(string? SortedBy, IReadOnlyList<long> Pinned, bool SoldOutLast, bool IsKept, bool Sends, string? ChangedBy, DateTimeOffset? ChangedAt, DateTimeOffset? LastAt, string? LastSaid, int Products, int Moves)
    {
        internal static OrderRuleAnswer Of(OrderPlan plan) => new(
            plan.Rule is { } rule ? OrderRule.Word(rule.By) : null, plan.Rule?.Pinned ?? [], plan.Rule?.SoldOutLast ?? false, plan.Rule?.IsKept ?? false, plan.Rule?.Sends ?? false, plan.Set?.By, plan.Set?.At, plan.Last?.At.ToUniversalTime(), plan.Last?.Said, plan.Now.Count, plan.Moved);
    }
}
