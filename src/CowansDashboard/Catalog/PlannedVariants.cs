using System.Text.Json.Nodes;
using CowansDashboard.History;

namespace CowansDashboard.Catalog;

/// <summary>The options and variants of a product while changes of them are worked out.</summary>
internal sealed partial class PlannedVariants
{
    private readonly long _product;
    private readonly bool _wasOnly;
    private readonly Func<long> _nextKey;
    private readonly List<Option> _options;
    private readonly List<Variant> _variants;
    private readonly List<RowRef> _removed = [];
    private bool _isTouched;

    public PlannedVariants(ProductShape shape, Func<long> nextKey)
    {
        (_product, _nextKey) = (shape.Id, nextKey);
        _wasOnly = (bool)shape.Rows["product"][0]["has_only_default_variant"]!;
        _options = [.. shape.Living("option").Select(row => new Option(ProductShape.IdOf(row), row, (string)row["name"]!, (JsonArray)row["option_values"]!.DeepClone()))];
        _variants = [.. shape.Living("variant").Select(row => new Variant(ProductShape.IdOf(row), row, [.. JsonValues.Elements(row["option_values"])]))];
    }

    public List<EditProblem> Problems { get; } = [];

    private bool IsPlain => _options.Count == 0 || (_options.Count == 1 && _options[0].Names.SequenceEqual([PlanStructure.DefaultValue]));

    public void Add(IReadOnlyList<JsonObject> variants)
    {
        _isTouched = true;
        foreach (var values in variants)
        {
            string[] chosen = [.. JsonValues.Elements(values["option_values"])];
            if (IsPlain && _variants.Count > 0)
                Problem("variant", "option_values", "Add an option first: a product without options has one variant.");
            else if (chosen.Length != _options.Count || chosen.Any(string.IsNullOrWhiteSpace))
                Problem("variant", "option_values", $"A variant needs one value for each option: {string.Join(", ", _options.Select(option => option.Name))}.");
            else
            {
                foreach (var (option, value) in _options.Zip(chosen))
                    option.Ensure(value);
                var row = (JsonObject)values.DeepClone();
                row["product_id"] = _product;
                _variants.Add(new Variant(_nextKey(), row, chosen) { IsNew = true });
            }
        }
    }

    public void Remove(IReadOnlyCollection<long> ids)
    {
        _isTouched = true;
        if (_variants.All(variant => ids.Contains(variant.Id)))
            Problem("variant", "removed", "A product keeps at least one variant: delete the product instead.");
        else
            Gone(_variants.Where(variant => ids.Contains(variant.Id)).ToList());
    }

