using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace CowansDashboard.Search;

/// <summary>Reads a filter from parameters and prints it as a query string; reading what was printed gives the same filter.</summary>
public static partial class FilterText
{
    private const int MostValues = 100;
    private const int LongestValue = 255;

    /// <summary>Reads the parameters of a filter; <paramref name="searchName"/> is "q" in the address bar and "search" in REST.</summary>
    public static (ProductFilter Filter, IReadOnlyList<FilterProblem> Problems) Read(
        IEnumerable<KeyValuePair<string, string>> parameters, string searchName = "q")
    {
        var filter = ProductFilter.Everything;
        var problems = new List<FilterProblem>();
        foreach (var group in parameters.GroupBy(parameter => parameter.Key, parameter => parameter.Value, StringComparer.Ordinal))
        {
            if (group.Key == searchName)
                filter = filter with { Search = Search(group, searchName, problems) };
            else if (Field(group.Key) is not var (field, @operator))
                problems.Add(new(group.Key, $"There is no filter “{group.Key}”. {Known}"));
            else
                filter = filter.With(field, @operator, Values(field, group, problems));
        }
        foreach (var field in filter.Fields.Where(field => Crossed(field, filter)).ToList())
        {
            var (low, high) = (filter.Values(field, field.Operators[0])[0], filter.Values(field, field.Operators[1])[0]);
            problems.Add(new($"{field.Name}.{field.Operators[1]}", field.Kind is FilterKind.Moment
                ? $"No moment is both since {low} and before {high}. Give the earlier one first."
                : $"No {field.Label.ToLowerInvariant()} is both at least {low} and at most {high}. Give the smaller one first."));
            filter = filter.Without(field);
        }
        return (filter, problems);
    }

    /// <summary>Reads a query string such as <c>vendor=Aran&amp;price.min=40</c>.</summary>
    public static (ProductFilter Filter, IReadOnlyList<FilterProblem> Problems) Read(string query) => Read(Parameters(query));

    public static string Print(ProductFilter filter)
    {
        var text = new StringBuilder();
        if (filter.Search.Length > 0)
            Append("q", filter.Search);
        foreach (var condition in filter.Conditions)
            foreach (var value in condition.Values)
                Append(condition.Parameter, value);
        return text.ToString();

        void Append(string name, string value) =>
            text.Append(text.Length > 0 ? "&" : "").Append(name).Append('=').Append(Uri.EscapeDataString(value));
    }

    public static IEnumerable<KeyValuePair<string, string>> Parameters(string query) =>
        query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(part =>
            part.IndexOf('=', StringComparison.Ordinal) is var equals and >= 0
                ? KeyValuePair.Create(Unescape(part[..equals]), Unescape(part[(equals + 1)..]))
                : KeyValuePair.Create(Unescape(part), ""));

    public static bool IsFilterParameter(string name) => name == "q" || Field(name) is not null;

    private static string Known => "Filters are " + string.Join(", ", FilterField.All.Select(each => each.Name)) + ".";

    private static string Unescape(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    private static (FilterField, string)? Field(string parameter)
    {
        var dot = parameter.IndexOf('.', StringComparison.Ordinal);
        var (name, @operator) = dot < 0 ? (parameter, FilterField.Any) : (parameter[..dot], parameter[(dot + 1)..]);
        var field = FilterField.All.FirstOrDefault(each => each.Name == name);
        return field is not null && field.Operators.Contains(@operator) && (dot < 0 || @operator.Length > 0) ? (field, @operator) : null;
    }

    private static string Search(IEnumerable<string> values, string name, List<FilterProblem> problems)
    {
        var text = values.Last().Replace("\0", "", StringComparison.Ordinal).Trim();
        if (text.Length <= ProductFilter.LongestSearch)
            return text;
        problems.Add(new(name, $"A search has at most {ProductFilter.LongestSearch} characters; this one has {text.Length}."));
        return "";
    }

    private static List<string> Values(FilterField field, IGrouping<string, string> given, List<FilterProblem> problems)
    {
        var values = new List<string>();
        // A range has one end; the last one written wins, as in the address bar.
        foreach (var value in field.Kind is FilterKind.Choice ? given.Distinct(StringComparer.Ordinal) : given.TakeLast(1))
        {
            if (Canonical(field, value) is { } canonical)
            {
                if (!values.Contains(canonical))
                    values.Add(canonical);
            }
            else
            {
                problems.Add(new(given.Key, $"“{value}” is not {Expected(field)}."));
            }
        }
        if (values.Count > MostValues)
        {
            problems.Add(new(given.Key, $"At most {MostValues} values; these are {values.Count}."));
            values.Clear();
        }
        return values;
    }

    private static string? Canonical(FilterField field, string value) => field.Kind switch
    {
        _ when value.Contains('\0', StringComparison.Ordinal) || value.Length > LongestValue => null,
        FilterKind.Choice when field.HoldsIds =>
            long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id.ToString(CultureInfo.InvariantCulture) : null,
        _ when field.Values is { } allowed => allowed.FirstOrDefault(each => each.Equals(value, StringComparison.OrdinalIgnoreCase)),
        FilterKind.Choice => value,
        FilterKind.Number =>
            long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number.ToString(CultureInfo.InvariantCulture) : null,
        FilterKind.Money =>
            decimal.TryParse(value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var money)
                ? money.ToString(CultureInfo.InvariantCulture) : null,
        _ => Moment(value),
    };

    // A range whose ends are the wrong way round holds nothing, which nobody means.
    private static bool Crossed(FilterField field, ProductFilter filter)
    {
        if (field.Kind is FilterKind.Choice or FilterKind.YesNo || filter.Values(field, field.Operators[0]) is not [var low] || filter.Values(field, field.Operators[1]) is not [var high])
            return false;
        return field.Kind switch
        {
            FilterKind.Moment when Relative().IsMatch(low) && Relative().IsMatch(high) => Hours(low) <= Hours(high),
            // Days with days and instants with instants: which of a day and an instant comes first, its store's time zone says.
            FilterKind.Moment => low.Length == high.Length && low.Contains('-', StringComparison.Ordinal) && string.CompareOrdinal(low, high) >= 0,
            _ => decimal.Parse(low, CultureInfo.InvariantCulture) > decimal.Parse(high, CultureInfo.InvariantCulture),
        };
    }

    private static int Hours(string relative) => int.Parse(relative[..^1], CultureInfo.InvariantCulture) * (relative[^1] == 'd' ? 24 : 1);

    // "7d" and "12h" stay relative, so that a saved view means the same tomorrow.
    private static string? Moment(string value)
    {
        if (Relative().IsMatch(value))
            return value;
        if (DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            return value;
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return Instant().IsMatch(value) && DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, Utc, out var instant)
            ? instant.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : null;
    }

    private static string Expected(FilterField field) => field.Kind switch
    {
        _ when field.HoldsIds => "an id of the copy (digits)",
        _ when field.Values is { } allowed => "one of " + string.Join(", ", allowed),
        FilterKind.Number => "a whole number such as 12",
        FilterKind.Money => "an amount such as 40 or 39.95",
        FilterKind.Moment => "a moment: 2026-11-20, 2026-11-20T09:30:00Z, 7d or 12h",
        _ => $"a value of at most {LongestValue} characters",
    };

    [GeneratedRegex(@"^[1-9][0-9]{0,3}[dh]\z")]
    private static partial Regex Relative();

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}")]
    private static partial Regex Instant();
}
