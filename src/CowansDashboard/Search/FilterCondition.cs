namespace CowansDashboard.Search;

/// <summary>One parameter of a filter: a field, an operator and its values.</summary>
public sealed record FilterCondition(FilterField Field, string Operator, IReadOnlyList<string> Values)
{
    public string Parameter => Operator.Length == 0 ? Field.Name : $"{Field.Name}.{Operator}";

    public bool Equals(FilterCondition? other) =>
        other is not null && Field == other.Field && Operator == other.Operator && Values.SequenceEqual(other.Values);

    public override int GetHashCode() => HashCode.Combine(Field, Operator, Values.Count);
}