    public void AddOption(string name, IReadOnlyList<string> values)
    {
        _isTouched = true;
        string[] chosen = [.. values.Select(value => value.Trim()).Where(value => value.Length > 0)];
        if (string.IsNullOrWhiteSpace(name) || chosen.Length == 0)
        {
            Problem("option", "name", "An option needs a name and at least one value.");
            return;
        }
        if (_options.Any(option => option.Name.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase)))
        {
            Problem("option", "name", $"The product has an option “{name.Trim()}” already.");
            return;
        }
        var wasPlain = IsPlain;
        if (wasPlain)
        {
            _removed.AddRange(_options.Where(option => !option.IsNew).Select(option => new RowRef("option", option.Id)));
            _options.Clear();
        }
        var added = new Option(_nextKey(), [], name.Trim(), []) { IsNew = true };
        foreach (var value in chosen)
            added.Ensure(value);
        _options.Add(added);
        foreach (var variant in _variants)
            variant.Values = wasPlain ? [chosen[0]] : [.. variant.Values, chosen[0]];
    }

    public void RemoveOption(long id)
    {
        _isTouched = true;
        var index = _options.FindIndex(option => option.Id == id);
        if (index < 0)
        {
            Problem("option", "removed", "The product has no such option.");
            return;
        }
        if (!_options[index].IsNew)
            _removed.Add(new RowRef("option", id));
        _options.RemoveAt(index);
        foreach (var variant in _variants)
            variant.Values = _options.Count == 0 ? [PlanStructure.DefaultValue] : [.. variant.Values.Where((_, place) => place != index)];
    }

    public void Order(IReadOnlyList<long> ids)
    {
        _isTouched = true;
        var place = ids.Index().ToDictionary(one => one.Item, one => one.Index);
        var ordered = _variants.OrderBy(variant => place.GetValueOrDefault(variant.Id, int.MaxValue)).ToList();
        _variants.Clear();
        _variants.AddRange(ordered);
    }

    public (List<FieldEdit> Fields, List<NewRow> Added, List<RowRef> Removed) Outcome()
    {
        var (fields, added) = (new List<FieldEdit>(), new List<NewRow>());
        if (!_isTouched)
            return (fields, added, _removed);
        foreach (var twice in _variants.GroupBy(variant => string.Join(" / ", variant.Values), StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1))
            Problem("variant", "option_values", $"Two variants would be “{twice.Key}”.");
        CheckLimits();
        if (_wasOnly != IsPlain)
            fields.Add(new FieldEdit("product", _product, "has_only_default_variant", _wasOnly, IsPlain));
        foreach (var (index, option) in _options.Index())
            if (option.IsNew)
                added.Add(new NewRow("option", option.Id, new JsonObject
                {
                    ["product_id"] = _product,
                    ["name"] = option.Name,
                    ["position"] = index + 1,
                    ["option_values"] = option.Values.DeepClone(),
                }));
            else
            {
                fields.Add(new FieldEdit("option", option.Id, "option_values", option.Row["option_values"]?.DeepClone(), option.Values.DeepClone()));
                fields.Add(new FieldEdit("option", option.Id, "name", option.Row["name"]?.DeepClone(), option.Name));
                fields.Add(new FieldEdit("option", option.Id, "position", option.Row["position"]?.DeepClone(), index + 1));
            }
        foreach (var (index, variant) in _variants.Index())
        {
            var title = string.Join(" / ", variant.Values);
            var values = new JsonArray([.. variant.Values.Select(value => (JsonNode)value)]);
            if (variant.IsNew)
            {
                variant.Row["option_values"] = values;
                variant.Row["title"] = title;
                variant.Row["position"] = index + 1;
                added.Add(new NewRow("variant", variant.Id, variant.Row));
                continue;
            }
            fields.Add(new FieldEdit("variant", variant.Id, "option_values", variant.Row["option_values"]?.DeepClone(), values));
            if (!variant.Values.SequenceEqual(JsonValues.Elements(variant.Row["option_values"])))
                fields.Add(new FieldEdit("variant", variant.Id, "title", variant.Row["title"]?.DeepClone(), title));
            fields.Add(new FieldEdit("variant", variant.Id, "position", variant.Row["position"]?.DeepClone(), index + 1));
        }
        return ([.. fields.Where(edit => !JsonValues.Same(edit.Seen, edit.New))], added, _removed);
    }

    private void Gone(List<Variant> variants)
    {
        _removed.AddRange(variants.Where(variant => !variant.IsNew).Select(variant => new RowRef("variant", variant.Id)));
        foreach (var variant in variants)
            _variants.Remove(variant);
    }

    private void Problem(string entity, string field, string sentence) => Problems.Add(new EditProblem(entity, _product, field, null, sentence));

    private sealed class Option(long id, JsonObject row, string name, JsonArray values)
    {
        public long Id => id;
        public JsonObject Row => row;
        public string Name { get; set; } = name;
        public JsonArray Values { get; set; } = values;
        public bool IsNew { get; init; }
        public IEnumerable<string> Names => Values.Select(value => (string)value!["name"]!);

        public void Ensure(string value)
        {
            if (!Names.Contains(value))
                Values.Add(new JsonObject { ["name"] = value });
        }
    }

    private sealed class Variant(long id, JsonObject row, string[] values)
    {
        public long Id => id;
        public JsonObject Row => row;
        public string[] Values { get; set; } = values;
        public bool IsNew { get; init; }
    }
}
