using System.Globalization;
using System.Security.Claims;
using System.Text.Json.Nodes;
using CowansDashboard.Catalog;
using CowansDashboard.Catalog.Bulk;
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
        "A price that becomes 0, or that moves further than one person may move prices in the shop, answers 409 unless confirm is true, with confirmZeros, the number of prices that become 0, where there are any. " +
        "Idempotency-Key: the same key with the same body is carried out once and answered the same.";

    private const string NewFields =
        "title, and the other fields that a product can be changed in; options as a list of name and values; variants with price and one of optionValues for each option, " +
        "or one variant without optionValues where there are no options. status is draft unless the body says otherwise. Idempotency-Key: the same key with the same body makes one product.";

    public static IEndpointRouteBuilder MapChangeProductApi(this IEndpointRouteBuilder app)
    {
        var products = app.MapGroup("/api/products").WithTags("Products").RequireAuthorization(Policies.Merchandiser);
        products.MapPost("/", Create).WithIdempotencyKey().WithName("CreateProduct")
            .WithSummary("Makes a product in the copy, which a push makes in Shopify").WithDescription(NewFields);
        products.MapPut("/{id}", Change).WithIdempotencyKey().WithName("ChangeProduct")
            .WithSummary("Changes fields of a product, of its variants, media and metafields").WithDescription(Fields);
        return app;
    }

    private static async Task<Results<Created<Answer<ProductDetailsAnswer>>, ProblemHttpResult>> Create(
        JsonObject body, ClaimsPrincipal user, ListStores stores, ReadProduct read, CreateProduct create, CancellationToken cancel, string? storeId = null)
    {
        var (store, wrong) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return wrong!;
        var wanted = NewProductBody.Read(body);
        if (wanted.Problems.Count > 0)
            return Problems.Fields("The body is no product that can be made.", wanted.Problems);

        var person = user.AsAskedBy();
        var head = new ChangeSetHead(store.Id, ChangeSetKind.Create, $"{body["title"]}, new, over the API", null, person.Id, person.Name);
        var outcome = await create.Create(head, wanted.Wanted, cancel);
        if (outcome is SaveOutcome.Refused refused)
            return Problems.Fields("Nothing was made.", refused.Problems.GroupBy(problem => problem.Entity == CatalogueFields.Product ? Camel(problem.Field) : $"{problem.Entity}s.{Camel(problem.Field)}")
                .ToDictionary(same => same.Key, same => same.Select(problem => problem.Sentence).ToArray()));
        var saved = (SaveOutcome.Saved)outcome;
        var id = saved.Created[CreateProduct.Key];
        var made = await read.Read(store.Id, id, cancel) ?? throw new InvalidOperationException("What was made is there.");
        return TypedResults.Created($"/api/products/{id.Text()}", Answer.Of(ProductDetailsAnswer.Of(made, store.Currency), "Made as a draft of the copy; waiting for a push."));
    }

    private static async Task<Results<Ok<Answer<ProductDetailsAnswer>>, ProblemHttpResult>> Change(
        string id, JsonObject body, ClaimsPrincipal user, ListStores stores, ReadProduct read, ReadGuardLimits limits, SaveChangeSet save, CancellationToken cancel, string? storeId = null)
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
        if (wanted.Unconfirmed(await limits.Read(store.Id, cancel)) is { } unconfirmed)
            return Problems.Of(StatusCodes.Status409Conflict, unconfirmed);

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

    private static string Camel(string column) =>
        System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(string.Concat(column.Split('_').Select(word => word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..])));
}
