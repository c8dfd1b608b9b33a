using CowansDashboard.Catalog.Sheets;
using CowansDashboard.History;
using CowansDashboard.Web.Components.Kit;
using CowansDashboard.Web.Components.Sync;

namespace CowansDashboard.Web.Components.Products.Sheets;

/// <summary>The unsaved cells of a sheet: looked through, saved as one change set, thrown away, taken back.</summary>
public sealed partial class SheetPage
{
    private IReadOnlyList<PreviewedRow> preview = [];
    private IReadOnlySet<long> withoutReduction = new HashSet<long>();

    private string Shown(SheetTyped cell, bool before) => SheetText.Show(edits!.Column(cell.Place)!, before ? cell.Seen : cell.New, Store!.Currency, categories.NameOf) is { Length: > 0 } words ? words : "none";

    private async Task Preview()
    {
        await Tell("flush");
        if (!await Reach(async () => preview = await Previewed()))
            return;
        (previewing, choosing, guard) = (true, false, null);
    }

    private async Task<IReadOnlyList<PreviewedRow>> Previewed()
    {
        var rows = new List<PreviewedRow>();
        foreach (var ofEntity in edits!.Savable.GroupBy(cell => cell.Place.Entity))
        {
            var cells = ofEntity.ToLookup(cell => cell.Place.RowId);
            var names = (await readRows.Read(Store!.Id, ofEntity.Key, [.. cells.Select(row => row.Key)], [], Gone)).ToDictionary(row => row.Id, row => row.Name);
            rows.AddRange(sheet!.Rows(ofEntity.Key).Where(cells.Contains)
                .Select(id => new PreviewedRow(ofEntity.Key, id, names.GetValueOrDefault(id, "No longer here"), [.. cells[id].Select(cell => (edits.Column(cell.Place)!, cell))])));
        }
        withoutReduction = await findWithoutReduction.Find(Store!.Id, Edits([.. edits.Savable]), Gone);
        return rows;
    }

    private async Task Save(ChosenCells chosen)
    {
        if (saving)
            return;
        saving = true;
        StateHasChanged();
        await Tell("flush");
        var sent = Sendable(chosen);
        await Reach(async () =>
        {
            if (sent.Count == 0)
            {
                failure = "Nothing of it can be saved as it is.";
                return;
            }
            var person = (await authentication.GetAuthenticationStateAsync()).User.AsAskedBy();
            var head = new ChangeSetHead(Store!.Id, ChangeSetKind.Edit, Title(sent), null, person.Id, person.Name);
            // A page that is left does not stop in the middle of a save.
            var outcome = await saveSheet.Save(head, Edits(sent), columns, new SheetConsent { Zeros = chosen.Zeros }, CancellationToken.None);
            guard = outcome is SaveSheetOutcome.Saved ? null : outcome;
            if (outcome is not SaveSheetOutcome.Saved saved)
            {
                (previewing, failure) = (true, "Nothing was saved yet.");
                return;
            }
            edits!.Saved(sent, saved);
            failure = (saved.Stale.Count, saved.Refused.Count) is (0, 0) ? null
                : $"{Figure.Count(saved.Cells, "cell")} saved; {Figure.Count(saved.Stale.Count + saved.Refused.Count)} need a look.";
            restored = null;
            draft.Touch();
            await draft.Flush();
            if (saved.ChangeSetId != 0)
                toasts.Say($"Saved: {head.Title}", "Undo", () => InvokeAsync(() => Undo(saved.ChangeSetId)));
        });
        (saving, previewing) = (false, previewing && failure is not null && edits!.Count > 0);
        if (previewing)
            preview = await Previewed();
        onlyChanged &= edits!.Count > 0;
        await Tell("refresh", Changed(), true);
        await Tell("only", onlyChanged);
        StateHasChanged();
    }

    /// <summary>The cells wait as a prepared edit, which a second person approves, or which is tried on a few products first or scheduled.</summary>
    private async Task Prepare(ChosenCells chosen)
    {
        if (saving)
            return;
        saving = true;
        StateHasChanged();
        await Tell("flush");
        var sent = Sendable(chosen);
        await Reach(async () =>
        {
            var person = (await authentication.GetAuthenticationStateAsync()).User.AsAskedBy();
            if (await prepareSheet.Prepare(Store!.Id, Title(sent), Edits(sent), columns, person, CancellationToken.None) is not { } preview)
            {
                failure = "Nothing of it can be prepared as it is.";
                return;
            }
            if (guard is SaveSheetOutcome.NeedsApproval)
                await ask.Ask(Store.Id, preview, CancellationToken.None);
            edits!.HandOver(sent);
            guard = null;
            draft.Touch();
            await draft.Flush();
            navigation.NavigateTo(BulkEditPage.Url(preview));
        });
        saving = false;
        StateHasChanged();
    }

    // Flushed cells may have become wrong, or right, since the button was drawn.
    private List<SheetTyped> Sendable(ChosenCells chosen) => [.. chosen.Cells.Select(cell => edits!.Find(cell.Place)).OfType<SheetTyped>().Where(cell => cell.CanBeSaved)];

    private static SheetEdit[] Edits(List<SheetTyped> sent) => [.. sent.Select(cell => new SheetEdit(cell.Place, cell.Seen, cell.New))];

    private static string Title(List<SheetTyped> sent)
    {
        string[] rows =
        [
            .. new[] { (CatalogueFields.Product, "product"), (CatalogueFields.Variant, "variant") }
                .Select(kind => (Count: sent.Where(cell => cell.Place.Entity == kind.Item1).Select(cell => cell.Place.RowId).Distinct().Count(), kind.Item2))
                .Where(kind => kind.Count > 0).Select(kind => Figure.Count(kind.Count, kind.Item2)),
        ];
        return $"Spreadsheet, {Figure.Count(sent.Count, "cell")} in {string.Join(" and ", rows)}";
    }

    private async Task Undo(long changeSetId)
    {
        await Reach(async () =>
        {
            var person = (await authentication.GetAuthenticationStateAsync()).User.AsAskedBy();
            var outcome = await undo.Undo(new UndoScope(Store!.Id, changeSetId), person.Id, person.Name, null, CancellationToken.None);
            if (outcome is SaveOutcome.Saved { LeftOut.Count: var left, Fields: var fields })
                toasts.Say(left == 0 ? $"Taken back: {Figure.Count(fields, "field")}" : $"Taken back: {Figure.Count(fields, "field")}; {Figure.Count(left)} changed later and stay");
        });
        await Tell("refresh", Changed(), true);
        StateHasChanged();
    }

    private async Task Discard()
    {
        await Tell("flush");
        var thrown = edits!.Typed.ToList();
        edits.Discard();
        (restored, failure, previewing, onlyChanged, guard) = (null, null, false, false, null);
        draft.Touch();
        await draft.Flush();
        await Tell("refresh", Changed(), true);
        await Tell("only", false);
        toasts.Say($"Discarded: {Figure.Count(thrown.Count, "unsaved cell")}", "Undo", () => InvokeAsync(() => Return(thrown)));
    }

    private async Task Return(List<SheetTyped> thrown)
    {
        edits!.Restore(thrown.Select(cell => (cell.Place, cell.Seen, cell.Text)));
        draft.Touch();
        await Tell("refresh", Changed(), true);
        StateHasChanged();
    }
}
