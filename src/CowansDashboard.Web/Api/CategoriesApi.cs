using System.Globalization;
using System.Security.Claims;
using System.Text.Json.Nodes;
using CowansDashboard.Catalog.Categories;
using CowansDashboard.Stores;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CowansDashboard.Web.Api;

/// <summary>The team's own category tree, for programs.</summary>
public static class CategoriesApi
{
    private const int StandardSize = 50;
    private const int MostSize = 100;
    private const int MostLevels = 50;

    private const string Writes =
        "version is what the category had when it was read: another one answers 409. Idempotency-Key: the same key with the same body is carried out once and answered the same. "
        + "message names the change set, which POST /api/v1/categories/undo takes back.";

    public static IEndpointRouteBuilder MapCategoriesApi(this IEndpointRouteBuilder app)
    {
        var categories = app.MapGroup("/api/v1/categories").WithTags("Categories").RequireAuthorization(Policies.Viewer);
        categories.MapGet("/", List).WithName("ListCategories").WithSummary("The categories of the team's own tree, page by page")
            .WithDescription("parent_id narrows to the children of one, 0 to those at the top; include_deleted=true lists deleted ones too. page begins at 1, size is at most 100.");
        categories.MapGet("/tree", Tree).WithName("CategoryTree").WithSummary("The tree, or what lies below parent_id, with the products of everything below")
            .WithDescription("depth says how many levels; all of them unless the address says otherwise, at most 50.");
        categories.MapGet("/search", Search).WithName("SearchCategories").WithSummary("Categories whose full name holds every word of q");
        categories.MapGet("/{id}", One).WithName("Category").WithSummary("A category: its place, its attributes with those that it inherits, what lies in it");
        var writes = app.MapGroup("/api/v1/categories").WithTags("Categories").RequireAuthorization(Policies.Merchandiser);
        writes.MapPost("/", Create).WithIdempotencyKey().WithName("CreateCategory").WithSummary("Makes a category")
            .WithDescription("name; parentId (left out: at the top), index (how many siblings stand before it), attributes, taxonomyId. " + Writes);
        writes.MapPut("/{id}", Change).WithIdempotencyKey().WithName("ChangeCategory").WithSummary("Changes name, attributes or taxonomyId of a category")
            .WithDescription("The body names only what shall change, and version. attributes holds all that are set here: a list of texts without commas, an empty one for free text, null where an inherited one does not count. taxonomyId null: that of the nearest category above counts. " + Writes);
        writes.MapDelete("/{id}", Delete).WithName("DeleteCategory").WithSummary("Deletes a category, which can be restored")
            .WithDescription("Answers 409 while anything lies in it, unless to=up moves that to the category above, to=<id> to another one, or force=true deletes the categories below as well.");
        writes.MapPost("/{id}/move", Move).WithIdempotencyKey().WithName("MoveCategory").WithSummary("Moves a category with everything below it")
            .WithDescription("parentId (null: to the top), index (how many siblings stand before it; left out: last), version. " + Writes);
        writes.MapPost("/{id}/restore", Restore).WithIdempotencyKey().WithName("RestoreCategory").WithSummary("Restores a deleted category with what was deleted along with it")
            .WithDescription("name where its own is taken by now, which answers 409; parentId where it shall lie elsewhere, null for the top. " + Writes);
        writes.MapPost("/undo", Undo).WithIdempotencyKey().WithName("UndoCategories").WithSummary("Takes a change set of the tree back; what was changed later stays and is named");
        writes.MapPost("/taxonomy", Import).Accepts<string>("text/plain").WithName("ImportTaxonomy").WithSummary("Takes in Shopify's file of categories, to map to")
            .WithDescription("The body is dist/en/categories.txt of Shopify/product-taxonomy. Wrong lines are named by their numbers, and nothing is taken in then; the same file again changes nothing.");
        app.MapCategoryProductsApi();
        return app;
    }

