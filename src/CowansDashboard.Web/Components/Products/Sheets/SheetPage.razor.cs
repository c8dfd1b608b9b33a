using System.Data.Common;
using System.Text.Json.Nodes;
using CowansDashboard.Accounts;
using CowansDashboard.Catalog;
using CowansDashboard.Catalog.Bulk;
using CowansDashboard.Catalog.Sheets;
using CowansDashboard.History;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using CowansDashboard.Web.Components.Products.Editing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.JSInterop;

namespace CowansDashboard.Web.Components.Products.Sheets;

/// <summary>Chosen products or their variants as a spreadsheet: its rows, its columns, and what is typed and not saved.</summary>
public sealed partial class SheetPage(
    TimeProvider clock, IJSRuntime js, Toasts toasts, ShellFeed feed, AuthenticationStateProvider authentication,
    ReadSheet readSheet, KeepSheet keepSheet, ListSheetColumns listColumns, ReadSheetRows readRows, NameCategories nameCategories, SaveSheet saveSheet, FindTakenSkus findTaken, FindWithoutReduction findWithoutReduction, PrepareSheet prepareSheet, AskForApproval ask,
    UndoChanges undo, ReadDraft readDraft, MergeDraft mergeDraft, NavigationManager navigation) : IAsyncDisposable
{
    private readonly SheetCategories categories = new(nameCategories);
    private DraftKeeper draft = default!;
    private Sheet? sheet;
    private SheetEdits? edits;
    private IReadOnlyList<SheetColumn> columns = [], shown = [];
    private Dictionary<long, int> places = [];
    private ElementReference host;
    private DotNetObjectReference<SheetPage>? self;
    private IJSObjectReference? script, grid;
    private string? missing, said, failure;
    private DateTimeOffset? restored;
    private CopyState shownCopy;
    private KnownDraft known = new(null);
    private JsonNode? keptCells;
    private SaveSheetOutcome? guard;
    private int restoredCells, heard;
    private long? account;
    private bool loaded, choosing, onlyChanged, saving, previewing;
    private (long Store, Guid Id, string Entity)? opened, drawn;

    [Parameter] public Guid Id { get; set; }
    [SupplyParameterFromQuery] public string? Of { get; set; }
    [CascadingParameter] public ShellStore? Store { get; set; }

    private string Entity => Of == "variants" ? CatalogueFields.Variant : CatalogueFields.Product;

    private List<SheetColumn> OfEntity => [.. columns.Where(column => column.RowEntity == Entity)];

    private bool IsGridShown => sheet is not null && sheet.Rows(Entity).Count > 0;

    private string? Context => sheet is null ? null : $"{Figure.Count(sheet.Products.Count, "product")}, {Figure.Count(sheet.VariantCount, "variant")}, in the order of the list";

    private IReadOnlyList<Tabs.Tab> TabItems =>
    [
        new("Products", $"/products/sheet/{Id}", Entity == CatalogueFields.Product, sheet!.Products.Count),
        new("Variants", $"/products/sheet/{Id}?of=variants", Entity == CatalogueFields.Variant, sheet.VariantCount),
    ];

    protected override void OnInitialized()
    {
        draft = new(clock, Snapshot, KeepCells);
        Watch(feed.Subscribe);
        Watch(draft.Subscribe);
        shownCopy = feed.State.Copy;
    }

    protected override async Task OnParametersSetAsync()
    {
        if (Store is null || opened == (Store.Id, Id, Entity))
            return;
        var isOther = opened is not { } before || before.Store != Store.Id || before.Id != Id;
        opened = (Store.Id, Id, Entity);
        (choosing, previewing, onlyChanged) = (false, false, false);
        if (isOther)
            await Load();
        else
            Lay();
    }

    private async Task Load()
    {
        (loaded, missing, sheet, edits, guard, known, keptCells) = (false, null, null, null, null, new(null), null);
        try
        {
            account = (await authentication.GetAuthenticationStateAsync()).User.AccountId;
            if (account is not { } person || await readSheet.Read(person, Store!.Id, Id, Gone) is not { } found)
            {
                loaded = true;
                return;
            }
            columns = await listColumns.List(Store.Id, found.Products, Gone);
            edits = new(columns.ToDictionary(column => (column.RowEntity, column.Key)), Store.Currency, categories.IdOf);
            await Restore(person);
            sheet = found;
            loaded = true;
            Lay();
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            missing = "The copy did not answer. Nothing is lost; try again.";
        }
    }

    private async Task Restore(long person)
    {
        if (await readDraft.Read(Sheet.CellsOf(person, Store!.Id, Id), Gone) is not { } kept)
            return;
        var cells = SheetDraft.Read(kept.Content).ToList();
        await categories.Learn(cells.Where(cell => cell.Place.Column == "category_id").SelectMany(cell => new[] { cell.Text, cell.Seen?.ToString() ?? "" }), Gone);
        edits!.Restore(cells);
        draft.Found(kept.UpdatedAt);
        (known, keptCells) = (new(kept.UpdatedAt), kept.Content);
        (restored, restoredCells) = (edits.Count > 0 ? kept.UpdatedAt : null, edits.Count);
    }

    // Which rows and columns the sheet shows now.
    private void Lay()
    {
        if (sheet is null)
            return;
        places = sheet.Rows(Entity).Index().ToDictionary(row => row.Item, row => row.Index);
        var all = OfEntity;
        shown = sheet.Columns.GetValueOrDefault(Entity) is { } chosen
            ? [.. chosen.Select(key => all.FirstOrDefault(column => column.Key == key)).OfType<SheetColumn>()]
            : [.. all.Where(column => column.IsUsual)];
        drawn = null;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!IsGridShown || drawn == opened)
            return;
        drawn = opened;
        script ??= await js.InvokeAsync<IJSObjectReference>("import", "./Components/Products/Sheets/SheetPage.razor.js");
        self ??= DotNetObjectReference.Create(this);
        if (grid is null)
            grid = await script.InvokeAsync<IJSObjectReference>("open", host, self, Settings());
        else
            await grid.InvokeVoidAsync("show", Settings());
    }

    // A pull that ended, and other people's saves that it brought, stand in the cells a moment later.
    protected override async Task BeforeRefreshAsync()
    {
        if (draft.IsKept)
            await Tell("kept", heard);
        if (feed.State.Copy == shownCopy)
            return;
        shownCopy = feed.State.Copy;
        await Tell("refresh", Changed(), false);
    }

    private async Task Choose(IReadOnlyList<string> keys)
    {
        sheet = sheet!.With(Entity, keys);
        Lay();
        try
        {
            await keepSheet.Keep(account!.Value, Store!.Id, sheet, Gone);
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            said = "The choice of columns could not be kept on the server; it holds until this page is closed.";
        }
    }

    private async Task ToggleOnly()
    {
        onlyChanged = !onlyChanged;
        await Tell("flush");
        await Tell("only", onlyChanged);
    }

    private async Task BeforeLeaving(LocationChangingContext move)
    {
        // What is typed goes along as a draft; the keys of the last moment must be heard before the page is gone.
        await Tell("flush");
    }

    // While the wire is cut nobody listens; what the sheet holds is told again when the page is opened anew.
    private async Task Tell(string what, params object?[] more)
    {
        if (grid is null)
            return;
        try
        {
            await grid.InvokeVoidAsync(what, Gone, more);
        }
        catch (Exception cut) when (cut is JSDisconnectedException or OperationCanceledException)
        {
            // See above.
        }
    }

    public async ValueTask DisposeAsync()
    {
        Dispose();
        await draft.DisposeAsync();
        try
        {
            if (grid is not null)
            {
                await grid.InvokeVoidAsync("end");
                await grid.DisposeAsync();
            }
            if (script is not null)
                await script.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The tab is gone, and the sheet in it.
        }
        self?.Dispose();
    }
}
