using System.Globalization;
using System.Text.Json.Nodes;
using CowansDashboard.Catalog;
using CowansDashboard.History;

namespace CowansDashboard.Web.Components.Products.Editing;

/// <summary>A value of an option while it is edited.</summary>
public sealed class ValueDraft(string? was, string name)
{
    /// <summary>What it is called in the copy; null for a new one.</summary>
    public string? Was => was;

    public string Name { get; set; } = name;
}

/// <summary>An option while it is edited.</summary>
public sealed class OptionDraft(long? id, string name, IEnumerable<ValueDraft> values)
{
    public long? Id => id;

    public string Name { get; set; } = name;

    public List<ValueDraft> Values { get; } = [.. values];
}

/// <summary>A combination of values: a variant that is there, or one that could be.</summary>
public sealed record Combination(IReadOnlyList<ValueDraft> Values, ProductVariant? Variant, bool IsWanted)
{
    public string Title => Values.Count == 0 ? Variant?.Title ?? "" : string.Join(" / ", Values.Select(value => value.Name));
}

/// <summary>
/// Options and variants of one product while a person changes them, before anything is saved: which combinations there
/// are, which of them are variants, and which shall be. Nothing here asks the database.
/// </summary>
public sealed class StructureDraft
{
    public const int MostOptions = ShopifyLimits.MostOptions;
    public const int MostVariants = ShopifyLimits.MostVariants;

    private readonly ProductDetails _product;
    private readonly HashSet<long> _unwanted = [];
    private readonly HashSet<string> _wanted = [];

    public StructureDraft(ProductDetails product)
    {
        _product = product;
        if (!product.HasOnlyDefaultVariant)
            Options.AddRange(product.Options.Select(option => new OptionDraft(option.Id, option.Name, option.Values.Select(value => new ValueDraft(value, value)))));
    }

    public List<OptionDraft> Options { get; } = [];

    /// <summary>How many combinations the values allow.</summary>
    public long Possible => Options.Aggregate(1L, (product, option) => product * option.Values.Count);

    /// <summary>More than anybody ticks one by one: only the variants that are there are listed then.</summary>
    public bool IsTooWide => Possible > 2 * MostVariants;

    public void AddOption()
    {
        if (Options.Count < MostOptions)
            Options.Add(new OptionDraft(null, "", [new ValueDraft(null, "")]));
    }

    public void Move<T>(List<T> list, T one, int step)
    {
        var place = list.IndexOf(one);
        if (place + step < 0 || place + step >= list.Count)
            return;
        list.RemoveAt(place);
        list.Insert(place + step, one);
    }

    /// <summary>Variants that stay first, each in its place; then what could be made.</summary>
    public IReadOnlyList<Combination> Combinations()
    {
        var there = Staying();
        if (Options.Count == 0)
            return [.. there.Values.Select(variant => new Combination([], variant, !_unwanted.Contains(variant.Id)))];
        List<Combination> combinations = [.. there.Select(each => new Combination(Values(each.Key), each.Value, !_unwanted.Contains(each.Value.Id)))];
        if (!IsTooWide)
            combinations.AddRange(All().Where(values => !there.ContainsKey(Key(values))).Select(values => new Combination(values, null, _wanted.Contains(Key(values)))));
        return combinations;
    }

    public void Toggle(Combination one)
    {
        if (one.Variant is { } variant)
        {
            if (!_unwanted.Remove(variant.Id))
                _unwanted.Add(variant.Id);
        }
        else if (!_wanted.Remove(Key(one.Values)))
            _wanted.Add(Key(one.Values));
    }

    public void WantAll() => _wanted.UnionWith(Combinations().Where(one => one.Variant is null).Select(one => Key(one.Values)));

    /// <summary>Variants that go along with a value or an option that was taken away.</summary>
    public IReadOnlyList<ProductVariant> Lost()
    {
        var staying = Staying().Values.Select(variant => variant.Id).ToHashSet();
        return [.. _product.Variants.Where(variant => !staying.Contains(variant.Id))];
    }

