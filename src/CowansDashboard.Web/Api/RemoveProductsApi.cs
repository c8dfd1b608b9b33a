using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Catalog;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.History;
using CowansDashboard.Stores;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Products;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace CowansDashboard.Web.Api;

/// <summary>Deleting products with a time in which they can be restored, excluding them here, and restoring them, from programs.</summary>
public static class RemoveProductsApi
{
    private const string Deleting =
        "The product is archived in Shopify by the next push, or at once with push, and deleted there rollbackHours after Shopify has confirmed that (24 unless the setting says otherwise). "
        + "keepInShopify leaves it in Shopify as it is and no longer shows it here. version is what the product had when it was read: another one answers 409. "
        + "All may stand in the body or in the address. Idempotency-Key: the same key with the same request is carried out once and answered the same.";

    public static IEndpointRouteBuilder MapRemoveProductsApi(this IEndpointRouteBuilder app)
    {
        var products = app.MapGroup("/api/products").WithTags("Products").RequireAuthorization(Policies.Merchandiser);
        products.MapDelete("/{id}", Delete).WithIdempotencyKey().WithName("DeleteProduct")
            .WithSummary("Deletes a product, with a window in which it can be restored").WithDescription(Deleting);
        products.MapPost("/{id}/rollback", RollBack).WithIdempotencyKey().WithName("RollBackProduct")
            .WithSummary("Restores a product that was deleted or excluded here")
            .WithDescription("Its earlier status and what was pending of it return, under the same ids and addresses in Shopify. With push its status goes to Shopify at once; reason stands in the history.");
        products.MapDelete("/batch/delete", DeleteMany).WithName("DeleteProducts")
            .WithSummary("Deletes many products, or excludes them here")
            .WithDescription("Products are named by productIds or by matching, as in the other batches. count is how many go, as dryRun answers it: without it, or with another number, the answer is 409 and nothing is changed. " + Deleting);
        return app;
    }

    private static async Task<Results<Ok<Answer<RemovalAnswer>>, ProblemHttpResult>> Delete(
        string id, [FromBody(EmptyBodyBehavior = EmptyBodyBehavior.Allow)] JsonObject? body, HttpRequest request, ClaimsPrincipal user, [AsParameters] Removing removing, CancellationToken cancel)
    {
        var (asked, wrong) = Asked.Read(body, request.Query, ["version", "rollbackHours", "keepInShopify", "reason", "push", "storeId"]);
        if (wrong is not null)
            return wrong;
        var (store, product, problem) = await Find(id, asked!.StoreId, removing, cancel);
        if (product is null)
            return problem!;
        if (product.DeletedAt is not null)
            return Problems.NotFound($"There is no product {id} in {store!.Name}.");
        if (asked.Version is not { } version)
            return Problems.Field("version", $"version says which state of the product was seen; it has {product.Version} now.");
        if (version != product.Version)
            return Problems.Of(StatusCodes.Status409Conflict, $"The product was changed meanwhile: version {product.Version}, not {version}. Nothing was deleted.");
        if (product.Removal is not null)
            return Problems.Of(StatusCodes.Status409Conflict, "The product is removed already.");
        var person = user.AsAskedBy();
        var how = asked.KeepInShopify ? Removal.KeptInShopify : new Removal(asked.RollbackHours ?? removing.Options.RollbackHours);
        var title = $"{(asked.KeepInShopify ? "Excluded here" : "Deleted")}: {product.Title}, over the API";
        return await removing.Delete.Delete(new DeleteRequest(store!.Id, [product.Id], how, title, person.Id, person.Name) { Reason = asked.Reason, Version = version }, cancel) switch
        {
            SaveOutcome.Saved saved => TypedResults.Ok(Answer.Of(await Answered(store.Id, product.Id, saved.ChangeSetId, asked.Push, user, removing, cancel), Sentence(product, how))),
            SaveOutcome.Refused refused => Problems.Of(StatusCodes.Status409Conflict, $"{refused.Problems[0].Sentence} Nothing was deleted."),
            _ => Problems.Of(StatusCodes.Status409Conflict, "Somebody removed it at this moment. Nothing was changed."),
        };
    }

    private static async Task<Results<Ok<Answer<RemovalAnswer>>, ProblemHttpResult>> RollBack(
        string id, [FromBody(EmptyBodyBehavior = EmptyBodyBehavior.Allow)] JsonObject? body, HttpRequest request, ClaimsPrincipal user, [AsParameters] Removing removing, CancellationToken cancel)
    {
        var (asked, wrong) = Asked.Read(body, request.Query, ["reason", "push", "storeId"]);
        if (wrong is not null)
            return wrong;
        var (store, product, problem) = await Find(id, asked!.StoreId, removing, cancel);
        if (product is null)
            return problem!;
        var person = user.AsAskedBy();
        var outcome = await removing.RollBack.RollBack(store!.Id, [product.Id], asked.Reason, person.Id, person.Name, cancel);
        if (outcome.Left is [var left, ..])
            return Problems.Of(StatusCodes.Status409Conflict, left.Sentence);
        if (outcome.ChangeSets is not [var changeSet, ..])
            return Problems.Of(StatusCodes.Status409Conflict, product is { DeletedAt: not null, Removal: not null }
                ? "Shopify has deleted the product: its time to be restored is over."
                : "The product is not removed, so there is nothing to restore.");
        return TypedResults.Ok(Answer.Of(await Answered(store.Id, product.Id, changeSet, asked.Push, user, removing, cancel), "The product is here again, with what was pending of it."));
    }

