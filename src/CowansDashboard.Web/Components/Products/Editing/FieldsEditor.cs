using System.Data.Common;
using System.Text.Json.Nodes;
using CowansDashboard.Accounts;
using CowansDashboard.Conflicts;
using CowansDashboard.History;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Routing;

namespace CowansDashboard.Web.Components.Products.Editing;

/// <summary>
/// A page on which fields are typed: its draft on the server, what somebody else saved meanwhile, taking back what was saved, and
/// leaving with something unsaved.
/// </summary>
public abstract class FieldsEditor : ComponentBase, IAsyncDisposable
{
    private readonly CancellationTokenSource gone = new();
    private IDisposable? following;
    private long? account;

    protected FieldsEditor() => Gone = gone.Token;

    [Parameter, EditorRequired] public ShellStore Store { get; set; } = default!;

    [Inject] private SaveDraft SavingDraft { get; set; } = default!;

    [Inject] private ReadDraft ReadingDraft { get; set; } = default!;

    [Inject] private DiscardDraft DiscardingDraft { get; set; } = default!;

    [Inject] private UndoDecisions Undoing { get; set; } = default!;

    [Inject] protected TimeProvider Clock { get; private set; } = default!;

    [Inject] protected Toasts Toasts { get; private set; } = default!;

    [Inject] protected NavigationManager Navigation { get; private set; } = default!;

    [Inject] protected AuthenticationStateProvider Authentication { get; private set; } = default!;

    /// <summary>How much is typed and not saved.</summary>
    public int Unsaved => Fields.Count;

    /// <summary>Ends when the page is left.</summary>
    protected CancellationToken Gone { get; }

    protected DraftKeeper Draft { get; private set; } = default!;

    /// <summary>Of when the draft is that the page began with; null once it is saved, discarded or put aside.</summary>
    protected DateTimeOffset? Restored { get; set; }

    protected int RestoredFields { get; private set; }

    /// <summary>Why the last act did nothing.</summary>
    protected string? Failure { get; set; }

    /// <summary>Where somebody wants to go who has typed something.</summary>
    protected string? Leaving { get; set; }

    protected bool IsSaving { get; set; }

    protected abstract FieldEdits Fields { get; }

    /// <summary>What the draft is of, and the version that it was begun on.</summary>
    protected abstract (string Name, int Version) DraftOf { get; }

    protected abstract Task Save();

    /// <summary>Reads again what is edited; what is typed stays, and what changed beneath it becomes an offer.</summary>
    protected abstract Task Reread();

    private DraftPlace? Place => account is { } person ? new(person, Store.Id, DraftOf.Name) : null;

    /// <summary>What is typed from now on is kept on the server.</summary>
    protected void BeginDraft()
    {
        Draft = new(Clock, Snapshot, Keep);
        // Once the draft is kept, leaving the site asks nothing any more.
        following = Draft.Subscribe(() => _ = InvokeAsync(StateHasChanged));
    }

    /// <summary>Takes up what was typed here earlier and is kept on the server.</summary>
    protected async Task RestoreDraft()
    {
        account = (await Authentication.GetAuthenticationStateAsync()).User.AccountId;
        if (Place is not { } place)
            return;
        try
        {
            if (await ReadingDraft.Read(place, Gone) is not { } kept)
                return;
            Fields.Restore(DraftText.Read(kept.Content));
            Draft.Found(kept.UpdatedAt);
            RestoredFields = Fields.Count;
            Restored = Fields.Count > 0 ? kept.UpdatedAt : null;
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            Failure = "Whether a draft is kept on the server could not be read. Load the page again before you type.";
        }
    }

    private async Task<JsonObject?> Snapshot()
    {
        JsonObject? content = null;
        await InvokeAsync(() => content = Fields.Count == 0 ? null : DraftText.Write(Fields.Typed));
        return content;
    }

