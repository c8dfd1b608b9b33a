using System.Globalization;
using System.Security.Claims;
using CowansDashboard.Schedules.Recurring;
using CowansDashboard.Stores;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CowansDashboard.Web.Api;

/// <summary>Recurring work from programs: what comes when, switched on and off, done at once.</summary>
public static class RecurringApi
{
    public static IEndpointRouteBuilder MapRecurringApi(this IEndpointRouteBuilder app)
    {
        var schedules = app.MapGroup("/api/schedules/recurring").WithTags("Schedules");
        schedules.MapGet("", List).RequireAuthorization(Policies.Viewer).WithName("ListRecurringWork")
            .WithSummary("What comes again and again in a shop: when, when next, and what became of it the last time");
        schedules.MapPost("", Add).RequireAuthorization(Policies.Merchandiser).WithName("ScheduleCollections")
            .WithSummary("Has some collections read again at their own times, with the products in them");
        schedules.MapDelete("/{work}", Remove).RequireAuthorization(Policies.Merchandiser).WithName("RemoveRecurringWork")
            .WithSummary("Takes away a recurring work that somebody made; what every shop has can be switched off");
        schedules.MapPut("/{work}", Change).RequireAuthorization(Policies.Merchandiser).WithName("ChangeRecurringWork")
            .WithSummary("Sets when a recurring work comes, on the shop's clocks, and whether at all; what is left out stays");
        schedules.MapPost("/{work}/run", Run).RequireAuthorization(Policies.Merchandiser).WithName("RunRecurringWork")
            .WithSummary("Does a recurring work at once; its next time stays");
        return app;
    }

    private static async Task<Results<Ok<Answer<RecurringList>>, ProblemHttpResult>> List(string? storeId, ReadRecurringWork read, ListStores stores, CancellationToken cancel)
    {
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (problem is not null)
            return problem;
        var all = await read.Read(store!.Id, cancel);
        return TypedResults.Ok(Answer.Of(new RecurringList(all.PausedAt, all.PausedBy, [.. all.Work.Select(RecurringItem.Of)])));
    }

    private static async Task<Results<Ok<Answer<RecurringItem>>, ProblemHttpResult>> Change(
        string work, ChangeRequest request, ClaimsPrincipal user, ReadRecurringWork read, ChangeRecurringWork change, ListStores stores, CancellationToken cancel)
    {
        var (store, problem) = await StoreChoice.Of(request.StoreId, stores, cancel);
        if (problem is not null)
            return problem;
        if ((await read.Read(store!.Id, cancel)).Work.FirstOrDefault(one => one.Name == work) is not { } kept)
            return Problems.NotFound($"There is no recurring work “{work}” in this shop.");
        if (Settings(request, kept.Rhythm, kept.IsOn, kept.MostLate, out var unread) is not { } settings)
            return unread!;
        if (request.Collections is not null && !kept.IsMade)
            return Problems.Field(nameof(request.Collections), "This work concerns the whole shop. Post to /api/schedules/recurring to have some collections read by themselves.");
        if (await change.Change(store.Id, work, settings, user.AsAskedBy().Name, cancel) is { } wrong)
            return Problems.Field(wrong.Field, wrong.Sentence);
        var changed = (await read.Read(store.Id, cancel)).Work.First(one => one.Name == work);
        return TypedResults.Ok(Answer.Of(RecurringItem.Of(changed)));
    }