    private static async Task<Results<Accepted<Answer<BatchEditsApi.BatchReference>>, Ok<Answer<BatchEditsApi.BatchCounts>>, ProblemHttpResult>> DeleteMany(
        [FromBody] BatchDelete request, ClaimsPrincipal user, [AsParameters] BatchEditsApi.Editing editing, CatalogOptions options, CancellationToken cancel) =>
        await BatchEditsApi.Edit(request, new DeleteAction(request.KeepInShopify is true ? null : request.RollbackHours ?? options.RollbackHours), "rollbackHours", request.Count, user, editing, cancel);

    private static string Sentence(ProductDetails product, Removal how) =>
        product.ShopifyId is null ? "The product existed here only and is deleted at once; it can be restored."
        : how.Hours is { } hours ? string.Create(CultureInfo.InvariantCulture, $"The product is archived by the next push, and deleted in Shopify {hours} hours after that.")
        : "The product stays in Shopify and is no longer shown here.";

    private static async Task<(StoreRow? Store, ProductDetails? Product, ProblemHttpResult? Problem)> Find(string id, string? storeId, Removing removing, CancellationToken cancel)
    {
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return (null, null, Problems.Field("id", $"id is “{id}”; it is the id of the copy, digits only."));
        var (store, wrong) = await StoreChoice.Of(storeId, removing.Stores, cancel);
        if (store is null)
            return (null, null, wrong);
        return await removing.Read.Read(store.Id, number, cancel) is { } product
            ? (store, product, null)
            : (store, null, Problems.NotFound($"There is no product {id} in {store.Name}."));
    }

    private static async Task<RemovalAnswer> Answered(long storeId, long productId, long changeSetId, bool push, ClaimsPrincipal user, Removing removing, CancellationToken cancel)
    {
        var sent = push ? (await removing.PushStatus.Push(storeId, [productId], user.AsAskedBy(), cancel)).RunId : null;
        var removed = (await removing.Removals.Of(storeId, [productId], cancel)).GetValueOrDefault(productId);
        var now = await removing.Read.Read(storeId, productId, cancel);
        return new RemovalAnswer(productId.Text(), now?.Version ?? 0, removed is null ? null : removed.How.Hours is null, removed?.How.Hours, changeSetId.Text(),
            removed?.ConfirmedAt?.ToUniversalTime(), removed?.EndsAt?.ToUniversalTime(), sent?.Text());
    }

    /// <summary>How a product is removed; without keptInShopify it is not. runId is the push that was asked for.</summary>
    public sealed record RemovalAnswer(
        string Id, int Version, bool? KeptInShopify, int? RollbackHours, string ChangeSetId, DateTimeOffset? ConfirmedAt, DateTimeOffset? EndsAt, string? RunId);

    /// <summary>Which products go, for how long they can be restored, and how many the sender expects.</summary>
    public sealed record BatchDelete(int? RollbackHours, bool? KeepInShopify, long? Count) : BatchEditsApi.BatchRequest;

    /// <summary>The use cases of one removal.</summary>
    public sealed record Removing(
        DeleteProducts Delete, RollBackProducts RollBack, ReadRemovals Removals, ReadProduct Read, PushStatus PushStatus, ListStores Stores, CatalogOptions Options);

    /// <summary>What a request says, in its body or in its address.</summary>
    private sealed record Asked(int? Version, int? RollbackHours, bool KeepInShopify, string? Reason, bool Push, string? StoreId)
    {
        public static (Asked? Asked, ProblemHttpResult? Wrong) Read(JsonObject? body, IQueryCollection query, string[] known)
        {
            foreach (var name in (body?.Select(field => field.Key) ?? []).Concat(query.Keys))
                if (!known.Contains(name))
                    return (null, Problems.Field(name, $"“{name}” is no field of this request; {string.Join(", ", known)} are."));
            string? Text(string name) => body?[name] is { } value ? value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString() : query[name].FirstOrDefault();
            foreach (var (name, most) in new[] { ("version", int.MaxValue), ("rollbackHours", Removal.MostHours) })
                if (Text(name) is { } typed && !(int.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most && (name == "version" || number > 0)))
                    return (null, Problems.Field(name, name == "version" ? $"version is “{typed}”; it is a whole number, as GET answered it." : $"rollbackHours is “{typed}”; it is a whole number from 1 to {Removal.MostHours}."));
            foreach (var name in new[] { "keepInShopify", "push" })
                if (Text(name) is { } typed && typed is not ("true" or "false"))
                    return (null, Problems.Field(name, $"{name} is “{typed}”; it is true or false."));
            int? Whole(string name) => Text(name) is { } typed ? int.Parse(typed, CultureInfo.InvariantCulture) : null;
            return (new Asked(Whole("version"), Whole("rollbackHours"), Text("keepInShopify") == "true", Text("reason"), Text("push") == "true", Text("storeId")), null);
        }
    }
}
