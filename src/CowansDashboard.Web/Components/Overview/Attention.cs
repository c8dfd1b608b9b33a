using CowansDashboard.Catalog.Bulk;
using CowansDashboard.Conflicts;
using CowansDashboard.Insights;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Schedules;
using CowansDashboard.Sync.Push;
using CowansDashboard.Collections;
using CowansDashboard.Web.Components.Collections;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Products;
using CowansDashboard.Web.Components.Schedules;
using CowansDashboard.Web.Components.Sync;
using CowansDashboard.Web.Components.Webhooks;
using CowansDashboard.Webhooks.Subscriptions;

namespace CowansDashboard.Web.Components.Overview;

/// <summary>What people began and is not finished: products with edits that no push has sent, edits that a second person has to approve, schedules that did not begin.</summary>
public sealed record WaitingWork(long PendingProducts, IReadOnlyList<AwaitedApproval> Approvals, IReadOnlyList<Schedule> NotBegun)
{
    /// <summary>Push plans that a second person has to approve.</summary>
    public IReadOnlyList<AwaitedPlan> Plans { get; init; } = [];

    /// <summary>Collections of which Shopify does not have everything yet.</summary>
    public long PendingCollections { get; init; }

    /// <summary>Removed collections that were changed in Shopify since and wait for a decision.</summary>
    public IReadOnlyList<HaltedRemoval> Halted { get; init; } = [];

    /// <summary>What pushes could not bring to Shopify and waits since; null where there is nothing.</summary>
    public RefusedRows? Refused { get; init; }

    /// <summary>Since when, and by whom, all recurring work is held back; null while it goes on.</summary>
    public (DateTimeOffset Since, string By)? Paused { get; init; }

    /// <summary>Fields that differ from Shopify and wait for a click on Drift.</summary>
    public long Differing { get; init; }
}

/// <summary>One thing that waits for a person, with the way there.</summary>
public sealed record Attention(Tone Tone, string Title, string Text, DateTimeOffset? Since, string Action, string Href)
{
    static readonly TimeSpan Late = TimeSpan.FromHours(2);

    /// <summary>What a person should look at, the most pressing first.</summary>
    public static IReadOnlyList<Attention> Of(IReadOnlyList<RunSnapshot> runs, DuplicateSkus? skus, DateTimeOffset? dataAsOf, bool everPulled, DateTimeOffset now, OpenConflicts? conflicts = null, WaitingWork? work = null,
        WebhookTroubles? webhooks = null, TimeZoneInfo? zone = null)
    {
        var found = new List<Attention>();
        found.AddRange((work?.Approvals ?? []).Select(edit => new Attention(
            Tone.Wait, $"“{edit.Title}” waits for a second person", $"{edit.MadeBy} prepared it, and it is more than one person may do alone.", edit.Since, "Look", BulkEditPage.Url(edit.PreviewId))));
        found.AddRange((work?.Plans ?? []).Select(plan => new Attention(
            Tone.Wait, $"The push plan “{plan.Title}” waits for a second person", $"{plan.MadeBy} made it: {PushWords.Owners(plan.Products, plan.Collections)}. Nothing of it is sent before.", plan.MadeAt, "Look", FormattableString.Invariant($"/sync/push/{plan.Id}"))));
        found.AddRange((work?.NotBegun ?? []).Select(schedule => new Attention(
            Tone.Bad, $"“{schedule.Title}” did not begin", schedule.StartSaid ?? "It is more than one person may do alone, and nobody approved it in time.", schedule.StartsAt, "Look", SchedulesState.Url(schedule.Id))));
        if (work?.Refused is { } refused)
        {
            found.Add(new(Tone.Bad, PushWords.NotTaken(refused), $"{refused.Why ?? "The plan says why."} Nothing else is held up by it.", new DateTimeOffset(refused.Since), "Look", PushWords.HeldBackUrl(refused.PlanId)));
        }
        if (conflicts is { Fields: > 0 })
        {
            found.Add(new(Tone.Conflict, Figure.Count(conflicts.Fields, "field was", "fields were") + " changed on both sides",
                "Nothing is lost, and no push sends them until somebody or a rule has settled them.", conflicts.Since, "Settle", "/conflicts"));
        }
        found.AddRange((work?.Halted ?? []).Select(removal => new Attention(
            Tone.Conflict, $"“{removal.Title}” was to be deleted and was changed in Shopify since", $"{string.Join(", ", removal.Changed)}. It stays until somebody restores it or deletes it anyway.", null, "Decide", CollectionPagePath.Of(removal.CollectionId))));
        found.AddRange(Webhooks(webhooks ?? WebhookTroubles.None, now, zone));
        if (work?.Paused is { } paused)
        {
            found.Add(new(Tone.Wait, "All recurring work is paused", $"{paused.By} paused it. Nothing is pulled or compared by itself until it goes on.", paused.Since, "Look", "/schedules"));
        }
        if (work is { Differing: > 0 and var differing })
        {
            found.Add(new(Tone.Wait, Figure.Count(differing, "field differs", "fields differ") + " from Shopify", "A comparison found them, and they wait for somebody to take them in.", null, "Look", "/drift"));
        }
        found.AddRange(runs.Where(run => run.Status is RunStatus.Paused).Select(run => new Attention(
            Tone.Wait, $"“{RunWords.Title(run.Kind)}” is paused", run.Reason ?? "It goes on from its place when resumed.", run.ProgressedAt ?? run.StartedAt ?? run.EnqueuedAt, "Decide", $"/sync/runs/{run.Id}")));
        found.AddRange(LastOfEachKind(runs).Where(run => run.Status is RunStatus.Failed).Select(run => new Attention(
            Tone.Bad, $"“{RunWords.Title(run.Kind)}” failed", run.Error ?? "The run’s page says more.", run.FinishedAt, "Open run", $"/sync/runs/{run.Id}")));
        if (work is { } edits && edits.PendingProducts + edits.PendingCollections > 0)
        {
            found.Add(new(Tone.Run, $"{PushWords.Carry(edits.PendingProducts, edits.PendingCollections)} that Shopify does not have",
                "They wait for a push. A plan shows first what would be sent.", null, "Plan a push", "/sync/push"));
        }
        found.AddRange(runs.Where(run => RunStuck.Why(run, now) is not null).Select(run => new Attention(
            Tone.Wait, $"“{RunWords.Title(run.Kind)}” does not move", RunStuck.Why(run, now)!, run.ProgressedAt, "Open run", $"/sync/runs/{run.Id}")));
        if (everPulled && dataAsOf is { } at && now - at > Late && !runs.Any(run => run.Status.IsInHand()))
        {
            found.Add(new(Tone.Wait, "The copy is out of date", "What changed in Shopify since then is not here. Pull changes to catch up.", at, "Pull changes", "/sync"));
        }
        if (LastOfEachKind(runs).FirstOrDefault(run => run.Status is RunStatus.Succeeded && run.Counters.Failed > 0 && run.Kind != RunWords.Push) is { } unreadable)
        {
            found.Add(new(Tone.Bad, $"{Figure.Count(unreadable.Counters.Failed, "row")} could not be read", "The run’s log names each with its reason; the rest is in the copy.", unreadable.FinishedAt, "Open log", $"/sync/runs/{unreadable.Id}"));
        }
        if (skus is { Skus: > 0, Worst: [var worst, ..] })
        {
            found.Add(new(Tone.Neutral, skus.Skus == 1 ? $"{worst.Variants} variants share the SKU {worst.Sku}" : $"{Figure.Count(skus.Skus)} SKUs are shared by several variants",
                $"Stock for {worst.Sku} could land on any of {worst.Variants} variants.", null, "Look", "/skus"));
        }
        return found;
    }

