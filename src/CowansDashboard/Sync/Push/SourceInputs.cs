using System.Text.Json.Nodes;
using CowansDashboard.History;

namespace CowansDashboard.Sync.Push;

/// <summary>
/// What Shopify's inputs say for a source of a collection: the way back of our documents, whose aliases its definition carries. Pure.
/// A list in an input holds at most 250 entries; a longer change of selections is done in several steps.
/// </summary>
public static class SourceInputs
{
    public const int MostInOneList = 250;

    private const string Conditions = "CollectionConditionsSource", SubCollections = "CollectionSubCollectionsSource";
    private const string Condition = "Condition";
    private static readonly string[] Sides = ["inclusion", "exclusion"];

    /// <summary>Which field of a definition holds the value of a condition.</summary>
    private static readonly string[] ValueLists = ["texts", "statuses"], PlainValues = ["whole", "flag", "fraction"], Money = ["price", "compareAt"];

    /// <summary>Why the change cannot be written; null when it can.</summary>
    public static string? Refuse(JsonObject? before, JsonObject after) => SourceChecks.Text(after["__typename"]) switch
    {
        SubCollections => Elements(after, "collections").Length == 0 ? "A source of sub-collections needs at least one collection." : null,
        Conditions when Changed(before, after).Any(condition => Written(condition) is null) =>
            "It holds a condition that this version of the dashboard cannot write. Change it in Shopify, or leave it as it is.",
        Conditions => before is not null && SourceChecks.Text(before["targetType"]) != SourceChecks.Text(after["targetType"]) && after["targetType"] is not null
            ? "Shopify does not let a source that exists turn from products to variants; remove it and make another one." : null,
        _ => "It is of a kind that this version of the dashboard cannot write.",
    };

    /// <summary>The definition after the first step to another one: all of it, unless more selections come or go than one call takes.</summary>
    public static JsonObject Step(JsonObject? before, JsonObject after)
    {
        if (SourceChecks.Text(after["__typename"]) != Conditions)
            return (JsonObject)after.DeepClone();
        var step = (JsonObject)after.DeepClone();
        foreach (var side in Sides)
        {
            var (there, wanted) = (Selections(before, side), Selections(after, side));
            if (wanted.Count == 0 && there.Count == 0)
                continue;
            var going = there.Where(one => !wanted.ContainsKey(one.Key)).Select(one => one.Key).Take(MostInOneList).ToHashSet();
            var other = wanted.Where(one => !there.TryGetValue(one.Key, out var held) || !held.SetEquals(one.Value)).Select(one => one.Key).Take(MostInOneList).ToHashSet();
            var kept = there.Where(one => !going.Contains(one.Key) && !other.Contains(one.Key)).Select(one => one.Key).ToHashSet();
            if (step[side] is not JsonObject part)
                step[side] = part = new JsonObject { ["matchType"] = before?[side]?["matchType"]?.DeepClone(), ["conditions"] = new JsonArray() };
            part["selections"] = new JsonArray([
                .. Elements(before?[side], "selections").Where(one => kept.Contains(Product(one))).Select(one => one.DeepClone()),
                .. Elements(after[side], "selections").Where(one => other.Contains(Product(one))).Select(one => one.DeepClone())]);
        }
        return step;
    }

    /// <summary>A CollectionCreateSourceTargetInput.</summary>
    public static JsonObject Create(string title, JsonObject definition)
    {
        var input = new JsonObject { ["title"] = Title(title) };
        if (definition["description"] is { } description)
            input["description"] = description.DeepClone();
        if (SourceChecks.Text(definition["__typename"]) == SubCollections)
        {
            input["collectionIds"] = Ids(definition, "collections");
            return new JsonObject { ["subCollections"] = input };
        }
        if (definition["targetType"] is { } target)
            input["targetType"] = target.DeepClone();
        foreach (var side in Sides)
            if (definition[side] is JsonObject part && (side == "inclusion" || Elements(part, "conditions").Length + Elements(part, "selections").Length > 0))
                input[side] = new JsonObject
                {
                    ["matchType"] = part["matchType"]?.DeepClone() ?? "ALL",
                    ["conditions"] = new JsonArray([.. Elements(part, "conditions").Select(condition => (JsonNode)Written(condition)!)]),
                    ["selections"] = Selected(Elements(part, "selections"), side),
                };
        return new JsonObject { ["source"] = input };
    }

