using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Catalog.Sheets;
using CowansDashboard.History;
using CowansDashboard.Web.Components.Kit;
using Microsoft.JSInterop;

namespace CowansDashboard.Web.Components.Products.Sheets;

/// <summary>What the sheet in the browser asks for and tells: rows by blocks, and typed cells. Rows go by their place.</summary>
public sealed partial class SheetPage
{
    private const int MostRowsAtOnce = 1_000;
    private const string CategoryColumn = "category_id";

    private JsonObject Settings() => new()
    {
        ["sheet"] = Id.ToString(),
        ["entity"] = Entity,
        ["rows"] = sheet!.Rows(Entity).Count,
        ["label"] = Entity == CatalogueFields.Variant ? "Variants" : "Products",
        ["nameLabel"] = Entity == CatalogueFields.Variant ? "Product and variant" : "Product",
        ["most"] = SheetEdits.Most,
        ["onlyChanged"] = onlyChanged,
        ["columns"] = new JsonArray([.. shown.Select(column => new JsonObject
        {
            ["key"] = column.Key,
            ["label"] = column.Field.Kind is FieldKind.Money ? $"{column.Label}, {Store!.Currency}" : column.Label,
            ["number"] = column.Field.Kind is FieldKind.Money or FieldKind.Number or FieldKind.Whole,
            ["width"] = Width(column),
            ["choices"] = new JsonArray([.. SheetText.Choices(column.Field).Select(choice => (JsonNode)choice.Words)]),
            ["lockedWords"] = column.LocationId is null ? null : "No stock is kept there",
        })]),
        ["edits"] = Changed(),
    };

    private static int Width(SheetColumn column) => column.Field switch
    {
        { Kind: FieldKind.Money } => 150,
        { Kind: FieldKind.Number or FieldKind.Whole } => 110,
        { Kind: FieldKind.Flag } => 110,
        { Kind: FieldKind.Choice } => 130,
        { Name: "title" or "seo_title" or "seo_description" or "category_id" or "tags" } => 260,
        _ => 170,
    };

    // The unsaved cells of the rows that are shown, by place.
    private JsonArray Changed() => [.. edits!.Typed.Where(cell => cell.Place.Entity == Entity && places.ContainsKey(cell.Place.RowId)).Select(cell => State(cell.Place))];

    private JsonArray State(SheetPlace place)
    {
        var cell = edits!.Find(place);
        return new JsonArray(places[place.RowId], place.Column, cell?.Text, cell?.Wrong, cell?.Offer is not { } offer ? null : new JsonObject
        {
            ["text"] = Show(edits.Column(place)!, offer.Theirs),
            ["by"] = offer.By,
        });
    }

    private string Show(SheetColumn column, JsonNode? value) => SheetText.Show(column, value, Store!.Currency, categories.NameOf);

    [JSInvokable]
    public async Task<JsonObject> Rows(string entity, int from, int count)
    {
        var answer = new JsonObject { ["rows"] = new JsonArray(), ["edits"] = new JsonArray() };
        if (sheet is null || entity != Entity)
            return answer;
        long[] ids = [.. sheet.Rows(entity).Skip(from).Take(Math.Min(count, MostRowsAtOnce))];
        var seen = shown;
        var rows = (await readRows.Read(Store!.Id, entity, ids, seen, Gone)).ToDictionary(row => row.Id);
        var category = seen.Index().FirstOrDefault(column => column.Item.Key == CategoryColumn) is { Item: not null, Index: var place } ? place : -1;
        if (category >= 0)
            await categories.Learn(rows.Values.Select(row => row.Cells[category].Value?.ToString() ?? ""), Gone);
        foreach (var id in ids)
            ((JsonArray)answer["rows"]!).Add((JsonNode)Row(id, rows.GetValueOrDefault(id), seen, (JsonArray)answer["edits"]!));
        return answer;
    }

    private JsonObject Row(long id, SheetRow? row, IReadOnlyList<SheetColumn> seen, JsonArray states)
    {
        foreach (var (place, column) in seen.Index())
        {
            var at = new SheetPlace(column.RowEntity, id, column.Key);
            if (edits!.Find(at) is not { } before)
                continue;
            if (row is null or { IsGone: true })
                edits.Lose(at);
            else
                edits.See(at, row.Cells[place].Value);
            if (!ReferenceEquals(edits.Find(at), before))
                states.Add((JsonNode)State(at));
        }
        return row is null
            ? new JsonObject { ["n"] = "No longer here", ["p"] = "No longer here", ["g"] = true, ["c"] = new JsonArray([.. seen.Select(_ => (JsonNode)new JsonArray("", null, null, false, true))]) }
            : new JsonObject
            {
                ["n"] = row.Name,
                // In a sheet of one product its name would stand on every row and leave no room for the variant's.
                ["p"] = sheet!.Products.Count == 1 && row.Variant is not null ? "" : row.Product,
                ["v"] = row.Variant,
                ["g"] = row.IsGone,
                ["c"] = new JsonArray([.. seen.Zip(row.Cells, Cell)]),
            };
    }

