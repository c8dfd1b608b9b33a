using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Catalog;
using CowansDashboard.Conflicts;
using CowansDashboard.History;

namespace CowansDashboard.Web.Components.Products.Editing;

/// <summary>A field that was typed into: what the person saw before, what stands in the box, and what it means.</summary>
/// <param name="Wrong">Why the text is no value; null when it is one.</param>
public sealed record TypedField(FieldKey Key, JsonNode? Seen, string Text, JsonNode? New, string? Wrong);

/// <summary>Somebody saved another value meanwhile: what was there, what they saved, and what is typed here.</summary>
public sealed record MergeOffer(FieldKey Key, JsonNode? Seen, JsonNode? Theirs, string Mine)
{
    /// <summary>Who saved the other value, and when; null when that is not known.</summary>
    public (string Name, DateTimeOffset At)? By { get; init; }
}

/// <summary>The fields of something that was read, by their keys: what the copy holds, and what both sides last agreed on.</summary>
public interface IKnownFields
{
    /// <summary>The row is still there, and has such a field.</summary>
    bool Has(FieldKey key);

    JsonNode? Now(FieldKey key);

    /// <summary>The value both sides last agreed on, while the field waits for Shopify; null when it does not wait.</summary>
    JsonElement? Base(FieldKey key);

    ProductConflict? Conflict(FieldKey key);

    string? MetafieldType(long id);

    /// <summary>A value in words, where it has words of its own.</summary>
    string? Said(FieldKey key, JsonNode? value);
}

/// <summary>
/// What one person has typed on one page and not saved. It decides what is unsaved, what is wrong and where somebody else was
/// quicker; nothing here asks the database.
/// </summary>
/// <param name="copy">As it was read.</param>
/// <param name="currency">The shop's: how many decimals a price has.</param>
public abstract class FieldEdits(IKnownFields copy, string currency)
{
    private readonly Dictionary<FieldKey, TypedField> _typed = [];
    private readonly Dictionary<FieldKey, string> _refused = [];
    private IReadOnlyDictionary<FieldKey, string> _taken = new Dictionary<FieldKey, string>();

    private readonly Dictionary<(string Entity, long Id), int> _stamps = [];
    private readonly Dictionary<FieldKey, (string Name, DateTimeOffset At)> _changedBy = [];
    private int _all, _count;

    /// <summary>Told after every change of what is typed.</summary>
    public Action? OnChange { get; set; }

    public IKnownFields Copy { get; private set; } = copy;

    public int Count => _typed.Count;

    public IReadOnlyCollection<TypedField> Typed => _typed.Values;

    /// <summary>How many typed fields cannot be saved as they are.</summary>
    public int Wrong => _typed.Values.Count(each => Problem(each.Key) is not null);

    public IReadOnlyList<MergeOffer> Offers =>
    [
        .. _typed.Keys.Select(Offer).OfType<MergeOffer>(),
    ];

    /// <summary>What the box of a field shows: what is typed, else what the copy holds.</summary>
    public string Text(FieldKey key) => _typed.TryGetValue(key, out var typed) ? typed.Text : FieldShapes.Text(FieldShapes.Of(key), Copy.Now(key));

    /// <summary>What is typed, else what the copy holds.</summary>
    public JsonNode? Value(FieldKey key) => _typed.TryGetValue(key, out var typed) ? typed.New : Copy.Now(key);

    public IReadOnlyList<string> Words(FieldKey key) => FieldShapes.Words(_typed.TryGetValue(key, out var typed) ? typed.New : Copy.Now(key));

    public bool IsTyped(FieldKey key) => _typed.ContainsKey(key);

    /// <summary>Another number whenever something of a row changed, so that only that row is drawn again.</summary>
    public int Stamp(string entity, long id) => _stamps.GetValueOrDefault((entity, id), _all);

    public string? Problem(FieldKey key) =>
        _typed.TryGetValue(key, out var typed) && typed.Wrong is not null ? typed.Wrong
        : _refused.TryGetValue(key, out var refused) ? refused
        : typed is not null && _taken.TryGetValue(key, out var taken) ? taken
        : typed is not null && !Copy.Has(key) ? "Its row is gone. Take this change back."
        : null;

    public MergeOffer? Offer(FieldKey key) =>
        _typed.TryGetValue(key, out var typed) && Copy.Has(key) && !Same(key, typed.Seen, Copy.Now(key))
            ? new(key, typed.Seen, Copy.Now(key), typed.Text) { By = _changedBy.TryGetValue(key, out var by) ? by : null }
            : null;

    public void Type(FieldKey key, string text)
    {
        Put(key, _typed.TryGetValue(key, out var before) ? before.Seen : Copy.Now(key), text);
        _refused.Remove(key);
        Tell(key);
    }

    public void Type(FieldKey key, IEnumerable<string> words) => Type(key, FieldShapes.List(words));

    /// <summary>Back to what the copy holds; where somebody else was quicker, this takes theirs.</summary>
    public void TakeBack(FieldKey key)
    {
        _refused.Remove(key);
        if (_typed.Remove(key))
            Tell(key);
    }

    public void Discard()
    {
        _typed.Clear();
        _refused.Clear();
        TellAll();
    }

