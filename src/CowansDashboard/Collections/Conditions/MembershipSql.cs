using System.Globalization;
using System.Text;
using CowansDashboard.Search;

namespace CowansDashboard.Collections.Conditions;

/// <summary>
/// Sources as one question to PostgreSQL: products are read once, and variants, metafields and members of other collections
/// at most once each, summed up per product, however many conditions ask about them.
/// </summary>
internal sealed class MembershipSql(SqlParameters sql, long storeId)
{
    // No tag, type or title holds it.
    private const string Between = "E'\\x1f'";

    private readonly List<string> _ofVariants = [], _ofMetafields = [], _ofMembers = [];
    private readonly HashSet<long> _collections = [];
    private readonly HashSet<(string Namespace, string Key)> _keys = [];
    private readonly string _store = sql.Add(storeId);
    private bool _asksStock;

    /// <summary>A select of the ids and titles of the products that the sources hold.</summary>
    public string Members(IReadOnlyCollection<CollectionSource> sources)
    {
        if (sources.FirstOrDefault(source => !source.IsKnown) is { } unknown)
            throw new ArgumentException($"{unknown} cannot be evaluated.", nameof(sources));
        var holds = sources.Count == 0 ? "false" : string.Join("\n    or ", sources.Select(Holds));
        var text = new StringBuilder("select p.id, p.title from products p");
        if (_ofVariants.Count > 0)
            text.Append(CultureInfo.InvariantCulture, $"""

                left join (
                    select w.product_id{Flags(_ofVariants)}
                    from variants w{(_asksStock ? " left join (select n.variant_id, sum(n.available) as available from inventory_levels n join locations o on o.id = n.location_id and o.is_active and o.deleted_at is null where n.store_id = " + _store + " and n.is_active and n.deleted_at is null and n.mark <> 2 group by 1) l on l.variant_id = w.id" : "")}
                    where w.store_id = {_store} and w.deleted_at is null and w.mark <> 2 group by 1) v on v.product_id = p.id
                """);
        if (_ofMetafields.Count > 0)
            text.Append(CultureInfo.InvariantCulture, $"""

                left join (
                    select f.owner_id{Flags(_ofMetafields)}
                    from metafields f where f.store_id = {_store} and f.owner_kind = 'product' and f.deleted_at is null and f.mark <> 2
                        and (f.namespace, f.key) in (select * from unnest({sql.Add(_keys.Select(one => one.Namespace).ToArray())}, {sql.Add(_keys.Select(one => one.Key).ToArray())})) group by 1) m on m.owner_id = p.id
                """);
        if (_ofMembers.Count > 0)
            text.Append(CultureInfo.InvariantCulture, $"""

                left join (
                    select e.product_id{Flags(_ofMembers)}
                    from collection_members e join collections o on o.id = e.collection_id
                    where o.store_id = {_store} and o.shopify_id = any({sql.Add(_collections.ToArray())}) and o.deleted_at is null and e.mark <> 2 group by 1) c on c.product_id = p.id
                """);
        return text.Append(CultureInfo.InvariantCulture, $"\nwhere p.store_id = {_store} and p.deleted_at is null and p.mark <> 2 and ({holds})").ToString();
    }

    private static string Flags(List<string> conditions) => string.Concat(conditions.Select((condition, n) => string.Create(CultureInfo.InvariantCulture, $", bool_or({condition}) as f{n}")));

    private string Holds(CollectionSource source) => source switch
    {
        CollectionSource.OfCollections of => InAny(of.ShopifyIds),
        CollectionSource.ByConditions by => $"(({Comes(by)}) and not ({StaysOut(by.Excluded)}))",
        _ => throw new ArgumentOutOfRangeException(nameof(source)),
    };

    private string Comes(CollectionSource.ByConditions source)
    {
        var (all, conditions) = (source.Included.All, source.Included.Conditions);
        var whole = source.Included.Selections.Where(one => one.Variants.Count == 0).Select(one => one.Product).ToArray();
        var some = source.Included.Selections.SelectMany(one => one.Variants).ToArray();
        List<string> ways = [];
        if (whole.Length > 0)
            // Nothing denies it, so what is not in Shopify yet need not be said to be another one.
            ways.Add($"p.shopify_id = any({sql.Add(whole)})");
        if (some.Length > 0)
            ways.Add($"p.id in (select w.product_id from variants w where w.store_id = {_store} and w.shopify_id = any({sql.Add(some)}) and w.deleted_at is null and w.mark <> 2)");
        if (conditions.Count > 0)
            ways.Add(source.OfVariants && all
                ? Every([.. conditions.Where(one => !AsksVariant(one)).Select(Fits), .. conditions.Any(AsksVariant) ? [OfVariants(Every(conditions.Where(AsksVariant).Select(Asked)))] : Array.Empty<string>()])
                : all ? Every(conditions.Select(Fits)) : Some(conditions.Select(Fits)));
        return Some(ways);
    }

