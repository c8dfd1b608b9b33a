using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.Tests.Support;

namespace CowansDashboard.Tests.Collections;

/// <summary>Makes collections of random sources in a demo shop, of every kind of condition, asking for what its products are.</summary>
internal sealed class RandomSources(DemoStore demo, int seed)
{
    private const string Create = "mutation($c: CollectionCreateInput!) { collectionCreate(collection: $c) { collection { id } userErrors { field message } } }";

    private static readonly string[] TextRelations = ["EQUALS", "NOT_EQUALS", "STARTS_WITH", "ENDS_WITH", "CONTAINS", "DOES_NOT_CONTAIN"];
    private static readonly string[] NumberRelations = ["EQUALS", "NOT_EQUALS", "GREATER_THAN", "LESS_THAN"];

    private readonly Random _random = new(seed);
    private readonly List<string> _made = [];
    private IReadOnlyList<JsonElement> _products = [], _variants = [], _metafields = [];
    private List<(string Id, string Owner, string Namespace, string Key, string Type)> _definitions = [];

    /// <summary>Makes so many and answers what each was asked for, by Shopify's id.</summary>
    public async Task<IReadOnlyDictionary<long, string>> Make(int count)
    {
        (_products, _variants, _metafields) = (await demo.State("products"), await demo.State("variants"), await demo.State("metafields"));
        using var http = new HttpClient { DefaultRequestHeaders = { { "X-Shopify-Access-Token", DemoStore.Token } } };
        _definitions = [.. await Definitions(http, "PRODUCT"), .. await Definitions(http, "PRODUCTVARIANT")];
        var asked = new Dictionary<long, string>();
        for (var n = 0; n < count; n++)
        {
            var ofCollections = n % 9 == 8;
            JsonNode[] sources = ofCollections
                ? [new JsonObject { ["subCollections"] = new JsonObject { ["title"] = "Others", ["collectionIds"] = Nodes(_made.Take(2)) } }]
                : [.. Enumerable.Range(0, _random.Next(1, 3)).Select(i => new JsonObject { ["source"] = Source(n + (i * 7)) })];
            var collection = new JsonObject { ["title"] = $"Random {n}", ["sortOrder"] = "MANUAL", ["sources"] = new JsonArray(sources) };
            var answer = await Ask(http, Create, new JsonObject { ["c"] = collection.DeepClone() });
            var made = answer["collectionCreate"]!["collection"]?["id"]?.GetValue<string>() ?? throw new InvalidOperationException($"{answer} for {collection}");
            asked[long.Parse(made.Split('/')[^1], CultureInfo.InvariantCulture)] = collection.ToJsonString();
            if (!ofCollections)
                _made.Add(made);
        }
        return asked;
    }

    private JsonObject Source(int kind)
    {
        var conditions = Enumerable.Range(0, _random.Next(0, 4)).Select(i => Condition(kind + (i * 5))).ToArray();
        var ofVariants = Chance(40);
        var inclusion = new JsonObject { ["matchType"] = Any(), ["conditions"] = new JsonArray(conditions) };
        if (conditions.Length == 0 || Chance(25))
            inclusion["selections"] = new JsonArray([.. _products.OrderBy(_ => _random.Next()).Take(_random.Next(1, 20)).Select(product => Selected(Text(product, "id"), ofVariants))]);
        var source = new JsonObject { ["title"] = "Some", ["targetType"] = ofVariants ? "VARIANTS" : "PRODUCTS", ["inclusion"] = inclusion };
        if (Chance(40))
        {
            JsonNode[] kept = [.. Enumerable.Range(0, _random.Next(1, 3)).Select(_ => Kept())];
            source["exclusion"] = new JsonObject
            {
                ["matchType"] = Any(),
                ["conditions"] = new JsonArray(kept),
                ["selections"] = new JsonArray([.. _products.OrderBy(_ => _random.Next()).Take(_random.Next(0, 5)).Select(product => new JsonObject { ["productId"] = $"gid://shopify/Product/{Text(product, "id")}" })]),
            };
        }
        return source;
    }

    private JsonObject Selected(string product, bool ofVariants)
    {
        var selection = new JsonObject { ["productId"] = $"gid://shopify/Product/{product}" };
        if (ofVariants && Chance(50))
            selection["variantIds"] = Nodes(_variants.Where(variant => Text(variant, "productId") == product).Take(2).Select(variant => $"gid://shopify/ProductVariant/{Text(variant, "id")}"));
        return selection;
    }

