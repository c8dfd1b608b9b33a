using CowansDashboard.Accounts;
using CowansDashboard.Catalog;
using CowansDashboard.Catalog.Sheets;
using CowansDashboard.Search;
using CowansDashboard.Web.Accounts;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace CowansDashboard.Web.Components.Products.Editing;

/// <summary>Options, their values and the variants that are made of them, with what comes and goes before it is saved.</summary>
public sealed partial class StructureEditor(PreviewStructure previewing, OpenSheet openSheet, NavigationManager navigation, AuthenticationStateProvider authentication)
{
    private const int MostNamed = 40;

    private StructureDraft? draft;
    private StructurePreview? preview;
    private bool opening;

    [Parameter, EditorRequired] public ProductDetails Product { get; set; } = default!;
    [Parameter, EditorRequired] public ShellStore Store { get; set; } = default!;
    [Parameter] public bool Busy { get; set; }

    /// <summary>Saves; answers what was wrong, or null.</summary>
    [Parameter, EditorRequired] public Func<IReadOnlyList<StructureChange>, string, Task<string?>> OnSave { get; set; } = default!;

    private string? Problem { get; set; }

    private void Open() => (draft, preview, Problem) = (new StructureDraft(Product), null, null);

    private void Close() => (draft, preview) = (null, null);

    private async Task Preview()
    {
        Problem = null;
        try
        {
            preview = await previewing.Preview(Store.Id, Product.Id, draft!.Changes(), CancellationToken.None) ?? new StructurePreview([], [], [], ["This product is no longer here."]);
        }
        catch (Exception away) when (away is System.Data.Common.DbException or TimeoutException)
        {
            preview = new StructurePreview([], [], [], ["The copy did not answer. Nothing was changed; go back and try again."]);
        }
    }

    private async Task Save()
    {
        Problem = await OnSave(draft!.Changes(), $"{Product.Title}, {Said(preview!).TrimEnd('.')}");
        if (Problem is null)
            Close();
    }

    private async Task AsSheet()
    {
        if ((await authentication.GetAuthenticationStateAsync()).User.AccountId is not { } account)
            return;
        opening = true;
        if (await openSheet.Open(account, Store.Id, ProductSelection.Nothing.Toggle(Product.Id), ProductSort.Default, CancellationToken.None) is OpenSheetOutcome.Opened opened)
            navigation.NavigateTo($"/products/sheet/{opened.Sheet.Id}?of=variants");
        opening = false;
    }

    private static string Said(StructurePreview shown)
    {
        string?[] parts =
        [
            shown.Coming.Count > 0 ? $"{Figure.Count(shown.Coming.Count, "variant comes", "variants come")}" : null,
            shown.Going.Count > 0 ? $"{Figure.Count(shown.Going.Count, "goes", "go")}" : null,
            shown.Renamed.Count > 0 ? $"{Figure.Count(shown.Renamed.Count)} renamed" : null,
        ];
        return parts.OfType<string>().ToList() is { Count: > 0 } said ? string.Join(", ", said) + "." : "The variants stay as they are; only options change.";
    }

    private static IEnumerable<(string Title, string Icon, IReadOnlyList<string> Names)> Parts(StructurePreview shown) =>
        new (string, string, IReadOnlyList<string> Names)[]
        {
            ("Come", "plus", shown.Coming),
            ("Go", "trash", shown.Going),
            ("Renamed", "pencil", [.. shown.Renamed.Select(variant => $"{variant.Was} → {variant.Becomes}")]),
        }.Where(part => part.Names.Count > 0);
}