    private string StaysOut(Exclusion excluded)
    {
        var others = excluded.Conditions.Where(one => one is not Condition.InCollections).Select(Fits).ToArray();
        List<string> ways = [.. excluded.Conditions.OfType<Condition.InCollections>().Select(one => InAny(one.ShopifyIds))];
        if (excluded.Products.Count > 0)
            ways.Add($"coalesce(p.shopify_id = any({sql.Add(excluded.Products.ToArray())}), false)");
        if (others.Length > 0)
            ways.Add(excluded.All ? Every(others) : Some(others));
        return Some(ways);
    }

    private static bool AsksVariant(Condition condition) =>
        condition is Condition.Number or Condition.Text { Field: TextField.VariantTitle } or Condition.Metafield { Definition.OfVariants: true };

    /// <summary>Whether it holds of the product p; a condition on variants holds when it holds of any of them.</summary>
    private string Fits(Condition condition) => AsksVariant(condition) ? OfVariants(Asked(condition)) : condition switch
    {
        Condition.Tag tag => Each(tag.All, tag.Values, value =>
            $"{Not(tag.Is)}strpos(lower({Between} || array_to_string(p.tags, {Between}) || {Between}), lower({Between} || {sql.Add(value)}::text || {Between})) > 0"),
        Condition.Text text => Each(text.All, text.Values, value => Compare($"lower(p.{Column(text.Field)})", text.Relation, value)),
        Condition.Status status => Each(status.All, status.Values, value => $"{Not(status.Is)}p.status = {sql.Add(value)}"),
        Condition.Category category => Each(category.All, category.Values, value =>
        {
            var code = sql.Add(value.Code);
            return $"{Not(category.Is)}coalesce(p.category_id = {code}{(value.WithDescendants ? $" or starts_with(p.category_id, {code} || '-')" : "")}, false)";
        }),
        Condition.Metafield metafield => OfProducts(metafield),
        _ => throw new ArgumentOutOfRangeException(nameof(condition), condition, "It is no condition on products."),
    };

    /// <summary>Whether it holds of the variant w.</summary>
    private string Asked(Condition condition) => condition switch
    {
        Condition.Text text => Each(text.All, text.Values, value => Compare("lower(w.title)", text.Relation, value)),
        Condition.Number { Field: NumberField.Stock } stock => Compare(Stock(), stock.Relation, stock.Value),
        Condition.Number { Field: NumberField.Weight } weight => Compare(
            "round(w.weight * case w.weight_unit when 'KILOGRAMS' then 1000000 when 'OUNCES' then 28349.523125 when 'POUNDS' then 453592.37 else 1000 end)",
            weight.Relation, Milligrams(weight)),
        Condition.Number number => Compare(number.Field == NumberField.Price ? "w.price" : "w.compare_at_price", number.Relation, number.Value),
        Condition.Metafield metafield => $"exists (select from metafields g where g.owner_id = w.id and g.owner_kind = 'variant' and g.deleted_at is null and g.mark <> 2 and {Metafield("g", metafield)})",
        _ => throw new ArgumentOutOfRangeException(nameof(condition), condition, "It is no condition on variants."),
    };

    private string Stock()
    {
        _asksStock = true;
        return "coalesce(l.available, 0)";
    }

