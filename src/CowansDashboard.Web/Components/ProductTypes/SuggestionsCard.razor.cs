using System.Data.Common;
using CowansDashboard.Catalog.Categories;
using CowansDashboard.Collections.Suggestions;
using CowansDashboard.History;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Products;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace CowansDashboard.Web.Components.ProductTypes;

/// <summary>What could be done to types and collections, with the reasons. A click prepares it; nothing is done unasked.</summary>
public sealed partial class SuggestionsCard(
    ReadSuggestions read, AcceptSuggestion accept, DeclineSuggestion decline, BringBackSuggestions bringBack, UndoChanges undo, UndoCategories undoCategories, RunFeed feed, TimeProvider clock, NavigationManager navigation, Toasts toasts) : LiveComponent
{
    private const int FirstShown = 6;
    private static readonly TimeSpan ClocksDiffer = TimeSpan.FromSeconds(10);

    private FoundSuggestions? found;
    private AcceptOutcome.Made? made;
    private string? failure;
    private bool all, showsDeclined;
    private readonly HashSet<long> seen = [];
    private DateTimeOffset readAt;
    private long followed;

    [CascadingParameter] public ShellStore? Store { get; set; }

    [CascadingParameter] public Task<AuthenticationState> SignedIn { get; set; } = default!;

    private IEnumerable<Suggestion> Shown => all ? found!.Suggestions : found!.Suggestions.Take(FirstShown);

    protected override async Task OnParametersSetAsync()
    {
        if (Store is null || followed == Store.Id)
            return;
        followed = Store.Id;
        (found, made, all, showsDeclined) = (null, null, false, false);
        await Load();
        var store = Store.Id;
        Follow(feed.WatchStore(store, Gone), snapshot =>
        {
            // The last one that ended comes at once: what was read after it knows it.
            if (store == followed && snapshot.Status.IsFinished() && snapshot.FinishedAt > readAt && seen.Add(snapshot.Id))
                MarkAged();
        });
    }

    protected override Task ReadAgainAsync() => Load();

    private async Task Load()
    {
        try
        {
            var (store, began) = (followed, clock.GetUtcNow());
            var suggested = await read.Read(store, Gone);
            if (store == followed)
                (found, failure, readAt) = (suggested, null, began - ClocksDiffer);
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            failure = away.Message;
        }
    }

    private static string Word(Suggestion one) => one.Kind switch
    {
        SuggestionKind.SplitType => "Accept split",
        _ when one.Action is SuggestedAction.SetTypes or SuggestedAction.SetCategories => $"Accept {Figure.Count(one.Products)}",
        _ => "Accept",
    };

    private Task Accept(Suggestion one) => Guarded(async () =>
    {
        var (store, by) = (followed, (await SignedIn).User.AsAskedBy());
        made = null;
        switch (await accept.Accept(store, one, by, Gone))
        {
            case AcceptOutcome.Prepared prepared:
                navigation.NavigateTo(BulkEditPage.Url(prepared.PreviewId));
                break;
            case AcceptOutcome.Made done:
                made = done;
                toasts.Say($"{done.Title} made", "Undo", () => InvokeAsync(() => TakeBack(store, done)));
                await Load();
                break;
            case AcceptOutcome.Mapped mapped:
                toasts.Say($"{mapped.Category} mapped", "Undo", () => InvokeAsync(() => TakeBack(store, mapped)));
                await Load();
                break;
            case AcceptOutcome.Refused refused:
                await Load();
                Trouble = refused.Sentence;
                break;
        }
    });

    // Pressed a while later, perhaps when another shop is shown or the page is left.
    private Task TakeBack(long store, AcceptOutcome.Made done) => Guarded(async () =>
    {
        var by = (await SignedIn).User.AsAskedBy();
        var outcome = await undo.Undo(new UndoScope(store, done.ChangeSetId), by.Id, by.Name, null, CancellationToken.None);
        var trouble = outcome switch
        {
            SaveOutcome.Saved { ChangeSetId: > 0 } => null,
            SaveOutcome.Refused refused => string.Join(" ", refused.Problems.Select(problem => problem.Sentence)),
            _ => $"{done.Title} was changed since and stays. History can take it back.",
        };
        if (trouble is null)
            toasts.Say($"{done.Title} taken back");
        if (Gone.IsCancellationRequested)
            return;
        if (store == followed)
        {
            if (trouble is null)
                made = null;
            await Load();
        }
        Trouble = trouble;
        StateHasChanged();
    });

    private Task TakeBack(long store, AcceptOutcome.Mapped mapped) => Guarded(async () =>
    {
        var undone = await undoCategories.Undo(store, mapped.ChangeSetId, (await SignedIn).User.AsAskedBy(), CancellationToken.None);
        if (undone is { Returned: > 0 })
            toasts.Say($"{mapped.Category} is mapped no more");
        if (Gone.IsCancellationRequested)
            return;
        await Load();
        Trouble = undone is { Returned: > 0 } ? null : $"{mapped.Category} was changed since and stays mapped.";
        StateHasChanged();
    });

    private Task Decline(Suggestion one) => Guarded(async () =>
    {
        var (store, by) = (followed, (await SignedIn).User.AsAskedBy().Name);
        await decline.Decline(store, one, by, Gone);
        if (store == followed && found is { } now)
            found = now with { Suggestions = [.. now.Suggestions.Where(other => other.Key != one.Key)], Declined = [new(one.Key, one.Title, by, clock.GetUtcNow()), .. now.Declined] };
        toasts.Say($"Declined: {one.Title}", "Undo", () => InvokeAsync(() => BringBack(store, one.Key)));
    });

    private Task BringBack(string? key) => BringBack(followed, key);

    private Task BringBack(long store, string? key) => Guarded(async () =>
    {
        await bringBack.BringBack(store, key, CancellationToken.None);
        if (Gone.IsCancellationRequested)
            return;
        await Load();
        StateHasChanged();
    });
}