    /// <summary>A CollectionUpdateSourceTargetInput; null when nothing differs.</summary>
    /// <param name="gid">Shopify's id of the source.</param>
    /// <param name="title">Another title; null when it stays.</param>
    /// <param name="before">What Shopify holds; null when the definition stays.</param>
    /// <param name="after">What it shall hold.</param>
    public static JsonObject? Update(string gid, string? title, JsonObject? before, JsonObject? after)
    {
        var input = new JsonObject();
        if (title is not null)
            input["title"] = Title(title);
        var isUnion = gid.Contains(SubCollections, StringComparison.Ordinal);
        if (before is not null && after is not null)
        {
            if (!JsonNode.DeepEquals(before["description"], after["description"]))
                input["description"] = after["description"]?.DeepClone() ?? "";
            if (isUnion)
            {
                if (!Elements(before, "collections").Select(Id).ToHashSet().SetEquals(Elements(after, "collections").Select(Id)))
                    input["collectionIds"] = Ids(after, "collections");
            }
            else
                foreach (var side in Sides)
                    if (Part(before[side] as JsonObject, after[side] as JsonObject, side) is { } part)
                        input[side] = part;
        }
        if (input.Count == 0)
            return null;
        input["id"] = gid;
        return new JsonObject { [isUnion ? "subCollections" : "condition"] = input };
    }

    private static string Title(string title) => title.Length == 0 ? "Products" : title;

    private static JsonObject? Part(JsonObject? before, JsonObject? after, string side)
    {
        var input = new JsonObject();
        var (there, wanted) = (Elements(before, "conditions").ToList(), Elements(after, "conditions").ToList());
        var (create, update, delete) = (new JsonArray(), new JsonArray(), new JsonArray());
        // Those that name a condition of Shopify's first, so that no other one takes its place.
        foreach (var condition in wanted.OrderBy(one => one["id"] is null).ToList())
        {
            var same = there.Find(one => condition["id"] is not null && Id(one) == Id(condition)) ?? there.Find(one => condition["id"] is null && Same(one, condition));
            if (same is null || SourceChecks.Text(same["__typename"]) != SourceChecks.Text(condition["__typename"]))
            {
                create.Add(Written(condition));
                continue;
            }
            there.Remove(same);
            if (!Same(same, condition))
                update.Add(new JsonObject { ["id"] = Id(same), ["condition"] = Written(condition) });
        }
        foreach (var left in there)
            delete.Add(Id(left));
        foreach (var (name, list) in new[] { ("conditionsToCreate", create), ("conditionsToUpdate", update), ("conditionsToDelete", delete) })
            if (list.Count > 0)
                input[name] = list;
        if (after?["matchType"] is { } match && !JsonNode.DeepEquals(match, before?["matchType"]))
            input["matchType"] = match.DeepClone();
        Selections(before, after, side, input);
        return input.Count == 0 ? null : input;
    }

    private static void Selections(JsonObject? before, JsonObject? after, string side, JsonObject input)
    {
        var (there, wanted) = (Selections(Elements(before, "selections")), Selections(Elements(after, "selections")));
        var (remove, add) = (new JsonArray(), new JsonArray());
        foreach (var (product, variants) in there)
        {
            var now = wanted.GetValueOrDefault(product);
            if (now is null || (variants.Count == 0 && now.Count > 0))
                remove.Add(Selection(product, []));
            else if (now.Count > 0 && variants.Except(now).ToArray() is { Length: > 0 } leaving)
                remove.Add(Selection(product, side == "inclusion" ? leaving : []));
        }
        foreach (var (product, variants) in wanted)
        {
            var held = there.GetValueOrDefault(product);
            if (held is null || (held.Count > 0 && variants.Count == 0) || (held.Count == 0 && variants.Count > 0))
                add.Add(Selection(product, side == "inclusion" ? variants : []));
            else if (variants.Except(held).ToArray() is { Length: > 0 } coming)
                add.Add(Selection(product, side == "inclusion" ? coming : []));
        }
        if (remove.Count > 0)
            input["selectionsToRemove"] = remove;
        if (add.Count > 0)
            input["selectionsToAdd"] = add;
    }

    /// <summary>Conditions that are new, or say something else than before.</summary>
    private static IEnumerable<JsonObject> Changed(JsonObject? before, JsonObject after) =>
        from side in Sides
        let there = Elements(before?[side], "conditions")
        from condition in Elements(after[side], "conditions")
        where !there.Any(one => Same(one, condition) && (condition["id"] is null || Id(one) == Id(condition)))
        select condition;

    /// <summary>Two conditions that say the same, whatever their ids and the order of their values.</summary>
    private static bool Same(JsonObject left, JsonObject right) =>
        Written(left) is { } ours && Written(right) is { } theirs ? JsonNode.DeepEquals(Ordered(ours), Ordered(theirs))
            : JsonNode.DeepEquals(Nameless(left), Nameless(right));