    private JsonObject Condition(int kind) => (kind % 18) switch
    {
        0 => Of("productTag", Pick("TAGGED_WITH", "NOT_TAGGED_WITH"), Tag),
        1 => OfText("productTitle", () => Text(One(_products), "title")),
        2 => OfText("productType", () => Text(One(_products), "productType")),
        3 => OfText("productVendor", () => Text(One(_products), "vendor")),
        4 => Of("productStatus", Pick("EQUALS", "NOT_EQUALS"), () => Pick("ACTIVE", "DRAFT", "ARCHIVED")),
        5 => Category(Pick("EQUALS", "NOT_EQUALS")),
        6 => Number("variantPrice", Pick(NumberRelations), Money(Text(One(_variants), "price"))),
        7 => CompareAt(),
        8 => Number("variantInventory", Pick("EQUALS", "GREATER_THAN", "LESS_THAN"), JsonValue.Create(One(_variants).GetProperty("inventoryQuantity").GetInt32())),
        9 => OfText("variantTitle", () => Text(One(_variants), "title")),
        10 => Number("variantWeight", Pick(NumberRelations), Weight()),
        11 => OfMetafield("metafieldBoolean", ["boolean"], "EQUALS", (value, input) => input["value"] = value == "true"),
        12 => OfMetafield("metafieldInteger", ["number_integer"], Pick("EQUALS", "GREATER_THAN", "LESS_THAN"), (value, input) => input["value"] = int.Parse(value, CultureInfo.InvariantCulture)),
        13 => OfMetafield("metafieldDecimal", ["number_decimal", "rating"], Pick("EQUALS", "GREATER_THAN", "LESS_THAN"), (value, input) => input["value"] = value.StartsWith('{') ? JsonNode.Parse(value)!["value"]!.ToString() : value),
        14 => OfMetafield("metafieldString", ["single_line_text_field"], "EQUALS", (value, input) => Values(input, [Case(value)])),
        15 => OfMetafield("metafieldStringList", ["list.single_line_text_field"], "INCLUDES", (value, input) => Values(input, [.. JsonNode.Parse(value)!.AsArray().Take(2).Select(each => Case(each!.ToString()))])),
        16 => OfMetafield("metafieldMetaobject", ["metaobject_reference"], "EQUALS", (value, input) => input["value"] = value),
        _ => OfMetafield("metafieldMetaobjectList", ["list.metaobject_reference"], "INCLUDES", (value, input) => Values(input, [.. JsonNode.Parse(value)!.AsArray().Take(2).Select(each => each!.ToString())])),
    };

    private JsonObject Kept() => _random.Next(5) switch
    {
        0 => Of("productTag", "TAGGED_WITH", Tag),
        1 => Of("productType", Pick("EQUALS", "CONTAINS"), () => Given(() => Text(One(_products), "productType"))),
        2 => Of("productVendor", Pick("EQUALS", "CONTAINS"), () => Given(() => Text(One(_products), "vendor"))),
        3 => Category("EQUALS"),
        _ => _made.Count == 0 ? Of("productTag", "TAGGED_WITH", Tag) : new JsonObject { ["collection"] = new JsonObject { ["values"] = Nodes([_made[_random.Next(_made.Count)]]) } },
    };

    private JsonObject OfText(string name, Func<string> held)
    {
        var relation = Pick(TextRelations);
        return Of(name, relation, () =>
        {
            var words = Given(held).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var some = _random.Next(1, words.Length + 1);
            return Case(string.Join(' ', relation switch
            {
                "EQUALS" or "NOT_EQUALS" => words,
                "STARTS_WITH" => words[..some],
                "ENDS_WITH" => words[^some..],
                _ => [words[_random.Next(words.Length)]],
            }));
        });
    }