    // A text stands for itself; what needs more says more.
    private JsonNode? Cell(SheetColumn column, SheetCell cell)
    {
        var isLocked = column.LocationId is not null && cell.EntityId is null;
        var text = Show(column, cell.Value);
        return (cell.IsPending, cell.InConflict, isLocked) is (false, false, false) && (cell.Value is null || (cell.Value.GetValueKind() is JsonValueKind.String && cell.Value.GetValue<string>() == text))
            ? cell.Value is null ? null : text
            : new JsonArray(text, cell.Value?.DeepClone(), cell.IsPending ? Show(column, cell.Base) : null, cell.InConflict, isLocked);
    }

    /// <returns>What each cell is now: row, column, text or null, what is wrong, what others saved.</returns>
    [JSInvokable]
    public async Task<JsonArray> Typed(string entity, int batch, JsonElement[][] cells)
    {
        if (sheet is null || edits is null)
            return [];
        var rows = sheet.Rows(entity);
        await categories.Learn(cells.Where(cell => cell[1].GetString() == CategoryColumn).Select(cell => cell[2].GetString() ?? ""), Gone);
        var answers = new JsonArray();
        foreach (var cell in cells)
        {
            var (row, column, text) = (cell[0].GetInt32(), cell[1].GetString()!, cell[2].GetString());
            if (row < 0 || row >= rows.Count)
                continue;
            var place = new SheetPlace(entity, rows[row], column);
            if (text is null)
                edits.TakeBack(place);
            else
                edits.Type(place, cell[3].ValueKind is JsonValueKind.Null ? null : JsonNode.Parse(cell[3].GetRawText()), text);
            if (entity == Entity && edits.Column(place) is not null && (edits.Find(place) is not { Wrong: null, Offer: null } || text is null))
                answers.Add((JsonNode)State(place));
        }
        if (entity == CatalogueFields.Variant && cells.Any(cell => cell[1].GetString() == "sku"))
            foreach (var place in await LookAtSkus())
                if (entity == Entity && places.ContainsKey(place.RowId))
                    answers.Add((JsonNode)State(place));
        heard = batch;
        failure = null;
        draft.Touch();
        StateHasChanged();
        return answers;
    }

    // What a save would say of a SKU is said as soon as it is typed.
    private async Task<IReadOnlyList<SheetPlace>> LookAtSkus()
    {
        try
        {
            return edits!.Take(await findTaken.Find(Store!.Id, [.. edits.Skus.Select(cell => new FieldEdit(cell.Place.Entity, cell.Place.RowId, cell.Place.Column, cell.Seen?.DeepClone(), cell.New?.DeepClone()))], Gone));
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            // The save asks again.
            return [];
        }
    }

    [JSInvokable]
    public JsonArray KeepMine(string entity, int row, string column) => Settle(entity, row, column, place => edits!.KeepMine(place));

    [JSInvokable]
    public JsonArray TakeTheirs(string entity, int row, string column) => Settle(entity, row, column, place => edits!.TakeBack(place));

    private JsonArray Settle(string entity, int row, string column, Action<SheetPlace> settle)
    {
        var place = new SheetPlace(entity, sheet!.Rows(entity)[row], column);
        settle(place);
        draft.Touch();
        StateHasChanged();
        return State(place);
    }

    [JSInvokable]
    public void Say(string words)
    {
        said = words;
        StateHasChanged();
    }

    private async Task<JsonObject?> Snapshot()
    {
        JsonObject? content = null;
        await InvokeAsync(() => content = edits is not { Count: > 0 } ? null : SheetDraft.Write(edits.Typed));
        return content;
    }

    private async Task KeepCells(JsonObject? content, CancellationToken cancel)
    {
        if (account is not { } person || Store is null)
            return;
        known = await mergeDraft.Keep(Sheet.CellsOf(person, Store.Id, Id), Fitting(content), known, theirs => Fitting(SheetDraft.Merge(theirs, keptCells, content)), cancel);
        keptCells = content;
    }

    // The keeper says so in the bar, and tries again when there is less.
    private static JsonObject? Fitting(JsonObject? content) =>
        content is null || SheetDraft.Fits(content) ? content : throw new TimeoutException("The unsaved cells are more than a draft can hold.");

    private async Task<bool> Reach(Func<Task> work)
    {
        try
        {
            await work();
            return true;
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            failure = "The copy did not answer. What you typed is kept: try again.";
            return false;
        }
    }
}
