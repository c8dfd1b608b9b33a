using System.Data.Common;
using System.Text.Json.Nodes;
using CowansDashboard.Collections;
using CowansDashboard.Collections.Conditions;
using CowansDashboard.Conflicts;
using CowansDashboard.History;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Products;
using CowansDashboard.Web.Components.Products.Editing;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Routing;

namespace CowansDashboard.Web.Components.Collections.Editing;

/// <summary>A collection, typed in: what is unsaved, whom it would hold, its order, IsSaving and Leaving.</summary>
public sealed partial class CollectionEditor(
    SaveChangeSet save, ReadCollection read, ReadMemberOrder readOrder, NameReferences name, ForeseeMembers foresee, ListConditionMetafields listMetafields, KeptSelection kept) : FieldsEditor
{
    private CollectionEdits edits = default!;
    private OrderedMembers? order;
    private object stamp = new();
    private IReadOnlyList<long> pinned = [];
    private IReadOnlyList<long> ids = [];
    private ReferenceNames names = ReferenceNames.None;
    private IReadOnlyList<ConditionMetafield> metafields = [];
    private string? moves;
    private bool picking, ready;

    [Parameter, EditorRequired] public CollectionDetails Collection { get; set; } = default!;

    /// <summary>Rises when a pull brought everything anew: whom the sources hold is asked again.</summary>
    [Parameter] public int Pulled { get; set; }

    /// <summary>The collection as it was read after a save.</summary>
    [Parameter] public EventCallback<CollectionDetails> OnSaved { get; set; }

    protected override FieldEdits Fields => edits;

    protected override (string Name, int Version) DraftOf => (FormattableString.Invariant($"collection:{Collection.Row.Id}"), Collection.Row.Version);

    private FieldKey Order => edits.Of(MemberOrder.Field);

    private bool Redirects => edits.Text(edits.Of("redirect_new_handle")) == FieldShapes.Yes;

    private string Moves
    {
        get
        {
            if (moves is not null)
                return moves;
            if (order is null)
                return "";
            var batches = OrderedMembers.Moves(order.Shopifys, ids);
            return moves = batches.Count == 0 ? (Collection.Row.ShopifyId is null || ids.Any(order.IsOnlyHere) ? "Shopify gets this order with the products" : "Shopify has this order") : $"{Figure.Count(batches.Sum(batch => batch.Length), "move")} to send, {Figure.Count(batches.Count, "call")}";
        }
    }

    protected override async Task OnInitializedAsync()
    {
        edits = new(new(Collection, null, names, Store.Currency), Store.Currency) { OnChange = Changed };
        BeginDraft();
        seen = Pulled;
        edits.Reread(await Values(Collection));
        await RestoreDraft();
        Arrange();
        ready = true;
        await ReadSchedules();
        await ReadMetafields();
        await Foresee(0);
    }

    private int seen;

    protected override async Task OnParametersSetAsync()
    {
        if (!ready || ReferenceEquals(edits.Collection, Collection))
            return;
        edits.Reread(await Values(Collection));
        await ReadSchedules();
        if (seen != Pulled || Asked() != foreseenOf)
        {
            seen = Pulled;
            await Foresee(0);
        }
    }

    private void Changed()
    {
        Failure = null;
        Draft.Touch();
        Arrange();
        if (Asked() != foreseenOf)
            _ = Foresee(Pause);
        StateHasChanged();
    }

    private async Task<CollectionValues> Values(CollectionDetails now)
    {
        try
        {
            order = await readOrder.Read(Store.Id, now.Row.Id, Gone);
            stamp = new();
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested)
        {
            // The page was left.
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            Failure = "The products could not be read. Load the page again.";
        }
        return new(now, order, names, Store.Currency);
    }

    private void Arrange()
    {
        if (order is null)
            return;
        IReadOnlyList<long> now = edits.IsTyped(Order) && edits.Value(Order) is JsonArray wanted ? OrderedMembers.Apply(order.Now, [.. wanted.Select(id => id!.GetValue<long>())]) : order.Now;
        moves = null;
        if (!now.SequenceEqual(ids))
            ids = now;
    }

    private void Ordered(IReadOnlyList<long> wanted)
    {
        if (order is null)
            return;
        if (wanted.SequenceEqual(order.Now))
            edits.TakeBack(Order);
        else
            edits.Type(Order, new JsonArray([.. wanted.Select(id => (JsonNode)JsonValue.Create(id))]).ToJsonString());
        ids = wanted;
        moves = null;
    }

    // By a rule: shown and unsaved, as if somebody had moved each product.
    private void Arranged(IReadOnlyList<long> wanted)
    {
        if (!edits.IsByHand)
            Sort("MANUAL");
        Ordered(wanted);
    }

    private void Pin(long product) => pinned = pinned.Contains(product) ? [.. pinned.Where(each => each != product)] : [.. pinned, product];

    // Another order than by hand needs no places; what somebody arranged goes back to what the copy holds.
    private void Sort(string? chosen)
    {
        edits.Type(edits.Of("sort_order"), chosen ?? edits.SortOrder);
        if (!edits.IsByHand)
            edits.TakeBack(Order);
    }

    private void TakeBackOrder()
    {
        edits.TakeBack(edits.Of("sort_order"));
        edits.TakeBack(Order);
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
        if (edits.Unfinished.Values.Sum() is > 0 and var open)
        {
            Failure = $"Not saved. {Figure.Count(open, "condition has", "conditions have")} no value: finish or remove {(open == 1 ? "it" : "them")} first.";
            return;
        }
        List<TypedField> sent = [.. edits.Typed];
        await Change(edits.Wanted(sent) with { UntilEnd = OnlyUntilEnd }, $"{Collection.Row.Title}, {Labels(sent)}", sent);
    }

    private async Task Change(WantedChanges wanted, string title, List<TypedField> sent)
    {
        IsSaving = true;
        Failure = null;
        try
        {
            var person = (await Authentication.GetAuthenticationStateAsync()).User.AsAskedBy();
            var head = new ChangeSetHead(Store.Id, ChangeSetKind.Edit, title, null, person.Id, person.Name);
            switch (await save.Save(head, wanted, StaleMeans.Refuse, Gone))
            {
                case SaveOutcome.Saved saved:
                    Restored = null;
                    if (await read.Read(Store.Id, Collection.Row.Id, Gone) is { } now)
                    {
                        Collection = now;
                        edits.Saved(sent, await Values(now));
                        // What came or went is no field that the copy could say the same of.
                        foreach (var field in sent.Where(field => field.Key is { Entity: CatalogueFields.Source, Id: < 0 } or { Field: CollectionValues.Removed }))
                        {
                            // What was typed into a new source meanwhile goes on in the row that the save has made.
                            var later = edits.IsTyped(field.Key) && edits.Text(field.Key) != field.Text ? edits.Text(field.Key) : null;
                            edits.TakeBack(field.Key);
                            if (later is not null && saved.Created.TryGetValue(field.Key.Id, out var made))
                                edits.Type(CollectionEdits.Definition(made), later);
                        }
                        await Told(now);
                    }
                    await Draft.Flush();
                    if (saved.ChangeSetId != 0)
                        Toasts.Say(sent.Count == 0 ? $"Saved: {title}" : $"Saved: {Collection.Row.Title}, {Labels(sent)}", "Undo", () => InvokeAsync(() => Undo(new UndoScope(Store.Id, saved.ChangeSetId))));
                    break;
                case SaveOutcome.Stale stale:
                    Name(stale);
                    await Reread();
                    Failure = "Not saved.";
                    break;
                case SaveOutcome.Refused refused:
                    var others = Refuse(refused);
                    Failure = others.Count > 0 ? "Not saved. " + string.Join(" ", others) : "Not saved.";
                    break;
                default:
                    throw new InvalidOperationException("A save has no other outcome.");
            }
        }
        catch (Exception wrong) when (wrong is DbException or TimeoutException)
        {
            Failure = "The copy did not answer. Nothing was saved, and what you typed is kept: save again.";
        }
        finally
        {
            IsSaving = false;
        }
    }

    private async Task Told(CollectionDetails now)
    {
        await OnSaved.InvokeAsync(now);
        await Foresee(0);
    }

    protected override async Task Reread()
    {
        if (await read.Read(Store.Id, Collection.Row.Id, Gone) is not { } now)
            return;
        Collection = now;
        edits.Reread(await Values(now));
        await Told(now);
    }

    // Rows of their own, pushed with the products: they do not wait for Save.
    private async Task Add(IReadOnlyList<long> products)
    {
        await Change(
            new WantedChanges
            {
                Added = [.. products.Select((product, i) => new NewRow(CatalogueFields.Member, -1 - i, new JsonObject { ["collection_id"] = Collection.Row.Id, ["product_id"] = product, ["position"] = ids.Count + 1 + i }))],
            },
            $"{Collection.Row.Title}, {Figure.Count(products.Count, "product")} added", []);
        if (Failure is null)
            picking = false;
    }

    private async Task TakeOut(long product)
    {
        if (order?.Rows.GetValueOrDefault(product) is not { } row)
            return;
        await Change(new WantedChanges { Removed = [new RowRef(CatalogueFields.Member, row)] }, $"{Collection.Row.Title}, a product taken out", []);
    }

    // Who fits conditions or comes with another collection cannot be taken out by hand.
    private bool IsRemovable(long product) => order is not null && (order.IsOnlyHere(product)
        || edits.Collection.Sources.All(source => SourceReading.Read(source.Type, source.Definition) is CollectionSource.ByConditions { Included.Conditions.Count: 0 }));

    private static string Labels(List<TypedField> sent) => Labels(sent.Select(field => Label(field.Key)));

    private static string Label(FieldKey key) => key.Entity switch
    {
        CatalogueFields.Source => "who belongs",
        CatalogueFields.CollectionPublication => "where it is published",
        _ => CatalogueFields.LabelOf(key.Entity, key.Field).ToLowerInvariant(),
    };

    protected override void Left() => asking?.Dispose();
}
