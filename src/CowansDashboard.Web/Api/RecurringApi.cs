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
        if ((await read.Read(store!.Id, cancel)).Work.FirstOrDefault(one => one.Kind.Name == work) is not { } kept)
            return Problems.NotFound($"There is no recurring work “{work}” in this shop.");
        if (request.At is not null && !TimeOnly.TryParseExact(request.At, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            return Problems.Field(nameof(request.At), $"at is “{request.At}”; it should be a time of day such as 03:30.");
        var at = request.At is { } typed ? TimeOnly.ParseExact(typed, "HH:mm", CultureInfo.InvariantCulture) : kept.Rhythm.At;
        var every = request.EveryMinutes is { } minutes ? minutes == 0 ? null : minutes : kept.Rhythm.EveryMinutes;
        var settings = new RecurringSettings(kept.Rhythm with { EveryMinutes = every, At = at }, request.On ?? kept.IsOn) { MostLate = kept.MostLate };
        if (await change.Change(store.Id, work, settings, user.AsAskedBy().Name, cancel) is { } wrong)
            return Problems.Field(nameof(request.EveryMinutes), wrong);
        var changed = (await read.Read(store.Id, cancel)).Work.First(one => one.Kind.Name == work);
        return TypedResults.Ok(Answer.Of(RecurringItem.Of(changed)));
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
    public sealed record ChangeRequest(string? StoreId, int? EveryMinutes, string? At, bool? On);

    public sealed record RunRequest(string? StoreId);

    public sealed record RecurringRun(string? RunId);

    public sealed record RecurringList(DateTimeOffset? PausedAt, string? PausedBy, IReadOnlyList<RecurringItem> Work);

    public sealed record RecurringItem(
        string Work, string Title, int? EveryMinutes, string At, bool On, DateTimeOffset NextAt, DateTimeOffset? LastAt, string? LastOutcome, string? LastSaid, string? LastRunId, string? WaitsFor)
    {
        public static RecurringItem Of(RecurringWork work) => new(
            work.Kind.Name, work.Kind.Title, work.Rhythm.EveryMinutes, work.Rhythm.At.ToString("HH:mm", CultureInfo.InvariantCulture), work.IsOn, work.NextAt,
            work.Last?.At, work.Last is { } last ? last.Run?.Status.ToString().ToLowerInvariant() ?? last.Outcome.ToString().ToLowerInvariant() : null, work.Last?.Said, work.Last?.Run?.Id.Text(), work.WaitsFor);
    }
}