    static IEnumerable<Attention> Webhooks(WebhookTroubles webhooks, DateTimeOffset now, TimeZoneInfo? zone)
    {
        if (webhooks.StalledSince is { } stalled)
        {
            yield return new(Tone.Bad, $"{Figure.Count(webhooks.Queued, "event")} from Shopify {(webhooks.Queued == 1 ? "is" : "are")} not handled",
                "What Shopify posts is kept, but nothing takes it up. The log of the server says why.", stalled, "Look", "/webhooks?outcome=queued");
        }
        if (webhooks.HeldUp is { } held)
        {
            yield return new(Tone.Wait, $"{Figure.Count(held.Events, "event waits", "events wait")} for Shopify to answer",
                $"{held.Error} Tried {WebhookWords.Times(held.Tries)}, {(held.NextAt > now ? $"again at {When.Clock(held.NextAt, now, zone, seconds: true)} by itself" : "and being tried now")}.", held.Since, "Look", "/webhooks?outcome=queued");
        }
        foreach (var gap in webhooks.Gaps)
        {
            yield return new(Tone.Wait, WebhookWords.GapTitle(gap), WebhookWords.GapText(gap, now, zone), gap.To, "Look", WebhooksState.Path);
        }
        if (webhooks.Refused is [var first, ..])
        {
            yield return new(Tone.Bad, $"Shopify refuses to post {WebhookWords.Topics([.. webhooks.Refused.Select(row => row.Topic)])}", $"“{first.Refusal}” Such changes come with pulls alone.", first.RefusedAt, "Look", WebhooksState.Path);
        }
        if (webhooks.CheckError is { } error)
        {
            yield return new(Tone.Wait, "The webhook subscriptions could not be checked", error, webhooks.CheckedAt, "Look", WebhooksState.Path);
        }
        if (webhooks.GaveUpEvents > 0)
        {
            yield return new(Tone.Bad, $"{Figure.Count(webhooks.GaveUpEvents, "event")} from Shopify could not be handled",
                $"{(webhooks.GaveUp[0].Error is { Length: > 0 } why ? $"{webhooks.GaveUp[0].Topic}: {why}" : $"Most of them {webhooks.GaveUp[0].Topic}.")} Replay them once the reason is gone.", webhooks.GaveUp.Min(topic => topic.Since), "Look", "/webhooks?outcome=dead");
        }
        if (webhooks.Failing is [var failing, ..])
        {
            yield return new(Tone.Wait, $"{failing.Topic} fails again and again", $"{Figure.Count(failing.Events, "event is", "events are")} tried again by itself. {failing.Error}", failing.Since, "Look", $"/webhooks?outcome=queued&topic={Uri.EscapeDataString(failing.Topic)}");
        }
    }

    static IEnumerable<RunSnapshot> LastOfEachKind(IReadOnlyList<RunSnapshot> runs) =>
        runs.Where(run => run.Status.IsFinished()).GroupBy(run => run.Kind).Select(group => group.MaxBy(run => run.Id)!);
}