    private static async Task<Results<Ok<Answer<IReadOnlyList<OwnCategoryAnswer>>>, ProblemHttpResult>> List(
        HttpRequest request, ListCategories list, ListStores stores, CancellationToken cancel, string? storeId = null, string? page = null, string? size = null)
    {
        var parent = request.Query["parent_id"].ToString();
        long? parentId = null;
        if (parent.Length > 0)
        {
            if (!long.TryParse(parent, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return Problems.Field("parent_id", $"parent_id is “{parent}”; it is the id of a category, or 0 for the top.");
            parentId = number;
        }
        if (Whole(page, 1, 1_000_000) is not { } from)
            return Problems.Field("page", $"page is “{page}”; it is a whole number from 1 on.");
        if (Whole(size, StandardSize, MostSize) is not { } most)
            return Problems.Field("size", $"size is “{size}”; it is a whole number from 1 to {MostSize}.");
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return problem!;
        var found = await list.List(store.Id, parentId, request.Query["include_deleted"] == "true", from, most, cancel);
        var next = (long)from * most < found.Total ? request.Path + QueryString.Create(
            [.. request.Query.Where(each => each.Key != "page").SelectMany(each => each.Value.Select(value => KeyValuePair.Create(each.Key, value))), KeyValuePair.Create<string, string?>("page", (from + 1L).Text())]) : null;
        return TypedResults.Ok(Answer.Of<IReadOnlyList<OwnCategoryAnswer>>([.. found.Nodes.Select(OwnCategoryAnswer.Of)], null, new PageMeta(from, most, found.Total, next)));
    }

    private static async Task<Results<Ok<Answer<IReadOnlyList<CategoryBranchAnswer>>>, ProblemHttpResult>> Tree(
        HttpRequest request, ReadCategoryTree read, ReadCategories categories, ListStores stores, CancellationToken cancel, string? storeId = null, string? depth = null)
    {
        if (Whole(depth, MostLevels, MostLevels) is not { } levels)
            return Problems.Field("depth", $"depth is “{depth}”; it is a whole number from 1 to {MostLevels}.");
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return problem!;
        Category? from = null;
        if (request.Query["parent_id"].ToString() is { Length: > 0 } parent)
        {
            (from, problem) = await Living(parent, store, categories, cancel);
            if (from is null)
                return problem!;
        }
        return TypedResults.Ok(Answer.Of<IReadOnlyList<CategoryBranchAnswer>>([.. (await read.Read(store.Id, from, levels, cancel)).Select(CategoryBranchAnswer.Of)]));
    }

    private static async Task<Results<Ok<Answer<IReadOnlyList<FoundCategoryAnswer>>>, ProblemHttpResult>> Search(FindOwnCategories find, ListStores stores, CancellationToken cancel, string? q = null, string? storeId = null)
    {
        if (string.IsNullOrWhiteSpace(q))
            return Problems.Field("q", "q holds the words to look for.");
        if (q.Contains('\0'))
            return Problems.Field("q", "q holds a character that no name has.");
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        return store is null ? problem!
            : TypedResults.Ok(Answer.Of<IReadOnlyList<FoundCategoryAnswer>>([.. (await find.Find(store.Id, q, StandardSize, cancel)).Select(each => new FoundCategoryAnswer(each.Id.Text(), each.Name, each.FullName, each.ParentId?.Text(), each.Version))]));
    }

    private static async Task<Results<Ok<Answer<CategoryDetailsAnswer>>, ProblemHttpResult>> One(string id, ReadCategories read, ReadContents contents, ListStores stores, CancellationToken cancel, string? storeId = null)
    {
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return problem!;
        if (!Id(id, out var number) || await read.Find(store.Id, number, cancel) is not { } node)
            return Missing(id, store);
        var above = await read.Above(node.Category, cancel);
        return TypedResults.Ok(Answer.Of(CategoryDetailsAnswer.Of(node, above, await contents.Read(store.Id, node.Category, cancel))));
    }

    private static async Task<Results<Created<Answer<OwnCategoryAnswer>>, ProblemHttpResult>> Create(
        JsonObject body, ClaimsPrincipal user, CreateCategory create, ReadCategories read, ListStores stores, CancellationToken cancel, string? storeId = null)
    {
        var wanted = CategoryBody.Read(body, "name", "parentId", "index", "attributes", "taxonomyId");
        if (wanted.Name is null)
            wanted.Wrong("name", "A category needs a name.");
        if (wanted.Problems.Count > 0)
            return Problems.Fields("The body is no category that can be made.", wanted.Problems);
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return problem!;
        var outcome = await create.Create(store.Id, new NewCategory(wanted.Name!) { ParentId = wanted.ParentId, Index = wanted.Index, Attributes = wanted.Attributes, TaxonomyId = wanted.TaxonomyId }, user.AsAskedBy(), cancel);
        if (outcome is not CategoryOutcome.Done done)
            return Refused(outcome, "", store);
        return TypedResults.Created($"/api/v1/categories/{done.Category.Id.Text()}", Answer.Of(OwnCategoryAnswer.Of((await read.Find(store.Id, done.Category.Id, cancel))!), Said(done)));
    }

    private static async Task<Results<Ok<Answer<OwnCategoryAnswer>>, ProblemHttpResult>> Change(
        string id, JsonObject body, ClaimsPrincipal user, ChangeCategory change, ReadCategories read, ListStores stores, CancellationToken cancel, string? storeId = null)
    {
        var wanted = CategoryBody.Read(body, "version", "name", "attributes", "taxonomyId");
        if (wanted.Version is null)
            wanted.Wrong("version", "version says which state of the category was seen.");
        return await Written(id, wanted, storeId, stores, read, (store, number) =>
            change.Change(store, number, wanted.Version ?? 0, new CategoryChange { Name = wanted.Name, Attributes = wanted.Attributes, TaxonomyId = body.ContainsKey("taxonomyId") ? wanted.TaxonomyId ?? "" : null }, user.AsAskedBy(), cancel), cancel);
    }

    private static async Task<Results<Ok<Answer<OwnCategoryAnswer>>, ProblemHttpResult>> Move(
        string id, JsonObject body, ClaimsPrincipal user, MoveCategory move, ReadCategories read, ListStores stores, CancellationToken cancel, string? storeId = null)
    {
        var wanted = CategoryBody.Read(body, "version", "parentId", "index");
        if (wanted.Version is null)
            wanted.Wrong("version", "version says which state of the category was seen.");
        if (wanted.Problems.Count == 0 && !body.ContainsKey("parentId"))
            wanted.Wrong("parentId", "parentId is the category to lie below, null for the top.");
        return await Written(id, wanted, storeId, stores, read, (store, number) => move.Move(store, number, wanted.ParentId, wanted.Index, wanted.Version, user.AsAskedBy(), cancel), cancel);
    }

    private static Task<Results<Ok<Answer<OwnCategoryAnswer>>, ProblemHttpResult>> Restore(
        string id, JsonObject body, ClaimsPrincipal user, RestoreCategory restore, ReadCategories read, ListStores stores, CancellationToken cancel, string? storeId = null)
    {
        var wanted = CategoryBody.Read(body, "name", "parentId");
        return Written(id, wanted, storeId, stores, read, (store, number) =>
            restore.Restore(store, number, new RestoredPlace { Name = wanted.Name, Elsewhere = body.ContainsKey("parentId"), ParentId = wanted.ParentId }, user.AsAskedBy(), cancel), cancel, StatusCodes.Status409Conflict);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        string id, ClaimsPrincipal user, DeleteCategory delete, ListStores stores, CancellationToken cancel, string? storeId = null, string? force = null, string? to = null, string? version = null)
    {
        ContentsGo? go = (force, to) switch
        {
            ("true", null or "") => new ContentsGo.Along(),
            (not "true", "up") => new ContentsGo.Up(),
            (not "true", null or "") => new ContentsGo.Nowhere(),
            (not "true", var into) when Id(into, out var target) => new ContentsGo.Into(target),
            _ => null,
        };
        if (go is null)
            return Problems.Field("to", "to is up, or the id of a category that is not deleted along; force=true stands alone.");
        if (!string.IsNullOrEmpty(version) && !int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            return Problems.Field("version", $"version is “{version}”; it is a whole number.");
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return problem!;
        if (!Id(id, out var number))
            return Missing(id, store);
        var outcome = await delete.Delete(store.Id, number, string.IsNullOrEmpty(version) ? null : int.Parse(version, CultureInfo.InvariantCulture), go, user.AsAskedBy(), cancel);
        return outcome is CategoryOutcome.Done ? TypedResults.NoContent() : Refused(outcome, id, store, StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<Answer<UndoneAnswer>>, ProblemHttpResult>> Undo(JsonObject body, ClaimsPrincipal user, UndoCategories undo, ListStores stores, CancellationToken cancel, string? storeId = null)
    {
        var text = body["changeSetId"]?.ToString();
        if (!Id(text, out var set))
            return Problems.Field("changeSetId", $"changeSetId is “{text}”; it is the id of a change set.");
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return problem!;
        return await undo.Undo(store.Id, set, user.AsAskedBy(), cancel) is { } undone
            ? TypedResults.Ok(Answer.Of(new UndoneAnswer(undone.ChangeSetId == 0 ? null : undone.ChangeSetId.Text(), undone.Returned, undone.Stays), undone.Returned == 0 ? "Nothing was left to take back." : null))
            : Problems.NotFound($"There is no change set {text} of categories in {store.Name}.");
    }

    private static async Task<Results<Ok<Answer<TaxonomyAnswer>>, ProblemHttpResult>> Import(HttpRequest request, ImportTaxonomy import, CancellationToken cancel)
    {
        var imported = await import.Import(request.Body, cancel);
        return imported.Errors.Count > 0
            ? Problems.Fields("Nothing was taken in.", new Dictionary<string, string[]> { ["body"] = [.. imported.Errors] })
            : TypedResults.Ok(Answer.Of(new TaxonomyAnswer(imported.Added, imported.Changed, imported.Same)));
    }

    private static async Task<Results<Ok<Answer<OwnCategoryAnswer>>, ProblemHttpResult>> Written(
        string id, CategoryBody wanted, string? storeId, ListStores stores, ReadCategories read, Func<long, long, Task<CategoryOutcome>> write, CancellationToken cancel, int refused = StatusCodes.Status400BadRequest)
    {
        if (wanted.Problems.Count > 0)
            return Problems.Fields("The body holds what cannot be carried out.", wanted.Problems);
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return problem!;
        if (!Id(id, out var number))
            return Missing(id, store);
        var outcome = await write(store.Id, number);
        return outcome is CategoryOutcome.Done done
            ? TypedResults.Ok(Answer.Of(OwnCategoryAnswer.Of((await read.Find(store.Id, number, cancel))!), Said(done)))
            : Refused(outcome, id, store, refused);
    }

    internal static async Task<(Category? Category, ProblemHttpResult? Problem)> Living(string id, StoreRow store, ReadCategories read, CancellationToken cancel) =>
        Id(id, out var number) && await read.Find(store.Id, number, cancel) is { Category: { DeletedAt: null } category } ? (category, null) : (null, Missing(id, store));

    private static ProblemHttpResult Refused(CategoryOutcome outcome, string id, StoreRow store, int refused = StatusCodes.Status400BadRequest) => outcome switch
    {
        CategoryOutcome.NotFound => Missing(id, store),
        CategoryOutcome.Stale stale => Problems.Field("version", $"The category was changed meanwhile: it has version {stale.Now.Version}. Nothing was saved.", StatusCodes.Status409Conflict),
        // A name that is taken fits no more; anything else is no good at all.
        CategoryOutcome.Refused { Field: "name" } taken when taken.Sentence.StartsWith("There is", StringComparison.Ordinal) => Problems.Field("name", taken.Sentence, StatusCodes.Status409Conflict),
        CategoryOutcome.Refused wrong => Problems.Field(wrong.Field, wrong.Sentence, refused),
        CategoryOutcome.InUse { Contents: var contents } => Problems.Of(StatusCodes.Status409Conflict, string.Create(CultureInfo.InvariantCulture,
            $"{contents.Below:N0} categories and {contents.Products:N0} products lie in it. Nothing was deleted; say to=up, to=<id of a category> or force=true.")),
        _ => throw new InvalidOperationException("A change of the tree has no other outcome."),
    };

    private static ProblemHttpResult Missing(string id, StoreRow store) => Problems.NotFound($"There is no category {id} in {store.Name}.");

    private static string Said(CategoryOutcome.Done done) =>
        done.ChangeSetId == 0 ? "Everything was so already." : string.Create(CultureInfo.InvariantCulture, $"Done, in change set {done.ChangeSetId}.");

    internal static bool Id(string? text, out long id) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);

    internal static int? Whole(string? text, int standard, int most) =>
        string.IsNullOrEmpty(text) ? standard : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 && number <= most ? number : null;
}