    private static JsonObject Nameless(JsonObject condition) => new(condition.Where(part => part.Key != "id").Select(part => KeyValuePair.Create(part.Key, part.Value?.DeepClone())));

    private static JsonObject Ordered(JsonObject written)
    {
        if (written.First().Value is JsonObject body && body["values"] is JsonArray values)
            body["values"] = new JsonArray([.. values.Select(value => value!.DeepClone()).OrderBy(value => value.ToJsonString(), StringComparer.Ordinal)]);
        return written;
    }

    /// <summary>The condition as an input; null for one that this version does not know.</summary>
    private static JsonObject? Written(JsonObject condition)
    {
        var type = SourceChecks.Text(condition["__typename"]) ?? "";
        var kind = type[(type.IndexOf(Condition, StringComparison.Ordinal) is var at and >= 0 ? at + Condition.Length : 0)..];
        if (kind.Length == 0 || kind == "Unknown" || !type.StartsWith("CollectionSource", StringComparison.Ordinal))
            return null;
        var body = new JsonObject();
        if (kind == "Collection")
            body["values"] = Ids(condition, "collections");
        else
        {
            if (condition.FirstOrDefault(part => part.Key.EndsWith("Relation", StringComparison.Ordinal)).Value is not { } relation)
                return null;
            body["relation"] = relation.DeepClone();
            if (condition["match"] is { } match)
                body["matchType"] = match.DeepClone();
            if (condition["definition"] is JsonObject definition)
                body["definitionId"] = definition["id"]?.DeepClone();
            if (!Value(condition, body))
                return null;
        }
        return new JsonObject { [char.ToLowerInvariant(kind[0]) + kind[1..]] = body };
    }

    private static bool Value(JsonObject condition, JsonObject body)
    {
        foreach (var list in ValueLists)
            if (condition[list] is JsonArray values)
                body["values"] = values.DeepClone();
        foreach (var plain in PlainValues)
            if (condition[plain] is { } value)
                body["value"] = value.DeepClone();
        foreach (var money in Money)
            if (condition[money] is JsonObject amount)
                body["value"] = amount.DeepClone();
        if (condition["categories"] is JsonArray categories)
            body["values"] = new JsonArray([.. categories.OfType<JsonObject>().Select(category => (JsonNode)new JsonObject
            {
                ["categoryId"] = category["category"]?["id"]?.DeepClone(), ["includeDescendants"] = category["includeDescendants"]?.DeepClone() ?? false,
            })]);
        if (condition["weight"] is JsonObject weight)
            body["value"] = weight.DeepClone();
        if (condition["metaobject"] is JsonObject one)
            body["value"] = one["id"]?.DeepClone();
        if (condition["metaobjects"] is JsonArray)
            body["values"] = Ids(condition, "metaobjects");
        // Whether a price to compare with is set at all takes no value.
        return body.ContainsKey("value") || body.ContainsKey("values") || SourceChecks.Text(body["relation"]) is "IS_SET" or "IS_NOT_SET";
    }

    private static JsonArray Selected(JsonObject[] selections, string side) =>
        new([.. selections.Select(one => (JsonNode)Selection(Product(one), side == "inclusion" ? Variants(one) : []))]);

    private static JsonObject Selection(string product, IReadOnlyCollection<string> variants)
    {
        var selection = new JsonObject { ["productId"] = product };
        if (variants.Count > 0)
            selection["variantIds"] = new JsonArray([.. variants.Order(StringComparer.Ordinal).Select(id => (JsonNode)id)]);
        return selection;
    }

    private static Dictionary<string, HashSet<string>> Selections(JsonObject? definition, string side) => Selections(Elements(definition?[side], "selections"));

    private static Dictionary<string, HashSet<string>> Selections(JsonObject[] selections) =>
        selections.GroupBy(Product).ToDictionary(one => one.Key, one => one.SelectMany(Variants).ToHashSet());

    private static string[] Variants(JsonObject selection) => selection["variantIds"] is JsonArray variants ? [.. variants.Select(id => (string)id!)] : [];

    private static string Product(JsonObject selection) => (string)selection["product"]!["id"]!;

    private static string Id(JsonObject node) => SourceChecks.Text(node["id"]) ?? "";

    private static JsonArray Ids(JsonObject of, string name) => new([.. Elements(of, name).Select(one => (JsonNode)Id(one))]);

    private static JsonObject[] Elements(JsonNode? of, string name) => of is JsonObject node && node[name] is JsonArray list ? [.. list.OfType<JsonObject>()] : [];
}
