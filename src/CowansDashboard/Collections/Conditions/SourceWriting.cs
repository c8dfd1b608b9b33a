using System.Globalization;
using System.Text.Json.Nodes;
using CowansDashboard.History;

namespace CowansDashboard.Collections.Conditions;

/// <summary>
/// Writes a source as Shopify returns it, with the aliases of our documents. What is there already and says the same stays as it is,
/// with the ids by which Shopify knows its conditions; so does what this version does not know. Pure.
/// </summary>
public static class SourceWriting
{
    /// <summary>What Shopify calls this kind of source.</summary>
    public static string TypeOf(CollectionSource source) => source switch
    {
        CollectionSource.ByConditions => "CollectionConditionsSource",
        CollectionSource.OfCollections => "CollectionSubCollectionsSource",
        CollectionSource.Unknown unknown => unknown.Type,
        _ => throw new ArgumentOutOfRangeException(nameof(source)),
    };

    /// <param name="source">What it shall say.</param>
    /// <param name="existing">What it said before; null for a new one.</param>
    /// <param name="currency">The shop's, for prices.</param>
    public static JsonObject Write(CollectionSource source, JsonObject? existing, string currency)
    {
        var written = (JsonObject?)existing?.DeepClone() ?? new JsonObject { ["__typename"] = TypeOf(source) };
        switch (source)
        {
            case CollectionSource.OfCollections { ShopifyIds: var ids }:
                written["collections"] = Collections(ids);
                break;
            case CollectionSource.ByConditions conditions:
                written["targetType"] = conditions.OfVariants ? "VARIANTS" : "PRODUCTS";
                written["inclusion"] = Side("Inclusion", conditions.Included.All, conditions.Included.Conditions, existing?["inclusion"] as JsonObject, currency,
                    conditions.Included.Selections.Select(one => new JsonObject
                    {
                        ["product"] = new JsonObject { ["id"] = Gid("Product", one.Product) },
                        ["variantIds"] = one.Variants.Count == 0 ? null : new JsonArray([.. one.Variants.Select(id => (JsonNode)Gid("ProductVariant", id))]),
                    }));
                written["exclusion"] = conditions.Excluded is { Conditions.Count: 0, Products.Count: 0 } && existing?["exclusion"] is null ? null
                    : Side("Exclusion", conditions.Excluded.All, conditions.Excluded.Conditions, existing?["exclusion"] as JsonObject, currency,
                        conditions.Excluded.Products.Select(id => new JsonObject { ["product"] = new JsonObject { ["id"] = Gid("Product", id) } }));
                break;
        }
        return written;
    }

    private static JsonObject Side(string side, bool all, IEnumerable<Condition> conditions, JsonObject? existing, string currency, IEnumerable<JsonObject> selections)
    {
        var known = (existing?["conditions"] as JsonArray)?.OfType<JsonObject>().Where(one => one["id"] is not null).DistinctBy(one => (string?)one["id"]).ToDictionary(one => (string)one["id"]!) ?? [];
        return new JsonObject
        {
            ["matchType"] = all ? "ALL" : "ANY",
            ["conditions"] = new JsonArray([.. conditions.Select(one => (JsonNode)Write(side, one, one.Gid is { } gid ? known.GetValueOrDefault(gid) : null, currency))]),
            ["selections"] = new JsonArray([.. selections]),
        };
    }

    private static JsonObject Write(string side, Condition condition, JsonObject? existing, string currency)
    {
        if (condition is Condition.Unknown && existing is not null)
            return (JsonObject)existing.DeepClone();
        var written = Of(condition, currency);
        var json = new JsonObject { ["__typename"] = $"CollectionSource{side}Condition{written.Kind}" };
        if (condition.Gid is { } gid)
            json["id"] = gid;
        foreach (var (name, value) in written.Fields)
            json[name] = value;
        return existing is not null && SourceMeaning.Same(Alone(existing), Alone(json)) ? (JsonObject)existing.DeepClone() : json;

        static JsonObject Alone(JsonObject one) => new() { ["inclusion"] = new JsonObject { ["conditions"] = new JsonArray(one.DeepClone()) } };
    }