    public bool IsChanged => Options.Count != (_product.HasOnlyDefaultVariant ? 0 : _product.Options.Count) || Lost().Count > 0 || Combinations().Any(one => one.IsWanted != one.Variant is not null)
        || Options.Zip(_product.Options).Any(pair => pair.First.Id != pair.Second.Id || pair.First.Name != pair.Second.Name || !pair.First.Values.Select(value => (value.Was, value.Name)).SequenceEqual(pair.Second.Values.Select(value => ((string?)value, value))));

    /// <summary>What a save would ask for. New variants take price, weight and the like from the first one; SKUs and barcodes are their own.</summary>
    public IReadOnlyList<StructureChange> Changes()
    {
        var combinations = Combinations();
        List<StructureChange> changes =
        [
            new StructureChange.SetOptions([.. Options.Select(option => new WantedOption(option.Id, option.Name, [.. option.Values.Select(value => new WantedValue(value.Was, value.Name))]))])
            {
                Seen = [.. _product.Options.Select(option => new SeenOption(option.Id, option.Name, option.Values))],
            },
        ];
        if (combinations.Where(one => one is { Variant: null, IsWanted: true }).ToList() is { Count: > 0 } coming)
            changes.Add(new StructureChange.AddVariants([.. coming.Select(New)]));
        if (combinations.Where(one => one is { Variant: not null, IsWanted: false }).Select(one => one.Variant!.Id).ToList() is { Count: > 0 } going)
            changes.Add(new StructureChange.RemoveVariants(going));
        return changes;
    }

    private JsonObject New(Combination one)
    {
        var like = _product.Variants.Count > 0 ? _product.Variants[0] : null;
        return new JsonObject
        {
            ["option_values"] = new JsonArray([.. one.Values.Select(value => (JsonNode)value.Name.Trim())]),
            ["price"] = like?.Price ?? 0, ["compare_at_price"] = like?.CompareAtPrice, ["unit_cost"] = like?.UnitCost, ["taxable"] = like?.Taxable ?? true,
            ["inventory_policy"] = like?.InventoryPolicy ?? "DENY", ["tracked"] = like?.Tracked ?? false, ["requires_shipping"] = like?.RequiresShipping ?? true,
            ["weight"] = like?.Weight, ["weight_unit"] = like?.WeightUnit, ["harmonized_system_code"] = like?.HarmonizedSystemCode, ["country_code_of_origin"] = like?.CountryCodeOfOrigin,
        };
    }

    // As the save will decide: a variant takes the first value of a new option, goes with a value, and of two equal ones the first stays.
    private Dictionary<string, ProductVariant> Staying()
    {
        var places = Options.Select(option => option.Id is { } id ? _product.Options.ToList().FindIndex(known => known.Id == id) : -1).ToList();
        var staying = new Dictionary<string, ProductVariant>();
        foreach (var variant in _product.Variants)
        {
            var values = Options.Select((option, i) => places[i] < 0 || places[i] >= variant.OptionValues.Count ? option.Values.FirstOrDefault()
                : option.Values.FirstOrDefault(value => value.Was == variant.OptionValues[places[i]])).ToList();
            if (!values.Contains(null))
                staying.TryAdd(Key(values!), variant);
        }
        return staying;
    }

    private IEnumerable<List<ValueDraft>> All() => Options.Aggregate<OptionDraft, IEnumerable<List<ValueDraft>>>([[]], (known, option) => known.SelectMany(values => option.Values, (values, value) => (List<ValueDraft>)[.. values, value]));

    // Values keep who they are while their names are typed.
    private string Key(IEnumerable<ValueDraft> values) => string.Join('/', values.Select(value => Number(value).ToString(CultureInfo.InvariantCulture)));

    private List<ValueDraft> Values(string key) => key.Length == 0 ? [] : [.. key.Split('/').Select(number => _known[int.Parse(number, CultureInfo.InvariantCulture)])];

    private readonly List<ValueDraft> _known = [];
    private readonly Dictionary<ValueDraft, int> _numbers = [];

    private int Number(ValueDraft value)
    {
        if (_numbers.TryGetValue(value, out var number))
            return number;
        _known.Add(value);
        return _numbers[value] = _known.Count - 1;
    }
}