    private JsonObject Of(string name, string relation, Func<string> value) =>
        new() { [name] = Values(new JsonObject { ["relation"] = relation }, [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => value())]) };

    private JsonObject OfMetafield(string name, string[] types, string relation, Action<string, JsonObject> ask)
    {
        var definition = _definitions.Where(one => types.Contains(one.Type)).OrderBy(_ => _random.Next()).FirstOrDefault();
        var held = _metafields.Where(one => Text(one, "ownerType") == definition.Owner && Text(one, "namespace") == definition.Namespace && Text(one, "key") == definition.Key && Text(one, "value") is not ("[]" or "")).ToList();
        if (held.Count == 0)
            return Of("productTag", "TAGGED_WITH", Tag);
        var input = new JsonObject { ["definitionId"] = definition.Id, ["relation"] = relation };
        ask(Text(One(held), "value"), input);
        return new() { [name] = input };
    }

    private JsonObject Category(string relation) => new()
    {
        ["productCategory"] = new JsonObject
        {
            ["matchType"] = Any(),
            ["relation"] = relation,
            ["values"] = new JsonArray([.. Enumerable.Range(0, _random.Next(1, 3)).Select(_ =>
            {
                var id = Given(() => Text(One(_products), "categoryId"));
                return new JsonObject { ["categoryId"] = Chance(50) && id.LastIndexOf('-') is > 0 and var end ? id[..end] : id, ["includeDescendants"] = Chance(60) };
            })]),
        },
    };

    private JsonObject CompareAt()
    {
        var relation = Pick([.. NumberRelations, "IS_SET", "IS_NOT_SET"]);
        return relation.StartsWith("IS_", StringComparison.Ordinal)
            ? new() { ["variantCompareAtPrice"] = new JsonObject { ["relation"] = relation } }
            : Number("variantCompareAtPrice", relation, Money(Given(() => Text(One(_variants), "compareAtPrice"))));
    }

    private JsonObject Weight()
    {
        var variant = One([.. _variants.Where(one => one.GetProperty("weight").ValueKind == JsonValueKind.Number)]);
        return new() { ["value"] = variant.GetProperty("weight").GetDouble(), ["unit"] = Text(variant, "weightUnit") };
    }

    private static JsonObject Number(string name, string relation, JsonNode value) => new() { [name] = new JsonObject { ["relation"] = relation, ["value"] = value } };

    private static JsonObject Money(string amount) => new() { ["amount"] = amount, ["currencyCode"] = "USD" };

    private JsonObject Values(JsonObject input, string[] values)
    {
        input["matchType"] = Any();
        input["values"] = Nodes(values);
        return input;
    }

    private string Tag() => Case(One([.. One([.. _products.Where(product => product.GetProperty("tags").GetArrayLength() > 0)]).GetProperty("tags").EnumerateArray()]).GetString()!);

    // Only ASCII: other letters have no single counterpart everywhere.
    private string Case(string text) => Chance(50) ? text : string.Concat(text.Select(letter => char.IsAsciiLetter(letter) ? char.ToUpperInvariant(letter) : letter));

    private string Given(Func<string> held)
    {
        for (; ; )
            if (held() is { } text && text.Trim().Length > 0)
                return text;
    }

    private string Any() => Pick("ANY", "ALL");

    private string Pick(params string[] words) => words[_random.Next(words.Length)];

    private bool Chance(int percent) => _random.Next(100) < percent;

    private JsonElement One(IReadOnlyList<JsonElement> rows) => rows[_random.Next(rows.Count)];

    private static string Text(JsonElement row, string name) => row.GetProperty(name) is { ValueKind: not JsonValueKind.Null } value ? value.ToString() : "";

    private static JsonArray Nodes(IEnumerable<string> values) => [.. values.Select(value => JsonValue.Create(value))];

    private async Task<List<(string Id, string Owner, string Namespace, string Key, string Type)>> Definitions(HttpClient http, string owner) =>
        [.. (await Ask(http, $"{{ metafieldDefinitions(ownerType: {owner}, first: 100) {{ nodes {{ id namespace key type {{ name }} }} }} }}", new JsonObject()))["metafieldDefinitions"]!["nodes"]!.AsArray()
            .Select(one => (one!["id"]!.ToString(), owner, one["namespace"]!.ToString(), one["key"]!.ToString(), one["type"]!["name"]!.ToString()))];

    private async Task<JsonNode> Ask(HttpClient http, string query, JsonObject variables)
    {
        using var answer = await http.PostAsJsonAsync(new Uri(demo.BaseUrl, "/admin/api/2026-10/graphql.json"), new JsonObject { ["query"] = query, ["variables"] = variables });
        var body = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        return body["data"] as JsonObject ?? throw new InvalidOperationException($"{body} for {variables}");
    }
}
