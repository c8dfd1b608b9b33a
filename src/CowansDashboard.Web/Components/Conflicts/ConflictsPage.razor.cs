using System.Security.Claims;
using CowansDashboard.Conflicts;
using CowansDashboard.History;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.JSInterop;

namespace CowansDashboard.Web.Components.Conflicts;

/// <summary>The queue of conflicts, the three values of the one that is open, and what is done with one or many.</summary>
public sealed partial class ConflictsPage(
    NavigationManager navigation, IJSRuntime js, ShellFeed feed, CurrentStore current, Toasts toasts, AuthenticationStateProvider authentication, IAuthorizationService authorization,
    FindConflicts find, CountConflicts count, CountOpenConflicts countOpen, ReadConflict read, ConflictStatistics statistics, PreviewResolution preview, ResolveConflicts resolve, ReopenConflicts reopen,
    RestoreOverwritten restore, UndoChanges undo)
{
    private const int PageSize = 50;

    private readonly Dictionary<long, SelectedConflict> selected = [];
    private ConflictsState state = new(ConflictFilter.Everything);
    private List<ConflictRow>? rows;
    private ConflictPlace? next;
    private ConflictCounts? counts;
    private ConflictDetails? details;
    private ConflictFigures? figures, shownFigures;
    private long open;
    private bool busy, mayRule, gone;
    private string? failure, problem;
    private long? loadedStore, heardOpen;
    private CopyState shownCopy;
    private ClaimsPrincipal person = new();
    private CancellationTokenSource? loading;
    private IJSObjectReference? script;

    [CascadingParameter] public ShellStore? Store { get; set; }

    private bool MayAct { get; set; }

    private ConflictDetails? Current => details;

    /// <summary>On a wide page the first of the queue is open without being in the address.</summary>
    private long? OpenId => state.Open ?? rows?.FirstOrDefault()?.Id;

    private int CurrentIndex => rows?.FindIndex(row => row.Id == details?.Row.Id) ?? -1;

    private string PlaceOfCurrent => details!.Row.End is not null ? "Settled"
        : CurrentIndex >= 0 && counts is not null ? $"{Figure.Count(CurrentIndex + 1)} of {Figure.Count(counts.Fields, "conflict")}" : "Conflict";

    private string AllWell => figures is { SettledThisWeek.All: > 0 } known
        ? $"{Figure.Count(known.SettledThisWeek.All)} {(known.SettledThisWeek.All == 1 ? "was" : "were")} settled this week."
        : "Where both sides change one field between two pulls, both values will stand here side by side.";

    protected override void OnInitialized()
    {
        navigation.LocationChanged += Moved;
        Watch(feed.Subscribe);
        state = ConflictsState.Read(navigation.Uri);
    }

    protected override async Task OnParametersSetAsync()
    {
        if (Store is null || Store.Id == loadedStore)
            return;
        if (loadedStore is not null)
            (rows, counts, details, figures, shownFigures, state) = (null, null, null, null, null, new(ConflictFilter.Everything));
        selected.Clear();
        loadedStore = Store.Id;
        (shownCopy, heardOpen) = (feed.State.Copy, feed.State.Conflicts);
        person = (await authentication.GetAuthenticationStateAsync()).User;
        MayAct = (await authorization.AuthorizeAsync(person, Policies.Merchandiser)).Succeeded;
        mayRule = (await authorization.AuthorizeAsync(person, Policies.Admin)).Succeeded;
        await Load(quietly: false);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
            script = await js.InvokeAsync<IJSObjectReference>("import", "./Components/Conflicts/ConflictsPage.razor.js");
    }

    // A pull that found more, or somebody else who settled some: the queue follows without a word.
    protected override async Task BeforeRefreshAsync()
    {
        if (Store is null || (feed.State.Copy == shownCopy && feed.State.Conflicts == heardOpen))
            return;
        (shownCopy, heardOpen) = (feed.State.Copy, feed.State.Conflicts);
        await Load(quietly: true);
    }

    private void Moved(object? sender, LocationChangedEventArgs moved)
    {
        if (new Uri(moved.Location).AbsolutePath != ConflictsState.Path)
            return;
        _ = InvokeAsync(async () =>
        {
            var before = state;
            state = ConflictsState.Read(moved.Location);
            problem = null;
            if (state.Filter != before.Filter)
            {
                selected.Clear();
                await Load(quietly: false);
            }
            else
            {
                await Open();
            }
            StateHasChanged();
        });
    }

    private async Task Load(bool quietly)
    {
        loading?.Cancel();
        loading?.Dispose();
        loading = CancellationTokenSource.CreateLinkedTokenSource(Gone);
        var cancel = loading.Token;
        var (asked, store) = (state, Store!);
        if (!quietly)
            (rows, counts) = (null, null);
        StateHasChanged();
        try
        {
            var found = await find.Find(store.Id, asked.Filter, null, Math.Max(PageSize, rows?.Count ?? 0), cancel);
            (rows, next, failure) = ([.. found.Rows], found.Next, null);
            foreach (var stale in selected.Keys.Where(id => rows.Find(row => row.Id == id) is { } row && row.Revision != selected[id].Seen.Revision).ToList())
                selected.Remove(stale);
            await Open();
            counts = await count.Count(store.Id, asked.Filter, cancel);
            open = (await countOpen.Count(store.Id, cancel)).Fields;
            figures = await statistics.Read(store.Id, 30, store.TimeZone, cancel);
            StateHasChanged();
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Another filter came, or the page was left.
        }
        catch (Exception wrong) when (wrong is System.Data.Common.DbException or TimeoutException)
        {
            failure = wrong.Message;
            StateHasChanged();
        }
    }

    private async Task Open()
    {
        if (state.ShowsFigures)
        {
            shownFigures = await statistics.Read(Store!.Id, state.Days, Store.TimeZone, Gone);
            return;
        }
        details = OpenId is { } id ? await read.Read(Store!.Id, id, Gone) : null;
        gone = OpenId is not null && details is null;
        StateHasChanged();
        if (script is not null)
            await script.InvokeVoidAsync("reveal");
    }

    private async Task More()
    {
        var found = await find.Find(Store!.Id, state.Filter, next, PageSize, Gone);
        rows!.AddRange(found.Rows.Where(row => rows.TrueForAll(shown => shown.Id != row.Id)));
        next = found.Next;
    }

    private void Go(ConflictsState to) => navigation.NavigateTo(to.ToUrl());

    private bool CanStep(int step) => rows is not null && CurrentIndex + step is var to && to >= 0 && to < rows.Count;

    // Walking along the queue is one step of the history, not fifty.
    private void Step(int step)
    {
        if (CanStep(step))
            navigation.NavigateTo((state with { Open = rows![CurrentIndex + step].Id }).ToUrl(), replace: true);
    }

    private void Toggle(ConflictRow row)
    {
        problem = null;
        if (!selected.Remove(row.Id))
            selected[row.Id] = SelectedConflict.Of(row);
    }

    private void ClearSelection()
    {
        selected.Clear();
        problem = null;
    }

    private async Task SelectAll()
    {
        selected.Clear();
        foreach (var all in await preview.Preview(Store!.Id, state.Filter, Gone))
            selected[all.Seen.Id] = all;
    }

    private Task ResolveCurrent(Resolution wish) => Resolve(wish, [new(details!.Row.Id, details.Row.Revision)]);

    private Task ResolveSelected(Resolution wish) => Resolve(wish, [.. selected.Values.Select(each => each.Seen)]);

    private async Task Resolve(Resolution wish, IReadOnlyList<SeenConflict> seen)
    {
        if (busy)
            return;
        (busy, problem) = (true, null);
        // What stands behind it comes next, so that a queue is settled without the mouse.
        var following = CurrentIndex >= 0 ? rows!.Skip(CurrentIndex + 1).Concat(rows!.Take(CurrentIndex).Reverse()).FirstOrDefault(row => seen.All(each => each.Id != row.Id))?.Id : null;
        try
        {
            var asked = person.AsAskedBy();
            var outcome = await resolve.Resolve(Store!.Id, wish, seen, new ResolvedBy(asked.Id, asked.Name), CancellationToken.None);
            selected.Clear();
            if (outcome.Fields > 0)
                toasts.Say(ConflictWords.Done(wish, outcome.Fields, outcome.Products), "Undo", () => InvokeAsync(() => TakeBack(outcome.ChangeSetId!.Value)));
            problem = outcome.Left.Count == 0 ? null : LeftWords(outcome);
            if (outcome.Fields > 0 && outcome.Left.Count == 0)
            {
                state = state with { Open = state.Open is null ? null : following };
                navigation.NavigateTo(state.ToUrl(), replace: true);
            }
            await current.Load(Gone);
            heardOpen = feed.State.Conflicts;
            await Load(quietly: true);
        }
        catch (Npgsql.PostgresException unfit) when (unfit.SqlState.StartsWith("22", StringComparison.Ordinal))
        {
            problem = $"This value does not fit the field: {unfit.MessageText}. Nothing was changed.";
        }
        finally
        {
            busy = false;
        }
    }

    private async Task Restore()
    {
        if (busy)
            return;
        (busy, problem) = (true, null);
        try
        {
            var asked = person.AsAskedBy();
            var outcome = await restore.Restore(Store!.Id, [details!.Row.Id], new ResolvedBy(asked.Id, asked.Name), CancellationToken.None);
            if (outcome.ChangeSetId is { } changeSet)
                toasts.Say("Shopify’s value is back here and waits for the next push", "Undo",
                    () => InvokeAsync(() => undo.Undo(new UndoScope(Store.Id, changeSet), asked.Id, asked.Name, null, CancellationToken.None)));
            problem = outcome.Left.Count == 0 ? null : LeftWords(outcome);
        }
        finally
        {
            busy = false;
        }
    }

    private async Task TakeBack(long changeSet)
    {
        var asked = person.AsAskedBy();
        var outcome = await reopen.Reopen(Store!.Id, changeSet, new ResolvedBy(asked.Id, asked.Name), CancellationToken.None);
        if (outcome.Fields > 0)
            toasts.Say($"{Figure.Count(outcome.Fields, "conflict is", "conflicts are")} open again");
        problem = outcome.Left.Count == 0 ? null : LeftWords(outcome);
        if (Gone.IsCancellationRequested)
            return;
        await current.Load(Gone);
        heardOpen = feed.State.Conflicts;
        await Load(quietly: true);
    }

    private static string LeftWords(ResolveOutcome outcome)
    {
        var first = outcome.Left[0];
        var rest = outcome.Left.Count > 1 ? $" {Figure.Count(outcome.Left.Count - 1, "other was", "others were")} left as well." : "";
        return $"“{first.Title}”, {ConflictWords.Field(first.Field).ToLowerInvariant()}, was left: {first.Why}{rest}";
    }

    private static string SettledWords(ConflictFigures figures)
    {
        var week = figures.SettledThisWeek;
        var parts = new[] { (week.Rule, "by rule"), (week.Person, "by hand"), (week.Itself, "by themselves") }.Where(part => part.Item1 > 0).Select(part => $"{Figure.Count(part.Item1)} {part.Item2}").ToList();
        return string.Join(", ", parts) + (figures.MedianToSettle is { } median ? $", median {When.Duration(median, parts: 1)}." : ".");
    }

    private static string RuleUrl(ConflictRow row) => $"/settings?rule={Uri.EscapeDataString(CowansDashboard.Conflicts.Rules.OwnedFields.Name(row.Entity, row.Field, row.Entity == "metafield" ? row.Part?.Split(" · ")[^1] : null))}";

    public async ValueTask DisposeAsync()
    {
        navigation.LocationChanged -= Moved;
        loading?.Cancel();
        loading?.Dispose();
        Dispose();
        if (script is null)
            return;
        try
        {
            await script.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The tab is gone.
        }
    }
}
