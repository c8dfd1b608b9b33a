using System.Globalization;
using System.Security.Claims;
using System.Text.Json.Nodes;
using CowansDashboard.Catalog;
using CowansDashboard.History;
using CowansDashboard.Stores;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CowansDashboard.Web.Api;

/// <summary>Products changed by programs, as a person would change them: checked, recorded, and waiting for Shopify.</summary>
public static class ChangeProductApi
{
    private const string Fields =
        "The body names only what shall change, with the names of the answer: title, descriptionHtml, vendor, productType, tags, status, handle (with redirectNewHandle), seo, categoryId, templateSuffix, requiresSellingPlan; " +
        "variants as a list of objects with id; media with id, alt and position; metafields with id or namespace and key, where a value of null removes one. " +
        "version is what the product had when it was read: another one answers 409 and names the fields that differ. " +
        "Idempotency-Key: the same key with the same body is carried out once and answered the same.";

    public static IEndpointRouteBuilder MapChangeProductApi(this IEndpointRouteBuilder app)
    {
        var products = app.MapGroup("/api/products").WithTags("Products").RequireAuthorization(Policies.Merchandiser);
        products.MapPut("/{id}", Change).WithIdempotencyKey().WithName("ChangeProduct")
            .WithSummary("Changes fields of a product, of its variants, media and metafields").WithDescription(Fields);
        return app;
    }

    private static async Task<Results<Ok<Answer<ProductDetailsAnswer>>, ProblemHttpResult>> Change(
        string id, JsonObject body, ClaimsPrincipal user, ListStores stores, ReadProduct read, SaveChangeSet save, CancellationToken cancel, string? storeId = null)
    {
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return Problems.Field("id", $"id is “{id}”; it is the id of the copy, digits only.");
        var (store, wrong) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return wrong!;
        if (await read.Read(store.Id, number, cancel) is not { DeletedAt: null } product)
            return Problems.NotFound($"There is no product {id} in {store.Name}.");

        var wanted = ProductBody.Read(body, product);
        if (wanted.Problems.Count > 0)
            return Problems.Fields("The body holds what cannot be changed.", wanted.Problems);
        if (wanted.Version is not { } version)
            return Problems.Field("version", $"version says which state of the product was seen; it has {product.Version} now.");
        if (version != product.Version)
            return Problems.Fields($"The product was changed meanwhile: version {product.Version}, not {version}. Nothing was saved.", wanted.Differing, StatusCodes.Status409Conflict);

        var person = user.AsAskedBy();
        var head = new ChangeSetHead(store.Id, ChangeSetKind.Edit, $"{product.Title}, over the API", null, person.Id, person.Name);
        switch (await save.Save(head, wanted.Wanted, StaleMeans.Refuse, cancel))
        {
            case SaveOutcome.Refused refused:
                return Problems.Fields("Nothing was saved.", refused.Problems.GroupBy(problem => wanted.PathOf(problem.Entity, problem.EntityId, problem.Field))
                    .ToDictionary(same => same.Key, same => same.Select(problem => problem.Sentence).ToArray()));
            case SaveOutcome.Stale stale:
                return Problems.Fields("Somebody changed these fields at this moment. Nothing was saved.",
                    stale.Fields.ToDictionary(field => wanted.PathOf(field.Entity, field.EntityId, field.Field), field => new[] { $"It is {field.Current?.ToJsonString() ?? "null"} now." }), StatusCodes.Status409Conflict);
            case SaveOutcome.Saved saved:
                var now = await read.Read(store.Id, number, cancel) ?? product;
                return TypedResults.Ok(Answer.Of(ProductDetailsAnswer.Of(now, store.Currency),
                    saved.ChangeSetId == 0 ? "Everything was so already." : string.Create(CultureInfo.InvariantCulture, $"{saved.Fields} changed, in change set {saved.ChangeSetId}; waiting for a push.")));
            default:
                throw new InvalidOperationException("A save has no other outcome.");
        }
    }
}