    private static async Task<Results<Created<Answer<RecurringItem>>, ProblemHttpResult>> Add(
        ChangeRequest request, ClaimsPrincipal user, ScheduleCollections schedule, ReadRecurringWork read, ListStores stores, CancellationToken cancel)
    {
        var (store, problem) = await StoreChoice.Of(request.StoreId, stores, cancel);
        if (problem is not null)
            return problem;
        if (Settings(request, RecurringKind.PullCollections.Default, true, null, out var unread) is not { } settings)
            return unread!;
        switch (await schedule.Schedule(store!.Id, settings.Collections ?? [], settings, user.AsAskedBy().Name, cancel))
        {
            case ScheduleCollectionsOutcome.Wrong wrong:
                return Problems.Field(wrong.Field, wrong.Sentence);
            case ScheduleCollectionsOutcome.Scheduled { Work: var work }:
                var made = (await read.Read(store.Id, cancel)).Work.First(one => one.Name == work);
                return TypedResults.Created($"/api/schedules/recurring/{work}", Answer.Of(RecurringItem.Of(made)));
            default:
                throw new InvalidOperationException("Scheduling has no other outcome.");
        }
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Remove(string work, string? storeId, RemoveRecurringWork remove, ListStores stores, CancellationToken cancel)
    {
        var (store, problem) = await StoreChoice.Of(storeId, stores, cancel);
        if (problem is not null)
            return problem;
        return await remove.Remove(store!.Id, work, cancel) ? TypedResults.NoContent()
            : RecurringKind.All.Any(kind => kind.Name == work) ? Problems.Of(StatusCodes.Status409Conflict, "Every shop has this work. Switch it off instead: PUT with \"on\": false.")
            : Problems.NotFound($"There is no recurring work “{work}” in this shop.");
    }

    /// <summary>What is asked for, over what there is; null with what is wrong.</summary>
    private static RecurringSettings? Settings(ChangeRequest request, Rhythm rhythm, bool isOn, TimeSpan? mostLate, out ProblemHttpResult? wrong)
    {
        wrong = null;
        var at = rhythm.At;
        if (request.At is { } typed && !TimeOnly.TryParseExact(typed, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out at))
        {
            wrong = Problems.Field(nameof(request.At), $"at is “{typed}”; it should be a time of day such as 03:30.");
            return null;
        }
        var collections = new List<long>();
        foreach (var one in request.Collections ?? [])
        {
            if (!long.TryParse(one.Split('/')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                wrong = Problems.Field(nameof(request.Collections), $"“{one}” is no id of a collection; it should be Shopify’s, such as gid://shopify/Collection/1234.");
                return null;
            }
            collections.Add(id);
        }
        var every = request.EveryMinutes is { } minutes ? minutes == 0 ? null : minutes : rhythm.EveryMinutes;
        return new RecurringSettings(rhythm with { EveryMinutes = every, At = at }, request.On ?? isOn) { MostLate = mostLate, Collections = request.Collections is null ? null : collections };
    }

    private static async Task<Results<Accepted<Answer<RecurringRun>>, ProblemHttpResult>> Run(
        string work, RunRequest request, ClaimsPrincipal user, RunRecurringWorkNow run, ListStores stores, CancellationToken cancel)
    {
        var (store, problem) = await StoreChoice.Of(request.StoreId, stores, cancel);
        if (problem is not null)
            return problem;
        if (RecurringKind.Of(work) is null)
            return Problems.NotFound($"There is no recurring work “{work}”.");
        return await run.Run(store!.Id, work, user.AsAskedBy(), cancel) switch
        {
            RunNowOutcome.Started started => TypedResults.Accepted(
                started.RunId is { } id ? $"/api/sync/parallel/status?id={id}" : "/api/schedules/recurring", Answer.Of(new RecurringRun(started.RunId?.Text()), started.RunId is null ? "Done." : "It is started.")),
            RunNowOutcome.Refused refused => Problems.Of(StatusCodes.Status409Conflict, refused.Sentence),
            _ => throw new InvalidOperationException("Running has no other outcome."),
        };
    }

    /// <param name="StoreId">The shop; may be left out where there is one.</param>
    /// <param name="EveryMinutes">Minutes from turn to turn; 0 means once a day.</param>
    /// <param name="At">The time of day on the shop's clocks, or that of the first turn.</param>
    /// <param name="On">Whether it comes at all.</param>
    /// <param name="Collections">Which collections are read, by Shopify's ids; only where it reads some.</param>
    public sealed record ChangeRequest(string? StoreId, int? EveryMinutes, string? At, bool? On, IReadOnlyList<string>? Collections = null);

    public sealed record RunRequest(string? StoreId);

    public sealed record RecurringRun(string? RunId);

    public sealed record RecurringList(DateTimeOffset? PausedAt, string? PausedBy, IReadOnlyList<RecurringItem> Work);

    public sealed record RecurringItem(
        string Work, string Title, int? EveryMinutes, string At, bool On, DateTimeOffset NextAt, DateTimeOffset? LastAt, string? LastOutcome, string? LastSaid, string? LastRunId, string? WaitsFor, IReadOnlyList<RecurringCollection> Collections)
    {
        public static RecurringItem Of(RecurringWork work) => new(
            work.Name, work.Title, work.Rhythm.EveryMinutes, work.Rhythm.At.ToString("HH:mm", CultureInfo.InvariantCulture), work.IsOn, work.NextAt,
            work.Last?.At, work.Last is { } last ? last.Run?.Status.ToString().ToLowerInvariant() ?? last.Outcome.ToString().ToLowerInvariant() : null, work.Last?.Said, work.Last?.Run?.Id.Text(), work.WaitsFor,
            [.. work.Collections.Select(one => new RecurringCollection($"gid://shopify/Collection/{one.ShopifyId.Text()}", one.Title, one.Products))]);
    }

    public sealed record RecurringCollection(string Id, string Title, long Products);
}
