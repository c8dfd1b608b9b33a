using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Collections.Conditions;
using CowansDashboard.History;

namespace CowansDashboard.Web.Components.Collections;

/// <summary>What a source holds, one sentence for each condition and each product that was picked. Pure.</summary>
public static class SourceSentences
{
    /// <param name="definition">As Shopify returns it.</param>
    /// <param name="names">Titles by Shopify's whole ids.</param>
    /// <param name="currency">The shop's.</param>
    public static IReadOnlyList<string> Of(JsonObject definition, IReadOnlyDictionary<string, string> names, string currency)
    {
        var type = definition.ContainsKey("collections") ? SourceChecks.OfCollections : SourceChecks.ByConditions;
        var referred = new ReferenceNames(new Dictionary<string, string>(), names.Where(name => name.Key.StartsWith(CollectionGid, StringComparison.Ordinal))
            .ToDictionary(name => long.Parse(name.Key.AsSpan(CollectionGid.Length), CultureInfo.InvariantCulture), name => (0L, name.Value)));
        string Product(long id) => names.GetValueOrDefault(string.Create(CultureInfo.InvariantCulture, $"{ProductGid}{id}")) ?? string.Create(CultureInfo.InvariantCulture, $"a product that is not in the copy ({id})");
        switch (SourceReading.Read(type, JsonSerializer.SerializeToElement(definition)))
        {
            case CollectionSource.OfCollections others:
                return [.. others.ShopifyIds.Select(id => $"Everything in {ConditionWords.Titles([id], referred)}")];
            case CollectionSource.ByConditions { Included: var into, Excluded: var outOf } source:
                return
                [
                    .. source.OfVariants ? ["Chosen by variants"] : Array.Empty<string>(),
                    .. into.Conditions.Count > 1 ? [into.All ? "All conditions hold" : "Any condition holds"] : Array.Empty<string>(),
                    .. into.Conditions.Select(condition => ConditionWords.Of(condition, referred, currency)),
                    .. into.Selections.Select(one => $"Picked: {Product(one.Product)}{(one.Variants.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $", {one.Variants.Count} of its variants") : "")}"),
                    .. outOf.Conditions.Count > 1 ? [outOf.All ? "But not where all of these hold" : "But not where any of these holds"] : Array.Empty<string>(),
                    .. outOf.Conditions.Select(condition => $"But not: {ConditionWords.Of(condition, referred, currency)}"),
                    .. outOf.Products.Select(id => $"But not: {Product(id)}"),
                ];
            default:
                return ["A kind of source of a later version"];
        }
    }

    private const string ProductGid = "gid://shopify/Product/", CollectionGid = "gid://shopify/Collection/";
}
