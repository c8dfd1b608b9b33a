using System.Data.Common;
using CowansDashboard.Catalog;
using CowansDashboard.Conflicts;
using CowansDashboard.History;
using CowansDashboard.Stores;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Routing;

namespace CowansDashboard.Web.Components.Products.Editing;

/// <summary>The parts of a product's page, typed in: what is unsaved, its draft on the server, saving and leaving.</summary>
public sealed partial class ProductEditor(
    SaveChangeSet save, FindTakenSkus findTaken, ChangeStructure structure, UndoDecisions undo, ReadProduct read, SaveDraft saveDraft, ReadDraft readDraft, DiscardDraft discardDraft, TimeProvider clock, Toasts toasts, NavigationManager navigation, AuthenticationStateProvider authentication) : IAsyncDisposable
{
    private static readonly TimeSpan LookAfter = TimeSpan.FromMilliseconds(300);

    private readonly CancellationTokenSource gone = new();
    private ProductEdits edits = default!;
    private DraftKeeper draft = default!;
    private IDisposable? kept;
    private string? failure, leaving, lookedAt = "";
    private DateTimeOffset? restored;
    private int restoredFields;
    private bool saving, attaching;

    [Parameter, EditorRequired] public ProductDetails Product { get; set; } = default!;
    [Parameter, EditorRequired] public ShellStore Store { get; set; } = default!;
    [Parameter] public StoreRow? Shop { get; set; }
    [Parameter] public string Part { get; set; } = "details";

    /// <summary>The product as it was read after a save.</summary>
    [Parameter] public EventCallback<ProductDetails> OnSaved { get; set; }

    public bool HasUnsaved => edits.Count > 0;

    protected override async Task OnInitializedAsync()
    {
        edits = new(Product, Store.Currency) { OnChange = Changed };
        draft = new(clock, Snapshot, Keep);
        // Once the draft is kept, leaving the site asks nothing any more.
        kept = draft.Subscribe(() => _ = InvokeAsync(StateHasChanged));
        await ReadSchedules();
        await Restore();
    }

    protected override void OnParametersSet()
    {
        // A pull or somebody's save: what is typed stays, and offers arise where the copy moved.
        if (!ReferenceEquals(edits.Product, Product))
            edits.Reread(Product);
    }

    private void Changed()
    {
        failure = null;
        draft.Touch();
        StateHasChanged();
        _ = LookAtSkus();
    }

    // What a save would say of a typed SKU is said where it is typed, a moment after the last key.
    private async Task LookAtSkus()
    {
        var skus = edits.Typed.Where(field => field is { Key: { Entity: CatalogueFields.Variant, Field: "sku" }, Wrong: null }).ToList();
        var asked = string.Join('\n', skus.Select(field => FormattableString.Invariant($"{field.Key.Id} {field.Text}")));
        if (asked == lookedAt)
            return;
        lookedAt = asked;
        try
        {
            await Task.Delay(LookAfter, clock, gone.Token);
            if (asked != lookedAt)
                return;
            var taken = await findTaken.Find(Store.Id, [.. skus.Select(field => new FieldEdit(field.Key.Entity, field.Key.Id, field.Key.Field, field.Seen?.DeepClone(), field.New?.DeepClone()))], gone.Token);
            if (asked == lookedAt)
                edits.Take(taken.ToDictionary(one => new FieldKey(CatalogueFields.Variant, one.Key, "sku"), one => one.Value));
        }
        catch (Exception away) when (away is DbException or TimeoutException or OperationCanceledException or ObjectDisposedException)
        {
            // It is asked again with the next key, and by the save in any case.
            lookedAt = null;
        }
    }

    private async Task Save()
    {
        if (saving || edits.Count == 0)
            return;
        if (edits.Wrong > 0 || edits.Offers.Count > 0)
        {
            failure = "Not saved.";
            return;
        }
        List<TypedField> sent = [.. edits.Typed];
        var fields = sent.Select(field => new FieldEdit(field.Key.Entity, field.Key.Id, field.Key.Field, field.Seen?.DeepClone(), field.New?.DeepClone())).ToList();
        await Change(new WantedChanges { Fields = fields, UntilEnd = OnlyUntilEnd }, ChangeSetKind.Edit, Title(sent), sent);
    }

    /// <summary>Saves at once what is no typed field: a row that comes or goes. Typed fields stay unsaved.</summary>
    private Task<string?> ChangeRows(WantedChanges wanted, string title) => Change(wanted, ChangeSetKind.Edit, title, []);

    // Answers what was wrong with rows; what is wrong with a typed field stands at the field.
    private Task<string?> Change(WantedChanges wanted, string kind, string title, List<TypedField> sent) =>
        Change(head => save.Save(head, wanted, StaleMeans.Refuse, gone.Token), kind, title, sent);

    /// <summary>Options and variants that come, go and change places; typed fields stay unsaved.</summary>
    private async Task<string?> Restructure(IReadOnlyList<StructureChange> changes, string title)
    {
        failure = null;
        return await Change(head => structure.Change(head, Product.Id, changes, [], gone.Token), ChangeSetKind.Edit, title, [])
            ?? (failure is null ? null : "Somebody changed the product at this moment. Nothing was saved: look again and save.");
    }

    private async Task<string?> Change(Func<ChangeSetHead, Task<SaveOutcome>> saveWith, string kind, string title, List<TypedField> sent)
    {
        saving = true;
        try
        {
            var person = (await authentication.GetAuthenticationStateAsync()).User.AsAskedBy();
            var head = new ChangeSetHead(Store.Id, kind, title, null, person.Id, person.Name);
            switch (await saveWith(head))
            {
                case SaveOutcome.Saved saved:
                    restored = null;
                    if (await read.Read(Store.Id, Product.Id, gone.Token) is { } now)
                    {
                        edits.Saved(sent, now);
                        await OnSaved.InvokeAsync(now);
                    }
                    await draft.Flush();
                    Say(saved, title);
                    return null;
                case SaveOutcome.Stale stale:
                    foreach (var field in stale.Fields)
                        if (field is { ChangedBy: { } by, ChangedAt: { } at })
                            edits.Name(new(field.Entity, field.EntityId, field.Field), by, at);
                    if (await read.Read(Store.Id, Product.Id, gone.Token) is { } theirs)
                    {
                        edits.Reread(theirs);
                        await OnSaved.InvokeAsync(theirs);
                    }
                    failure = "Not saved.";
                    return null;
                case SaveOutcome.Refused refused:
                    edits.Refuse(refused.Problems.Select(problem => (new FieldKey(problem.Entity, problem.EntityId, problem.Field), problem.Sentence)));
                    var others = refused.Problems.Where(problem => !edits.IsTyped(new(problem.Entity, problem.EntityId, problem.Field))).Select(problem => problem.Sentence).Distinct().ToList();
                    failure = others.Count > 0 && sent.Count > 0 ? "Not saved. " + string.Join(" ", others) : "Not saved.";
                    return others.Count > 0 ? string.Join(" ", others) : null;
                default:
                    throw new InvalidOperationException("A save has no other outcome.");
            }
        }
        catch (Exception wrong) when (wrong is DbException or TimeoutException)
        {
            failure = "The copy did not answer. Nothing was saved, and what you typed is kept: save again.";
            return failure;
        }
        finally
        {
            saving = false;
        }
    }

    private void Say(SaveOutcome.Saved saved, string title)
    {
        if (saved.ChangeSetId != 0)
            toasts.Say($"Saved: {title}", "Undo", () => InvokeAsync(() => Undo(new UndoScope(Store.Id, saved.ChangeSetId))));
    }

    /// <summary>What is typed and not saved stays; what the undo changed beneath it becomes an offer.</summary>
    public async Task Undo(UndoScope scope)
    {
        try
        {
            var person = (await authentication.GetAuthenticationStateAsync()).User.AsAskedBy();
            var outcome = await undo.Undo(scope, person.Id, person.Name, null, gone.Token);
            if (await read.Read(Store.Id, Product.Id, gone.Token) is { } now)
            {
                edits.Reread(now);
                await OnSaved.InvokeAsync(now);
            }
            failure = outcome is SaveOutcome.Refused refused ? string.Join(" ", refused.Problems.Select(problem => problem.Sentence).Distinct()) : null;
            if (outcome is SaveOutcome.Saved { LeftOut.Count: var left, Fields: var fields })
                toasts.Say(left == 0 ? $"Taken back: {Figure.Count(fields, "field")}" : $"Taken back: {Figure.Count(fields, "field")}; {Figure.Count(left)} changed later and stay");
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            failure = "The copy did not answer. Nothing was taken back: try again.";
        }
        StateHasChanged();
    }

    private string Title(List<TypedField> sent)
    {
        const int Named = 3;
        var labels = sent.Select(field => CatalogueFields.LabelOf(field.Key.Entity, field.Key.Field).ToLowerInvariant()).Distinct().ToList();
        return $"{Product.Title}, {string.Join(", ", labels.Take(Named))}{(labels.Count > Named ? $" and {Figure.Count(labels.Count - Named, "more field")}" : "")}";
    }

    private async Task Discard()
    {
        restored = null;
        edits.Discard();
        await draft.Flush();
    }

    private void KeepAllMine()
    {
        foreach (var offer in edits.Offers)
            edits.KeepMine(offer.Key);
    }

    private void TakeAllTheirs()
    {
        foreach (var offer in edits.Offers)
            edits.TakeBack(offer.Key);
    }

    private string Named(MergeOffer offer) =>
        edits.Copy.Owner(offer.Key) is { } owner ? $"{ProductFields.Name(offer.Key.Field)} of {owner}" : ProductFields.Name(offer.Key.Field);

    // Another part of the same page is no leave.
    private void BeforeLeaving(LocationChangingContext move)
    {
        var target = navigation.ToAbsoluteUri(move.TargetLocation);
        if (edits.Count == 0 || leaving == move.TargetLocation || target.AbsolutePath == navigation.ToAbsoluteUri(navigation.Uri).AbsolutePath)
            return;
        move.PreventNavigation();
        leaving = move.TargetLocation;
        StateHasChanged();
    }

    private async Task Leave()
    {
        await draft.Flush();
        navigation.NavigateTo(leaving!);
    }

    private async Task SaveAndLeave()
    {
        var target = leaving!;
        leaving = null;
        await Save();
        if (edits.Count == 0)
            navigation.NavigateTo(target);
    }

    public async ValueTask DisposeAsync()
    {
        kept?.Dispose();
        await gone.CancelAsync();
        await draft.DisposeAsync();
        gone.Dispose();
    }
}
