using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Conflicts;
using CowansDashboard.History;
using CowansDashboard.Web.Components.Collections;
using CowansDashboard.Web.Components.Kit;

namespace CowansDashboard.Web.Components.Conflicts;

/// <summary>How conflicts, their fields and their values are said.</summary>
public static class ConflictWords
{
    private const int MostOfOrder = 60;

    /// <summary>Whether a value besides ours and Shopify's can be typed: not where the question is whether something is there.</summary>
    public static bool HasAnother(ConflictRow row) => row.Field != DeletedProducts.Field && row.Field != Removal.Field && row.Field != LastVariants.Field;

    private static readonly HashSet<string> Money = ["price", "compare_at_price", "unit_cost"];

    public static string Field(string field) => field switch
    {
        DeletedProducts.Field => "Gone in Shopify",
        Removal.Field => "Removed, edited in Shopify",
        LastVariants.Field => "The last variants",
        "description_html" => "Description",
        "product_type" => "Type",
        "seo_title" => "Search title",
        "seo_description" => "Search description",
        "category_id" => "Category",
        "compare_at_price" => "Compare-at price",
        "unit_cost" => "Cost",
        "sku" => "SKU",
        "alt" => "Alt text",
        "option_values" => "Option values",
        "available" => "Stock available",
        "definition" => "What it holds",
        MemberOrder.Field => "Order",
        "sort_order" => "Sorted by",
        "template_suffix" => "Theme template",
        "image_url" => "Picture",
        "image_alt" => "Alt text",
        _ => field.Length == 0 ? field : char.ToUpperInvariant(field[0]) + field[1..].Replace('_', ' '),
    };

    public static string Entity(string entity) => entity switch
    {
        "product" => "Products",
        "variant" => "Variants",
        "option" => "Options",
        "media" => "Pictures and media",
        "metafield" => "Metafields",
        "inventory level" => "Stock",
        "collection" => "Collections",
        "collection source" => "Sources of collections",
        "collection member" => "Members of collections",
        _ => char.ToUpperInvariant(entity[0]) + entity[1..],
    };

    /// <summary>The field with the part of the product that it belongs to: "Price, Small".</summary>
    public static string Place(ConflictRow row) => row.Part is { } part ? $"{Field(row.Field)}, {part}" : Field(row.Field);

    public static bool IsMoney(string field) => Money.Contains(field);

    /// <summary>A whole value in words: money with its currency, nothing as "none".</summary>
    public static string Value(string field, JsonNode? value, string currency) => value switch
    {
        JsonValue removed when field == Removal.Field && Removal.Parse(removed.ToString()) is { } removal => removal.Words,
        null => field == Removal.Field ? "here" : "none",
        JsonValue sorted when field == "sort_order" => CollectionWords.Order(sorted.ToString()),
        JsonValue number when Money.Contains(field) && number.TryGetValue<decimal>(out var amount) => Figure.Money(amount, currency),
        JsonValue flag when flag.TryGetValue<bool>(out var yes) => yes ? "yes" : "no",
        JsonValue text when text.TryGetValue<string>(out var words) => words.Length == 0 ? "empty" : words,
        JsonValue number when number.TryGetValue<decimal>(out var amount) => amount.ToString(CultureInfo.InvariantCulture),
        JsonArray list when list.Count > 0 && list.All(word => word?.GetValueKind() is JsonValueKind.String) => string.Join(", ", JsonValues.Elements(list)),
        _ => value.ToJsonString(),
    };

    /// <summary>Whether a third value can be typed: not where it is made of products and conditions, which the collection's own page puts together.</summary>
    public static bool TakesAnother(ConflictRow row) => row.Field is not ("definition" or MemberOrder.Field);

    /// <summary>The value as it is compared: what a source holds as sentences, an order as titles, everything else as it is.</summary>
    public static JsonNode? Said(ConflictRow row, JsonNode? value, IReadOnlyDictionary<string, string> names, string currency) => (row.Field, value) switch
    {
        (MemberOrder.Field, JsonArray order) => Order(row, order, names),
        ("definition", JsonObject definition) => new JsonArray([.. SourceSentences.Of(definition, names, currency).Select(sentence => (JsonNode)sentence)]),
        _ => value,
    };

    // Of thousands of products those are shown where the orders begin to differ.
    private static JsonArray Order(ConflictRow row, JsonArray order, IReadOnlyDictionary<string, string> names)
    {
        JsonArray[] all = [.. new[] { row.Base, row.Ours, row.Shopifys }.OfType<JsonArray>()];
        var alike = 0;
        while (alike < all.Min(one => one.Count) && all.All(one => JsonNode.DeepEquals(one[alike], all[0][alike])))
            alike++;
        var said = new JsonArray();
        if (alike > 0)
            said.Add((JsonNode)$"{Figure.Count(alike, "product")} in the same order");
        foreach (var id in order.Skip(alike).Take(MostOfOrder))
            said.Add((JsonNode)(names.GetValueOrDefault(id!.ToJsonString()) ?? "A product that is no longer here"));
        if (order.Count > alike + MostOfOrder)
            said.Add((JsonNode)$"and {Figure.Count(order.Count - alike - MostOfOrder)} more");
        return said;
    }

    /// <summary>How it ended: "Ann kept ours", "a rule took Shopify’s".</summary>
    public static string Ending(ConflictEnd end)
    {
        var who = end.By ?? "Somebody";
        return end.As switch
        {
            "mine" => $"{who} kept ours",
            "shopifys" => $"{who} took Shopify’s",
            "other" => $"{who} chose another value",
            "edited" => $"{who} edited the field anew",
            "rule-shopify" => "A rule took Shopify’s",
            "rule-dashboard" => "A rule kept ours",
            "rule-reclaimed" => "A rule put ours back",
            "agreed" => "Both sides came to hold the same",
            "returned" => "Shopify returned to what was agreed",
            "deleted" => "It was deleted in Shopify",
            "overwritten" => "A push wrote over Shopify’s",
            _ => "Settled",
        };
    }

    /// <summary>What was just done, in the past tense.</summary>
    public static string Done(Resolution wish, int fields, int products)
    {
        var what = Figure.Count(fields, "field") + (products > 1 ? $" of {Figure.Count(products, "product")}" : "");
        return wish switch
        {
            Resolution.Ours => $"Kept ours in {what}",
            Resolution.Shopifys => $"Took Shopify’s in {what}",
            Resolution.Another => $"Set another value in {what}",
            _ => $"Rules settled {what}",
        };
    }
}
