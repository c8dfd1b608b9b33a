using System.Data.Common;
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
    ReadSuggestions read, AcceptSuggestion accept, DeclineSuggestion decline, BringBackSuggestions bringBack, UndoChanges undo, RunFeed feed, NavigationManager navigation, Toasts toasts) : LiveComponent
{
    private const int FirstShown = 6;

    private FoundSuggestions? found;
    private AcceptOutcome.Made? made;
    private string? failure;
    private bool all, showsDeclined;
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
            if (store == followed && snapshot.Status.IsFinished())
                MarkAged();
        });
    }

    protected override Task ReadAgainAsync() => Load();

    private async Task Load()
    {
        try
        {
            var store = followed;
            var read = await ReadOf(store);
            if (store == followed)
                (found, failure) = (read, null);
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            failure = away.Message;
        }
    }

    private Task<FoundSuggestions> ReadOf(long store) => read.Read(store, Gone);

    private static string Word(Suggestion one) => one.Kind switch
    {
        SuggestionKind.SplitType => "Accept split",
        _ when one.Action is SuggestedAction.SetTypes => $"Accept {Figure.Count(one.Products)}",
        _ => "Accept",
    };

    private Task Accept(Suggestion one) => Guarded(async () =>
    {
        var by = (await SignedIn).User.AsAskedBy();
        made = null;
        switch (await accept.Accept(followed, one, by, Gone))
        {
            case AcceptOutcome.Prepared prepared:
                navigation.NavigateTo(BulkEditPage.Url(prepared.PreviewId));
                break;
            case AcceptOutcome.Made done:
                made = done;
                toasts.Say($"{done.Title} made", "Undo", () => InvokeAsync(() => TakeBack(done)));
                await Load();
                break;
            case AcceptOutcome.Refused refused:
                await Load();
                Trouble = refused.Sentence;
                break;
        }
    });

    private async Task TakeBack(AcceptOutcome.Made done)
    {
        var by = (await SignedIn).User.AsAskedBy();
        if (await undo.Undo(new UndoScope(Store!.Id, done.ChangeSetId), by.Id, by.Name, null, CancellationToken.None) is SaveOutcome.Saved { ChangeSetId: > 0 })
            toasts.Say($"{done.Title} taken back");
        if (Gone.IsCancellationRequested)
            return;
        made = null;
        await Load();
        StateHasChanged();
    }

    private Task Decline(Suggestion one) => Guarded(async () =>
    {
        var store = followed;
        await decline.Decline(store, one, (await SignedIn).User.AsAskedBy().Name, Gone);
        toasts.Say($"Declined: {one.Title}", "Undo", () => InvokeAsync(() => BringBack(one.Key)));
        await Load();
    });

    private Task BringBack(string? key) => Guarded(async () =>
    {
        await bringBack.BringBack(followed, key, CancellationToken.None);
        if (!Gone.IsCancellationRequested)
            await Load();
        StateHasChanged();
    });
}