    private Task Keep(JsonObject? content, CancellationToken cancel) => (Place, content) switch
    {
        (null, _) => Task.CompletedTask,
        ({ } place, null) => DiscardingDraft.Discard(place, cancel),
        ({ } place, _) => SavingDraft.Save(place, content, DraftOf.Version, cancel),
    };

    protected async Task Discard()
    {
        Restored = null;
        Fields.Discard();
        await Draft.Flush();
    }

    protected void KeepAllMine()
    {
        foreach (var offer in Fields.Offers)
            Fields.KeepMine(offer.Key);
    }

    protected void TakeAllTheirs()
    {
        foreach (var offer in Fields.Offers)
            Fields.TakeBack(offer.Key);
    }

    /// <summary>What is typed and not saved stays; what the undo changed beneath it becomes an offer.</summary>
    public async Task Undo(UndoScope scope)
    {
        try
        {
            var person = (await Authentication.GetAuthenticationStateAsync()).User.AsAskedBy();
            var outcome = await Undoing.Undo(scope, person.Id, person.Name, null, Gone);
            await Reread();
            Failure = outcome is SaveOutcome.Refused refused ? string.Join(" ", refused.Problems.Select(problem => problem.Sentence).Distinct()) : null;
            if (outcome is SaveOutcome.Saved { LeftOut.Count: var left, Fields: var fields })
                Toasts.Say(left == 0 ? $"Taken back: {Figure.Count(fields, "field")}" : $"Taken back: {Figure.Count(fields, "field")}; {Figure.Count(left)} changed later and stay");
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            Failure = "The copy did not answer. Nothing was taken back: try again.";
        }
        StateHasChanged();
    }

    /// <summary>Why a save was refused stands at the typed fields; what belongs to none of them is answered.</summary>
    protected IReadOnlyList<string> Refuse(SaveOutcome.Refused refused)
    {
        Fields.Refuse(refused.Problems.Select(problem => (new FieldKey(problem.Entity, problem.EntityId, problem.Field), problem.Sentence)));
        return [.. refused.Problems.Where(problem => !Fields.IsTyped(new(problem.Entity, problem.EntityId, problem.Field))).Select(problem => problem.Sentence).Distinct()];
    }

    /// <summary>Somebody saved another value of a typed field meanwhile.</summary>
    protected void Name(SaveOutcome.Stale stale)
    {
        foreach (var field in stale.Fields)
            if (field is { ChangedBy: { } by, ChangedAt: { } at })
                Fields.Name(new(field.Entity, field.EntityId, field.Field), by, at);
    }

    // Another part of the same page is no leave.
    protected void BeforeLeaving(LocationChangingContext move)
    {
        var target = Navigation.ToAbsoluteUri(move.TargetLocation);
        if (Fields.Count == 0 || Leaving == move.TargetLocation || target.AbsolutePath == Navigation.ToAbsoluteUri(Navigation.Uri).AbsolutePath)
            return;
        move.PreventNavigation();
        Leaving = move.TargetLocation;
        StateHasChanged();
    }

    protected async Task Leave()
    {
        await Draft.Flush();
        Navigation.NavigateTo(Leaving!);
    }

    protected async Task SaveAndLeave()
    {
        var target = Leaving!;
        Leaving = null;
        await Save();
        if (Fields.Count == 0)
            Navigation.NavigateTo(target);
    }

    /// <summary>"title, price and 2 more fields".</summary>
    protected static string Labels(IEnumerable<string> fields)
    {
        const int Named = 3;
        var labels = fields.Distinct().ToList();
        return $"{string.Join(", ", labels.Take(Named))}{(labels.Count > Named ? $" and {Figure.Count(labels.Count - Named, "more field")}" : "")}";
    }

    public async ValueTask DisposeAsync()
    {
        following?.Dispose();
        await gone.CancelAsync();
        Left();
        if (Draft is not null)
            await Draft.DisposeAsync();
        gone.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The page is left.</summary>
    protected virtual void Left()
    {
    }
}
