using System.Text.Json.Nodes;
using CowansDashboard.Catalog.Sheets;
using CowansDashboard.Conflicts;
using CowansDashboard.History;

namespace CowansDashboard.Web.Components.Products.Sheets;

/// <summary>A cell that was typed into: what the person saw before, what stands in it, and what it means.</summary>
/// <param name="Wrong">Why the text is no value; null when it is one.</param>
public sealed record SheetTyped(SheetPlace Place, JsonNode? Seen, string Text, JsonNode? New, string? Wrong)
{
    /// <summary>Somebody saved another value meanwhile.</summary>
    public SheetOffer? Offer { get; init; }

    public bool CanBeSaved => Wrong is null && Offer is null;
}

/// <summary>What somebody else saved where this person had typed.</summary>
public sealed record SheetOffer(JsonNode? Theirs, string? By = null, DateTimeOffset? At = null);

/// <summary>
/// What one person has typed into a spreadsheet and not saved. It decides what is unsaved, what is wrong and where
/// somebody else was quicker; nothing here asks the database.
/// </summary>
public sealed class SheetEdits(IReadOnlyDictionary<(string Entity, string Column), SheetColumn> columns, string currency, Func<string, string?> category)
{
    /// <summary>So many unsaved cells a draft on the server keeps without slowing anybody down.</summary>
    public const int Most = 50_000;

    private readonly Dictionary<SheetPlace, SheetTyped> _typed = [];
    private readonly HashSet<SheetPlace> _taken = [];

    public int Count => _typed.Count;

    public int Wrong { get; private set; }

    public int Offers { get; private set; }

    public IReadOnlyCollection<SheetTyped> Typed => _typed.Values;

    public IEnumerable<SheetTyped> Savable => _typed.Values.Where(cell => cell.CanBeSaved);

    public SheetTyped? Find(SheetPlace place) => _typed.GetValueOrDefault(place);

    public SheetColumn? Column(SheetPlace place) => columns.GetValueOrDefault((place.Entity, place.Column));

    /// <summary>Why one of the wrong cells is wrong; null where none is.</summary>
    public string? FirstWrong => Wrong == 0 ? null : _typed.Values.FirstOrDefault(cell => cell.Wrong is not null)?.Wrong;

    /// <summary>SKUs that are typed and are values, whether or not another variant has them.</summary>
    public IReadOnlyList<SheetTyped> Skus => [.. _typed.Values.Where(cell => cell.Place is { Entity: CatalogueFields.Variant, Column: "sku" } && (cell.Wrong is null || _taken.Contains(cell.Place)))];

    /// <summary>Says of the typed SKUs which another variant has; what was said of the others before is over.</summary>
    /// <returns>The cells of which something else is said now.</returns>
    public IReadOnlyList<SheetPlace> Take(IReadOnlyDictionary<long, string> taken)
    {
        var told = new List<SheetPlace>();
        foreach (var cell in Skus)
        {
            var sentence = taken.GetValueOrDefault(cell.Place.RowId);
            if (cell.Wrong == sentence)
                continue;
            Put(cell.Place, cell with { Wrong = sentence });
            if (sentence is not null)
                _taken.Add(cell.Place);
            told.Add(cell.Place);
        }
        return told;
    }

    /// <summary>Text that stands in a cell now; the first one remembers what the person saw. What the cell held before is no edit.</summary>
    public SheetTyped? Type(SheetPlace place, JsonNode? seen, string text)
    {
        if (Column(place) is not { } column)
            return null;
        var before = _typed.GetValueOrDefault(place);
        _taken.Remove(place);
        var (value, wrong) = SheetText.Read(column, text, currency, category);
        var known = before is null ? seen : before.Seen;
        Put(place, wrong is null && SheetText.Same(value, known) && before?.Offer is null ? null
            : new SheetTyped(place, known?.DeepClone(), text, value, wrong) { Offer = before?.Offer });
        return _typed.GetValueOrDefault(place);
    }

    /// <summary>Back to what the copy holds; where somebody else was quicker, this takes theirs.</summary>
    public void TakeBack(SheetPlace place) => Put(place, null);

    /// <summary>Mine goes over theirs: what they saved counts as seen.</summary>
    public SheetTyped? KeepMine(SheetPlace place)
    {
        if (_typed.GetValueOrDefault(place) is not { Offer: { } offer } cell)
            return _typed.GetValueOrDefault(place);
        Put(place, cell.Wrong is null && SheetText.Same(cell.New, offer.Theirs) ? null : cell with { Seen = offer.Theirs?.DeepClone(), Offer = null });
        return _typed.GetValueOrDefault(place);
    }