    private static Written Of(Condition condition, string currency) => condition switch
    {
        Condition.Tag tag => new("ProductTag", [("match", Match(tag.All)), ("tagRelation", tag.Is ? "TAGGED_WITH" : "NOT_TAGGED_WITH"), ("texts", Texts(tag.Values))]),
        Condition.Text text => new(text.Field switch
        {
            TextField.Title => "ProductTitle",
            TextField.ProductType => "ProductType",
            TextField.Vendor => "ProductVendor",
            _ => "VariantTitle",
        }, [("match", Match(text.All)), (text.Field switch
        {
            TextField.Title => "titleRelation",
            TextField.ProductType => "typeRelation",
            TextField.Vendor => "vendorRelation",
            _ => "variantTitleRelation",
        }, Relation(text.Relation)), ("texts", Texts(text.Values))]),
        Condition.Status status => new("ProductStatus", [("match", Match(status.All)), ("statusRelation", Is(status.Is)), ("statuses", Texts(status.Values))]),
        Condition.Category category => new("ProductCategory", [("match", Match(category.All)), ("categoryRelation", Is(category.Is)),
            ("categories", new JsonArray([.. category.Values.Select(value => new JsonObject
            {
                ["category"] = new JsonObject { ["id"] = $"gid://shopify/TaxonomyCategory/{value.Code}" },
                ["includeDescendants"] = value.WithDescendants,
            })]))]),
        Condition.Number { Field: NumberField.Price } price => new("VariantPrice", [("priceRelation", Relation(price.Relation)), ("price", Money(price.Value, currency))]),
        Condition.Number { Field: NumberField.CompareAtPrice } price => new("VariantCompareAtPrice", [("compareAtRelation", Relation(price.Relation)), ("compareAt", Money(price.Value, currency))]),
        Condition.Number { Field: NumberField.Stock } stock => new("VariantInventory", [("inventoryRelation", Relation(stock.Relation)), ("whole", stock.Value)]),
        Condition.Number weight => new("VariantWeight", [("weightRelation", Relation(weight.Relation)), ("weight", new JsonObject { ["unit"] = weight.Unit, ["value"] = weight.Value })]),
        Condition.Metafield metafield => Metafield(metafield),
        Condition.InCollections others => new("Collection", [("match", "ANY"), ("collections", Collections(others.ShopifyIds))]),
        Condition.Unknown unknown => new(unknown.Type, [("unknownRelation", unknown.Relation), ("unknownTexts", Texts(unknown.Values))]),
        _ => throw new ArgumentOutOfRangeException(nameof(condition)),
    };

    private static Written Metafield(Condition.Metafield metafield)
    {
        var relation = metafield.Kind is MetafieldKind.TextList or MetafieldKind.ReferenceList ? "INCLUDES" : Relation(metafield.Relation);
        (string Name, JsonNode? Value) definition = ("definition", new JsonObject
        {
            ["id"] = metafield.Definition.Gid,
            ["namespace"] = metafield.Definition.Namespace,
            ["key"] = metafield.Definition.Key,
            ["ownerType"] = metafield.Definition.OfVariants ? "PRODUCTVARIANT" : "PRODUCT",
        });
        (string Name, JsonNode? Value) match = ("match", Match(metafield.All));
        var first = metafield.Values is [var one, ..] ? one : null;
        return metafield.Kind switch
        {
            MetafieldKind.Boolean => new("MetafieldBoolean", [("booleanRelation", relation), ("flag", first == "true"), definition]),
            MetafieldKind.Whole => new("MetafieldInteger", [("integerRelation", relation),
                ("whole", long.TryParse(first, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole : null), definition]),
            MetafieldKind.Fraction => new("MetafieldDecimal", [("decimalRelation", relation), ("fraction", first), definition]),
            MetafieldKind.Text => new("MetafieldString", [match, ("stringRelation", relation), ("texts", Texts(metafield.Values)), definition]),
            MetafieldKind.TextList => new("MetafieldStringList", [match, ("stringListRelation", relation), ("texts", Texts(metafield.Values)), definition]),
            MetafieldKind.Reference => new("MetafieldMetaobject", [("metaobjectRelation", relation), ("metaobject", new JsonObject { ["id"] = first }), definition]),
            _ => new("MetafieldMetaobjectList", [match, ("metaobjectListRelation", relation),
                ("metaobjects", new JsonArray([.. metafield.Values.Select(id => new JsonObject { ["id"] = id })])), definition]),
        };
    }

    private static string Match(bool all) => all ? "ALL" : "ANY";

    private static string Is(bool equal) => equal ? "EQUALS" : "NOT_EQUALS";

    private static string Relation(TextRelation relation) => relation switch
    {
        TextRelation.Is => "EQUALS",
        TextRelation.IsNot => "NOT_EQUALS",
        TextRelation.StartsWith => "STARTS_WITH",
        TextRelation.EndsWith => "ENDS_WITH",
        TextRelation.Contains => "CONTAINS",
        _ => "DOES_NOT_CONTAIN",
    };

    private static string Relation(NumberRelation relation) => relation switch
    {
        NumberRelation.Is => "EQUALS",
        NumberRelation.IsNot => "NOT_EQUALS",
        NumberRelation.Above => "GREATER_THAN",
        NumberRelation.Below => "LESS_THAN",
        NumberRelation.IsSet => "IS_SET",
        _ => "IS_NOT_SET",
    };

    private static JsonObject? Money(decimal? amount, string currency) => amount is not { } value ? null
        : new JsonObject { ["amount"] = value.ToString(CultureInfo.InvariantCulture), ["currencyCode"] = currency };

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];

    private static JsonArray Collections(IEnumerable<long> ids) => [.. ids.Select(id => new JsonObject { ["id"] = Gid("Collection", id) })];

    private static string Gid(string type, long id) => string.Create(CultureInfo.InvariantCulture, $"gid://shopify/{type}/{id}");

    private sealed record Written(string Kind, (string Name, JsonNode? Value)[] Fields);
}
