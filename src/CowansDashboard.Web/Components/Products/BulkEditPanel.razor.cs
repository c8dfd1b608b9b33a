using System.Globalization;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.Collections;
using CowansDashboard.Search;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Sync;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace CowansDashboard.Web.Components.Products;

/// <summary>Edits all selected products at once: choose what, then see before and after.</summary>
public sealed partial class BulkEditPanel(
    PreviewBulkEdit previewEdit, ListLocations listLocations, ListMetafieldKinds listMetafields, ListFacet facet, ReadCollection readCollection, AuthenticationStateProvider authentication) : LiveComponent
{
    private readonly BulkDraft draft = new();
    private IReadOnlyList<StockPlace> locations = [];
    private IReadOnlyList<FacetValue> known = [];
    private IReadOnlyList<MetafieldKind>? metafields;
    private ActionProblem? wrong;
    private long? previewId;
    private ElementReference form;
    private bool toForm;

    [Parameter, EditorRequired] public ShellStore Store { get; set; } = default!;

    [Parameter, EditorRequired] public ProductSelection Selection { get; set; } = ProductSelection.Nothing;

    /// <summary>The order of the list from which they were chosen.</summary>
    [Parameter] public ProductSort? Order { get; set; }

    /// <summary>The collection onto which they were dropped: its preview is shown at once.</summary>
    [Parameter] public long? Into { get; set; }

    /// <summary>The products are others now.</summary>
    [Parameter] public EventCallback OnChanged { get; set; }

    protected override async Task OnInitializedAsync()
    {
        if (Into is { } collection)
        {
            (draft.Kind, draft.Value) = (BulkKind.Collection, collection.ToString(CultureInfo.InvariantCulture));
            await Prepare();
            await Guarded(async () => draft.ValueName = (await readCollection.Read(Store.Id, collection, Gone))?.Row.Title ?? "");
        }
        await Guarded(async () => locations = await listLocations.List(Store.Id, Gone));
    }

    private Task KindChanged() => Guarded(async () =>
    {
        (wrong, draft.Value, known) = (null, "", []);
        if (draft.Location == 0 && locations.Count > 0)
            draft.Location = locations[0].Id;
        if (draft.Kind switch { BulkKind.Vendor => FilterField.Vendor, BulkKind.Type => FilterField.Type, BulkKind.Tags => FilterField.Tag, _ => null } is { } field)
            known = await facet.List(Store.Id, ProductFilter.Everything, field, "", Gone);
        if (draft.Kind is BulkKind.Metafield && metafields is null)
        {
            metafields = await listMetafields.List(Store.Id, Gone);
            draft.Metafield = metafields.Count > 0 ? metafields[0] : null;
        }
    });

    private Task Prepare() => Guarded(async () =>
    {
        (var action, wrong) = draft.Read();
        if (action is null)
            return;
        var person = (await authentication.GetAuthenticationStateAsync()).User.AsAskedBy();
        switch (await previewEdit.Preview(new(Store.Id, Selection, action, person) { Title = draft.Title(action), Order = Order }, Gone))
        {
            case PreviewOutcome.Wrong bad:
                wrong = bad.Problem;
                break;
            case PreviewOutcome.Nothing nothing:
                Trouble = nothing.Sentence;
                break;
            case PreviewOutcome.Prepared prepared:
                previewId = prepared.PreviewId;
                break;
        }
    });

    private void Back() => (previewId, Trouble, toForm) = (null, null, true);

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!(firstRender || toForm) || previewId is not null)
            return;
        toForm = false;
        await form.FocusAsync(preventScroll: true);
    }
}