    /// <summary>A row was read: what is typed stays; where the copy moved, an offer arises; what it holds by now is no edit any more.</summary>
    public void See(SheetPlace place, JsonNode? now)
    {
        if (_typed.GetValueOrDefault(place) is not { } cell || Column(place) is not { } column)
            return;
        if (cell.Wrong is null && SheetText.Same(cell.New, now))
            Put(place, null);
        else if (SheetText.Same(cell.Seen, now))
            Put(place, cell.Offer is null ? cell : cell with { Offer = null });
        else if (column.Field.Kind == FieldKind.Set)
            Put(place, Merged(cell, now));
        else if (cell.Offer is null || !SheetText.Same(cell.Offer.Theirs, now))
            Put(place, cell with { Offer = new SheetOffer(now?.DeepClone()) });
    }

    /// <summary>The row is not there any more: what is typed can only be taken back.</summary>
    public void Lose(SheetPlace place)
    {
        if (_typed.GetValueOrDefault(place) is { } cell)
            Put(place, cell with { Wrong = "It was deleted meanwhile. Take this change back." });
    }

    /// <summary>What was sent and taken is saved; what was typed again meanwhile stays unsaved, on the saved value.</summary>
    public void Saved(IReadOnlyCollection<SheetTyped> sent, SaveSheetOutcome.Saved saved)
    {
        foreach (var cell in sent)
        {
            if (_typed.GetValueOrDefault(cell.Place) is not { } now)
                continue;
            if (saved.Stale.TryGetValue(cell.Place, out var stale))
                Put(cell.Place, now with { Offer = new SheetOffer(stale.Current?.DeepClone(), stale.ChangedBy, stale.ChangedAt) });
            else if (saved.Refused.TryGetValue(cell.Place, out var sentence))
            {
                Put(cell.Place, now with { Wrong = sentence });
                if (cell.Place.Column == "sku")
                    _taken.Add(cell.Place);
            }
            else if (saved.ChangeSetId != 0 || saved.Refused.Count == 0)
                Put(cell.Place, now.Text == cell.Text ? null : now with { Seen = cell.New?.DeepClone() });
        }
    }

    /// <summary>What was prepared as an edit waits there; what was typed again meanwhile stays.</summary>
    public void HandOver(IReadOnlyCollection<SheetTyped> prepared)
    {
        foreach (var cell in prepared)
            if (_typed.GetValueOrDefault(cell.Place) is { } now && now.Text == cell.Text)
                Put(cell.Place, null);
    }

    public void Discard()
    {
        _typed.Clear();
        _taken.Clear();
        (Wrong, Offers) = (0, 0);
    }

    /// <summary>A draft returns.</summary>
    public void Restore(IEnumerable<(SheetPlace Place, JsonNode? Seen, string Text)> draft)
    {
        foreach (var (place, seen, text) in draft)
            Type(place, seen, text);
    }

    private void Put(SheetPlace place, SheetTyped? cell)
    {
        if (cell?.Wrong is null)
            _taken.Remove(place);
        if (_typed.Remove(place, out var before))
        {
            Wrong -= before.Wrong is null ? 0 : 1;
            Offers -= before.Offer is null ? 0 : 1;
        }
        if (cell is null)
            return;
        _typed[place] = cell;
        Wrong += cell.Wrong is null ? 0 : 1;
        Offers += cell.Offer is null ? 0 : 1;
    }

    // Tags: what was added and removed here is added to and removed from what stands there now.
    private SheetTyped? Merged(SheetTyped cell, JsonNode? now)
    {
        string[] seen = [.. JsonValues.Elements(cell.Seen)], theirs = [.. JsonValues.Elements(now)];
        if (cell.Wrong is not null)
            return cell with { Seen = now?.DeepClone() };
        var mine = FieldMerge.DecideSet([.. JsonValues.Elements(cell.New)], seen, theirs) switch
        {
            FieldVerdict<IReadOnlyList<string>>.Kept kept => kept.Local,
            FieldVerdict<IReadOnlyList<string>>.Agreed agreed => agreed.Local,
            _ => [.. JsonValues.Elements(cell.New)],
        };
        var merged = JsonValues.Set(mine);
        return SheetText.Same(merged, now) ? null : cell with { Seen = now?.DeepClone(), New = merged, Text = string.Join(", ", JsonValues.Elements(merged)) };
    }
}
