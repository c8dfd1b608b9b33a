namespace CowansDashboard.Search;

/// <summary>
/// Which products: a search and conditions that all hold. The same value lives in the address bar, in saved views,
/// in REST parameters and in a selection of "all that match"; <see cref="FilterText"/> reads and prints it.
/// </summary>
public sealed record ProductFilter
{
    public const int LongestSearch = 200;

    public static readonly ProductFilter Everything = new();

    public string Search { get; init; } = "";

    /// <summary>At most one per field and operator, in the order of <see cref="FilterField.All"/>.</summary>
    public IReadOnlyList<FilterCondition> Conditions { get; init; } = [];

    public bool IsEverything => Search.Length == 0 && Conditions.Count == 0;

    /// <summary>The fields in use, each once: what a person sees as one chip.</summary>
    public IEnumerable<FilterField> Fields => Conditions.Select(condition => condition.Field).Distinct();

    public IReadOnlyList<string> Values(FilterField field, string @operator = FilterField.Any) =>
        Conditions.FirstOrDefault(condition => condition.Field == field && condition.Operator == @operator)?.Values ?? [];

    public ProductFilter With(FilterField field, string @operator, params IReadOnlyList<string> values)
    {
        var others = Conditions.Where(condition => condition.Field != field || condition.Operator != @operator);
        return this with { Conditions = Ordered(values.Count == 0 ? others : [.. others, new FilterCondition(field, @operator, values)]) };
    }

    public ProductFilter Without(FilterField field) =>
        this with { Conditions = [.. Conditions.Where(condition => condition.Field != field)] };

    public bool Equals(ProductFilter? other) =>
        other is not null && Search == other.Search && Conditions.SequenceEqual(other.Conditions);

    public override int GetHashCode() => HashCode.Combine(Search, Conditions.Count);

    private static IReadOnlyList<FilterCondition> Ordered(IEnumerable<FilterCondition> conditions) =>
        [.. conditions.OrderBy(condition => FilterField.All.IndexOf(condition.Field)).ThenBy(condition => condition.Field.Operators.IndexOf(condition.Operator))];
}

file static class Places
{
    public static int IndexOf<T>(this IReadOnlyList<T> list, T item) => list.TakeWhile(each => !Equals(each, item)).Count();
}