    /// <summary>Mine goes over theirs: what they saved counts as seen.</summary>
    public void KeepMine(FieldKey key)
    {
        if (_typed.TryGetValue(key, out var typed))
            Put(key, Copy.Now(key), typed.Text);
        Tell(key);
    }

    /// <summary>The copy was read again. What is typed stays; where the copy moved, an offer arises by itself.</summary>
    public void Reread(IKnownFields now)
    {
        Copy = now;
        foreach (var typed in _typed.Values.ToList())
            Rebase(typed);
        TellAll();
    }

    /// <summary>What was sent is saved. A field that was typed into again meanwhile stays unsaved, on the saved value.</summary>
    public void Saved(IReadOnlyCollection<TypedField> sent, IKnownFields now)
    {
        Copy = now;
        foreach (var saved in sent)
        {
            _refused.Remove(saved.Key);
            if (!_typed.TryGetValue(saved.Key, out var typed))
                continue;
            if (typed.Text == saved.Text)
                _typed.Remove(saved.Key);
            else
                Put(saved.Key, Copy.Now(saved.Key), typed.Text);
        }
        foreach (var typed in _typed.Values.ToList())
            Rebase(typed);
        TellAll();
    }

    /// <summary>A save found other values than were seen: who saved them.</summary>
    public void Name(FieldKey key, string by, DateTimeOffset at) => _changedBy[key] = (by, at);

    public void Refuse(IEnumerable<(FieldKey Key, string Sentence)> problems)
    {
        _refused.Clear();
        foreach (var (key, sentence) in problems)
            _refused[key] = sentence;
        TellAll();
    }

    /// <summary>Typed values that something else has already, and why each cannot be saved; whatever was said of others before is over.</summary>
    public void Take(IReadOnlyDictionary<FieldKey, string> taken)
    {
        if (taken.Count == _taken.Count && taken.All(one => _taken.TryGetValue(one.Key, out var known) && known == one.Value))
            return;
        _taken = taken;
        TellAll();
    }

    /// <summary>A draft returns: values that the copy holds by now are left out.</summary>
    public void Restore(IEnumerable<TypedField> draft)
    {
        foreach (var field in draft)
        {
            Put(field.Key, field.Seen, field.Text);
            if (_typed.TryGetValue(field.Key, out var typed))
                Rebase(typed);
        }
    }

    private void Tell(FieldKey key)
    {
        _stamps[(key.Entity, key.Id)] = ++_count;
        OnChange?.Invoke();
    }

    private void TellAll()
    {
        _stamps.Clear();
        _all = ++_count;
        OnChange?.Invoke();
    }

    private void Put(FieldKey key, JsonNode? seen, string text)
    {
        var (value, wrong) = Understand(key, text);
        if (wrong is null && Same(key, value, Copy.Has(key) ? Copy.Now(key) : seen))
            _typed.Remove(key);
        else
            _typed[key] = new(key, seen?.DeepClone(), text, value, wrong);
    }

    // A source says the same in many ways, and who came or went says nothing about an order.
    private static bool Same(FieldKey key, JsonNode? left, JsonNode? right) =>
        CatalogueFields.Find(key.Entity, key.Field) is { Kind: FieldKind.Source } or { Name: MemberOrder.Field } ? CatalogueFields.Find(key.Entity, key.Field)!.Same(left, right) : FieldShapes.Same(left, right);

    // Whether the text is a value at all, then whether the field takes it: what a save would say is said while one types.
    private (JsonNode? Value, string? Wrong) Understand(FieldKey key, string text)
    {
        if (FieldShapes.Read(FieldShapes.Of(key), text) is Understood.Wrong unread)
            return (null, unread.Sentence);
        var read = ((Understood.As)FieldShapes.Read(FieldShapes.Of(key), text)).Value;
        if (CatalogueFields.Find(key.Entity, key.Field) is not { } field)
            return (read, null);
        var taken = CheckValue.Check(field, read, currency, Copy.MetafieldType(key.Id));
        return taken.Problem is null ? (taken.Value?.DeepClone(), null) : (read, taken.Problem);
    }

    private void Rebase(TypedField typed)
    {
        if (!Copy.Has(typed.Key))
            return;
        var now = Copy.Now(typed.Key);
        if (typed.Wrong is null && Same(typed.Key, typed.New, now))
            _typed.Remove(typed.Key);
        else if (FieldShapes.Of(typed.Key) is FieldShape.List && !Same(typed.Key, typed.Seen, now))
            Put(typed.Key, now, FieldShapes.List(Merged(FieldShapes.Words(typed.New), FieldShapes.Words(typed.Seen), FieldShapes.Words(now))));
    }

    // Tags: what was added and removed here is added to and removed from what stands there now.
    private static IReadOnlyList<string> Merged(IReadOnlyList<string> mine, IReadOnlyList<string> seen, IReadOnlyList<string> theirs) =>
        FieldMerge.DecideSet(mine, seen, theirs) switch
        {
            FieldVerdict<IReadOnlyList<string>>.Kept kept => kept.Local,
            FieldVerdict<IReadOnlyList<string>>.Agreed agreed => agreed.Local,
            _ => mine,
        };
}
