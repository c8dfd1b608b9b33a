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

/// <summary>The parts of a product's page, typed in: what is unsaved, its draft on the server, IsSaving and Leaving.</summary>
public sealed partial class ProductEditor(
    SaveChangeSet save, FindTakenSkus findTaken, ChangeStructure structure, ReadProduct read) : FieldsEditor
{
    private static readonly TimeSpan LookAfter = TimeSpan.FromMilliseconds(300);

    private ProductEdits edits = default!;
    private string? lookedAt = "";
    private bool attaching;

    [Parameter, EditorRequired] public ProductDetails Product { get; set; } = default!;
    [Parameter] public StoreRow? Shop { get; set; }
    [Parameter] public string Part { get; set; } = "details";

    /// <summary>The product as it was read after a save.</summary>
    [Parameter] public EventCallback<ProductDetails> OnSaved { get; set; }

    protected override FieldEdits Fields => edits;

    protected override (string Name, int Version) DraftOf => (FormattableString.Invariant($"product:{Product.Id}"), Product.Version);

    protected override async Task OnInitializedAsync()
    {
        edits = new(Product, Store.Currency) { OnChange = Changed };
        BeginDraft();
        await ReadSchedules();
        await RestoreDraft();
    }

    protected override void OnParametersSet()
    {
        // A pull or somebody's save: what is typed stays, and offers arise where the copy moved.
        if (!ReferenceEquals(edits.Product, Product))
            edits.Reread(Product);
    }

    private void Changed()
    {
        Failure = null;
        Draft.Touch();
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
            await Task.Delay(LookAfter, Clock, Gone);
            if (asked != lookedAt)
                return;
            var taken = await findTaken.Find(Store.Id, [.. skus.Select(field => new FieldEdit(field.Key.Entity, field.Key.Id, field.Key.Field, field.Seen?.DeepClone(), field.New?.DeepClone()))], Gone);
            if (asked == lookedAt)
                edits.Take(taken.ToDictionary(one => new FieldKey(CatalogueFields.Variant, one.Key, "sku"), one => one.Value));
        }
        catch (Exception away) when (away is DbException or TimeoutException or OperationCanceledException or ObjectDisposedException)
        {
            // It is asked again with the next key, and by the save in any case.
            lookedAt = null;
        }
    }

    protected override async Task Save()
    {
        if (IsSaving || edits.Count == 0)
            return;
        if (edits.Wrong > 0 || edits.Offers.Count > 0)
        {
            Failure = "Not saved.";
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
        Change(head => save.Save(head, wanted, StaleMeans.Refuse, Gone), kind, title, sent);

    /// <summary>Options and variants that come, go and change places; typed fields stay unsaved.</summary>
    private async Task<string?> Restructure(IReadOnlyList<StructureChange> changes, string title)
    {
        Failure = null;
        return await Change(head => structure.Change(head, Product.Id, changes, [], Gone), ChangeSetKind.Edit, title, [])
            ?? (Failure is null ? null : "Somebody changed the product at this moment. Nothing was saved: look again and save.");
    }

    private async Task<string?> Change(Func<ChangeSetHead, Task<SaveOutcome>> saveWith, string kind, string title, List<TypedField> sent)
    {
        IsSaving = true;
        try
        {
            var person = (await Authentication.GetAuthenticationStateAsync()).User.AsAskedBy();
            var head = new ChangeSetHead(Store.Id, kind, title, null, person.Id, person.Name);
            switch (await saveWith(head))
            {
                case SaveOutcome.Saved saved:
                    Restored = null;
                    if (await read.Read(Store.Id, Product.Id, Gone) is { } now)
                    {
                        edits.Saved(sent, now);
                        await OnSaved.InvokeAsync(now);
                    }
                    await Draft.Flush();
                    Say(saved, title);
                    return null;
                case SaveOutcome.Stale stale:
                    Name(stale);
                    await Reread();
                    Failure = "Not saved.";
                    return null;
                case SaveOutcome.Refused refused:
                    var others = Refuse(refused);
                    Failure = others.Count > 0 && sent.Count > 0 ? "Not saved. " + string.Join(" ", others) : "Not saved.";
                    return others.Count > 0 ? string.Join(" ", others) : null;
                default:
                    throw new InvalidOperationException("A save has no other outcome.");
            }
        }
        catch (Exception wrong) when (wrong is DbException or TimeoutException)
        {
            Failure = "The copy did not answer. Nothing was saved, and what you typed is kept: save again.";
            return Failure;
        }
        finally
        {
            IsSaving = false;
        }
    }

    private void Say(SaveOutcome.Saved saved, string title)
    {
        if (saved.ChangeSetId != 0)
            Toasts.Say($"Saved: {title}", "Undo", () => InvokeAsync(() => Undo(new UndoScope(Store.Id, saved.ChangeSetId))));
    }

    protected override async Task Reread()
    {
        if (await read.Read(Store.Id, Product.Id, Gone) is { } now)
        {
            edits.Reread(now);
            await OnSaved.InvokeAsync(now);
        }
    }

    private string Title(List<TypedField> sent) => $"{Product.Title}, {Labels(sent.Select(field => CatalogueFields.LabelOf(field.Key.Entity, field.Key.Field).ToLowerInvariant()))}";

    private string Named(MergeOffer offer) =>
        edits.Copy.Owner(offer.Key) is { } owner ? $"{ProductFields.Name(offer.Key.Field)} of {owner}" : ProductFields.Name(offer.Key.Field);
}