    private string Metafield(string f, Condition.Metafield condition)
    {
        var named = $"{f}.namespace = {sql.Add(condition.Definition.Namespace)} and {f}.key = {sql.Add(condition.Definition.Key)}";
        var number = $"(case when {f}.type = 'rating' then {f}.value::jsonb ->> 'value' else {f}.value end)::numeric";
        return $"({named} and " + condition.Kind switch
        {
            MetafieldKind.Boolean => $"{f}.type = 'boolean' and {f}.value = {sql.Add(condition.Values[0])}",
            MetafieldKind.Whole => $"case when {f}.type = 'number_integer' then {Compare(number, condition.Relation, Decimal(condition))} else false end",
            MetafieldKind.Fraction => $"case when {f}.type in ('number_decimal', 'rating') then {Compare(number, condition.Relation, Decimal(condition))} else false end",
            MetafieldKind.Text => Each(condition.All, condition.Values, value => $"lower({f}.value) = lower({sql.Add(value)}::text)"),
            MetafieldKind.Reference => $"{f}.value = {sql.Add(condition.Values[0])}",
            MetafieldKind.TextList => $"case when {f}.type like 'list.%' then {Each(condition.All, condition.Values, value =>
                $"exists (select from jsonb_array_elements_text({f}.value::jsonb) each where lower(each) = lower({sql.Add(value)}::text))")} else false end",
            _ => $"case when {f}.type like 'list.%' then {Each(condition.All, condition.Values, value => $"{f}.value::jsonb ? {sql.Add(value)}")} else false end",
        } + ")";
    }

    private static decimal Decimal(Condition.Metafield condition) => decimal.Parse(condition.Values[0], NumberStyles.Float, CultureInfo.InvariantCulture);

    private static decimal? Milligrams(Condition.Number weight) => weight.Value is not { } value ? null : Math.Round(value * weight.Unit switch
    {
        "KILOGRAMS" => 1_000_000m,
        "OUNCES" => 28_349.523125m,
        "POUNDS" => 453_592.37m,
        _ => 1_000m,
    }, MidpointRounding.AwayFromZero);

    /// <summary>What is not there fits no relation but that it is another or not set.</summary>
    private string Compare(string held, NumberRelation relation, decimal? wanted) => relation switch
    {
        NumberRelation.IsSet => $"{held} is not null",
        NumberRelation.IsNotSet => $"{held} is null",
        NumberRelation.IsNot => $"{held} is distinct from {sql.Add(wanted!.Value)}",
        NumberRelation.Above => $"coalesce({held} > {sql.Add(wanted!.Value)}, false)",
        NumberRelation.Below => $"coalesce({held} < {sql.Add(wanted!.Value)}, false)",
        _ => $"coalesce({held} = {sql.Add(wanted!.Value)}, false)",
    };

    private string Compare(string held, TextRelation relation, string value)
    {
        var wanted = $"lower({sql.Add(value)}::text)";
        return relation switch
        {
            TextRelation.Is => $"{held} = {wanted}",
            TextRelation.IsNot => $"{held} <> {wanted}",
            TextRelation.StartsWith => $"starts_with({held}, {wanted})",
            TextRelation.EndsWith => $"right({held}, length({wanted})) = {wanted}",
            TextRelation.Contains => $"strpos({held}, {wanted}) > 0",
            _ => $"strpos({held}, {wanted}) = 0",
        };
    }

    private string InAny(IReadOnlyList<long> collections)
    {
        if (collections.Count == 0)
            return "false";
        _collections.UnionWith(collections);
        return Flag(_ofMembers, "c", $"o.shopify_id = any({sql.Add(collections.ToArray())})");
    }

    private string OfProducts(Condition.Metafield metafield)
    {
        _keys.Add((metafield.Definition.Namespace, metafield.Definition.Key));
        return Flag(_ofMetafields, "m", Metafield("f", metafield));
    }

    private string OfVariants(string asked) => Flag(_ofVariants, "v", asked);

    private static string Flag(List<string> flags, string table, string asked)
    {
        flags.Add(asked);
        return string.Create(CultureInfo.InvariantCulture, $"coalesce({table}.f{flags.Count - 1}, false)");
    }

    private static string Each<T>(bool all, IReadOnlyList<T> values, Func<T, string> fits) => all ? Every(values.Select(fits)) : Some(values.Select(fits));

    private static string Every(IEnumerable<string> parts) => string.Join(" and ", parts.Select(part => $"({part})")) is { Length: > 0 } text ? $"({text})" : "true";

    private static string Some(IEnumerable<string> parts) => string.Join(" or ", parts.Select(part => $"({part})")) is { Length: > 0 } text ? $"({text})" : "false";

    private static string Not(bool isSo) => isSo ? "" : "not ";

    private static string Column(TextField field) => field switch
    {
        TextField.Title => "title",
        TextField.ProductType => "product_type",
        _ => "vendor",
    };
}
