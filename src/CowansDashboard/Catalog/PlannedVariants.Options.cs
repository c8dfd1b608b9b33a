using System.Globalization;
using System.Text.Json.Nodes;
using CowansDashboard.History;

namespace CowansDashboard.Catalog;

/// <summary>All options of a product at once: renamed, ordered, with values that come and go, and what that means for its variants.</summary>
internal sealed partial class PlannedVariants
{
    private const int LongestName = 255;

    public void SetOptions(IReadOnlyList<WantedOption> options, IReadOnlyList<SeenOption>? seen)
    {
        _isTouched = true;
        if (seen is not null && !AreAsSeen(seen))
        {
            Problem("option", "option_values", "The options of this product were changed meanwhile. Load the page again: what was added there would be lost.");
            return;
        }
        WantedOption[] wanted = [.. options.Select(option => option with { Name = option.Name.Trim(), Values = [.. option.Values.Select(value => value with { Name = value.Name.Trim() })] })];
        if (!Fit(wanted))
            return;
        var before = _options.ToList();
        var mapped = Named(wanted, before).Select(option => (Wanted: option, Place: option.Id is { } id ? before.FindIndex(known => known.Id == id) : -1)).ToList();
        _options.Clear();
        foreach (var (option, place) in mapped)
        {
            var known = place >= 0 ? before[place] : new Option(_nextKey(), [], option.Name, []) { IsNew = true };
            (known.Name, known.Values) = (option.Name, Valued(known.Values, option.Values));
            _options.Add(known);
        }
        _removed.AddRange(before.Except(_options).Where(option => !option.IsNew).Select(option => new RowRef("option", option.Id)));
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var variant in _variants.ToList())
        {
            string?[] values = [.. mapped.Select(option => option.Place < 0 || option.Place >= variant.Values.Length ? option.Wanted.Values[0].Name
                : option.Wanted.Values.FirstOrDefault(value => value.Was == variant.Values[option.Place])?.Name)];
            if (values.Contains(null) || !taken.Add(string.Join('\u001f', values)))
                Gone([variant]);
            else
                variant.Values = values!;
        }
    }

    // A product without options has a nameless one with a nameless value. It becomes the first option, and the last one
    // becomes it again, so that the variant which stays is the same in Shopify too.
    private WantedOption[] Named(WantedOption[] wanted, List<Option> before)
    {
        if (wanted.Length == 0 && before.Count > 0)
            return [new WantedOption(before[0].Id, PlanStructure.DefaultName, [new WantedValue(_variants.Count > 0 ? _variants[0].Values[0] : null, PlanStructure.DefaultValue)])];
        if (wanted.Length == 0 || before.Count != 1 || !before[0].Names.SequenceEqual([PlanStructure.DefaultValue]) || wanted.Any(option => option.Id is not null))
            return wanted;
        return [wanted[0] with { Id = before[0].Id, Values = [wanted[0].Values[0] with { Was = PlanStructure.DefaultValue }, .. wanted[0].Values.Skip(1)] }, .. wanted.Skip(1)];
    }

    private static JsonArray Valued(JsonArray known, IReadOnlyList<WantedValue> wanted)
    {
        var values = new JsonArray();
        foreach (var value in wanted)
        {
            var row = known.FirstOrDefault(each => value.Was is not null && (string?)each!["name"] == value.Was)?.DeepClone() as JsonObject ?? [];
            row["name"] = value.Name;
            values.Add((JsonNode)row);
        }
        return values;
    }

    // In which order they stand loses nothing.
    private bool AreAsSeen(IReadOnlyList<SeenOption> seen) =>
        seen.Count == _options.Count && seen.All(option => _options.Any(known => known.Id == option.Id && known.Name == option.Name && known.Names.ToHashSet().SetEquals(option.Values)));

    private bool Fit(WantedOption[] wanted)
    {
        var problems = Problems.Count;
        if (wanted.FirstOrDefault(option => option.Name.Length is 0 or > LongestName) is { } nameless)
            Problem("option", "name", nameless.Name.Length == 0 ? "An option needs a name." : $"The name of an option has at most {LongestName} characters.");
        if (wanted.GroupBy(option => option.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } twice)
            Problem("option", "name", $"Two options would be called “{twice.Key}”.");
        foreach (var option in wanted)
        {
            if (option.Values.Count == 0)
                Problem("option", "option_values", $"“{option.Name}” needs at least one value. To do without it, remove the option.");
            if (option.Values.Any(value => value.Name.Length is 0 or > LongestName))
                Problem("option", "option_values", $"Each value of “{option.Name}” must have 1 to {LongestName} characters.");
            if (option.Values.GroupBy(value => value.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } same)
                Problem("option", "option_values", $"“{same.Key}” stands twice among the values of “{option.Name}”.");
            if (option.Id is { } id && _options.All(known => known.Id != id))
                Problem("option", "name", $"The option “{option.Name}” is no longer there. Load the page again.");
        }
        return Problems.Count == problems;
    }

    private void CheckLimits()
    {
        if (_variants.Count == 0)
            Problem("variant", "removed", "A product keeps at least one variant: delete the product instead.");
        if (_options.Count > ShopifyLimits.MostOptions)
            Problem("option", "option", string.Create(CultureInfo.InvariantCulture, $"The product would have {_options.Count} options; Shopify takes at most {ShopifyLimits.MostOptions}."));
        if (_variants.Count > ShopifyLimits.MostVariants)
            Problem("variant", "variant", string.Create(CultureInfo.InvariantCulture, $"The product would have {_variants.Count:N0} variants; Shopify takes at most {ShopifyLimits.MostVariants:N0}."));
    }
}
