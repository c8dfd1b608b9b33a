using System.Security.Claims;
using System.Text.Json.Serialization;
using CowansDashboard.Collections.Automatic;
using CowansDashboard.Runs;
using CowansDashboard.Stores;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CowansDashboard.Web.Api;

/// <summary>The rules by which types, vendors, tags and categories get collections, for programs.</summary>
public static class AutomaticCollectionsApi
{
    private const string By = "type, vendor, tag or category";

    public static IEndpointRouteBuilder MapAutomaticCollectionsApi(this IEndpointRouteBuilder app)
    {
        var rules = app.MapGroup("/api/collections/automatic/{by}").WithTags("Collections");
        rules.MapGet("/", Read).RequireAuthorization(Policies.Viewer).WithName("GetAutomaticCollections")
            .WithSummary("A rule for automatic collections, and what it would do now").WithDescription($"`by` is {By}.");
        rules.MapPut("/", Save).RequireAuthorization(Policies.Merchandiser).WithName("PutAutomaticRule")
            .WithSummary("Sets a rule for automatic collections; no collection is made by it")
            .WithDescription("With `isKept` new ones are made each night, and with `sends` too they are sent to Shopify at once, in the name of whoever set the rule and within what one person may send. `lastAt` and `lastSaid` tell of the last night. `namePattern` holds {name}.");
        rules.MapPost("/make", Make).RequireAuthorization(Policies.Merchandiser).WithName("MakeAutomaticCollections")
            .WithSummary("Makes the collections that the rule asks for and that are not there yet; they wait for a push")
            .WithDescription("Asked again it makes none twice. `value`, as often as wanted, makes only these; for a value of the step gone, whose collection was deleted, that is the only way.");
        return app;
    }

    private static async Task<Results<Ok<Answer<AutomaticAnswer>>, ProblemHttpResult>> Read(string by, ReadAutomaticCollections read, ListStores stores, CancellationToken cancel, string? storeId = null)
    {
        if (AutomaticRule.Of(by) is not { } grouped)
            return Unknown(by);
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        return store is null ? problem! : TypedResults.Ok(Answer.Of(AutomaticAnswer.Of(await read.Read(store.Id, grouped, null, cancel))));
    }

    private static async Task<Results<Ok<Answer<AutomaticAnswer>>, ProblemHttpResult>> Save(
        string by, AutomaticBody body, ClaimsPrincipal user, ReadAutomaticCollections read, SaveAutomaticRule save, ListStores stores, CancellationToken cancel, string? storeId = null)
    {
        if (AutomaticRule.Of(by) is not { } grouped)
            return Unknown(by);
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return problem!;
        var rule = new AutomaticRule(grouped, body.NamePattern ?? AutomaticRule.Name, body.FewestProducts, body.FewestInStock) { LeftOut = body.LeftOut ?? [], Publications = body.Publications ?? [], IsKept = body.IsKept, Sends = body.Sends };
        if (await save.Save(store.Id, rule, user.AsAskedBy(), cancel) is { } wrong)
            return Problems.Field(wrong.Field, wrong.Sentence);
        return TypedResults.Ok(Answer.Of(AutomaticAnswer.Of(await read.Read(store.Id, grouped, null, cancel))));
    }

    private static async Task<Results<Ok<Answer<MadeAnswer>>, ProblemHttpResult>> Make(
        string by, ClaimsPrincipal user, MakeAutomaticCollections make, ListStores stores, CancellationToken cancel, string[]? value = null, string? storeId = null)
    {
        if (AutomaticRule.Of(by) is not { } grouped)
            return Unknown(by);
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (store is null)
            return problem!;
        var made = await make.Make(store.Id, grouped, value is { Length: > 0 } ? value : null, user.AsAskedBy(), cancel);
        if (made.IsBusy)
            return Problems.Of(StatusCodes.Status409Conflict, made.Problems[0]);
        return TypedResults.Ok(Answer.Of(new MadeAnswer(made.Made, made.ChangeSetId == 0 ? null : made.ChangeSetId, made.Problems)));
    }

    private static ProblemHttpResult Unknown(string by) => Problems.Field("by", $"by is “{by}”; it is {By}.");

    public sealed record AutomaticBody([property: JsonRequired] int FewestProducts, [property: JsonRequired] int FewestInStock, string? NamePattern = null, IReadOnlyList<string>? LeftOut = null, IReadOnlyList<long>? Publications = null, bool IsKept = false, bool Sends = false);

    public sealed record AutomaticAnswer(string By, string NamePattern, int FewestProducts, int FewestInStock, IReadOnlyList<string> LeftOut, IReadOnlyList<long> Publications, bool IsKept, bool Sends, string? ChangedBy, DateTimeOffset? ChangedAt, DateTimeOffset? LastAt, string? LastSaid, IReadOnlyList<AutomaticLineAnswer> Lines)
    {
        internal static AutomaticAnswer Of(AutomaticPlan plan) => new(
            AutomaticRule.Word(plan.Rule.By), plan.Rule.NamePattern, plan.Rule.FewestProducts, plan.Rule.FewestInStock, plan.Rule.LeftOut, plan.Rule.Publications, plan.Rule.IsKept, plan.Rule.Sends, plan.Set?.By, plan.Set?.At, plan.Last?.At.ToUniversalTime(), plan.Last?.Said,
            [.. plan.Lines.Select(line => new AutomaticLineAnswer(line.Group.Value, line.Group.Name, line.Group.Products, line.Group.Active, line.Group.InStock, Word(line.Step), line.Title, line.Collection?.Id, line.Collection?.Members))]);

        private static string Word(AutomaticStep step) => step switch
        {
            AutomaticStep.New => "new",
            AutomaticStep.Waits => "waits",
            AutomaticStep.Grows => "grows",
            AutomaticStep.Shrinks => "shrinks",
            AutomaticStep.Stays => "stays",
            AutomaticStep.Below => "below",
            AutomaticStep.Deleted => "deleted",
            AutomaticStep.Gone => "gone",
            _ => "left-out",
        };
    }

    /// <summary>What becomes of one value: new, waits, grows, shrinks, stays, below, deleted (it can be restored), gone (it was deleted, and is not made anew unasked) or left-out.</summary>
    public sealed record AutomaticLineAnswer(string Value, string Name, long Products, long Active, long InStock, string Step, string Title, long? CollectionId, long? Members);

    public sealed record MadeAnswer(int Made, long? ChangeSetId, IReadOnlyList<string> Problems);
}
