using System.Globalization;

namespace CowansDashboard.Conflicts;

/// <summary>Conflicts that wait for somebody, or those that were settled.</summary>
public enum ConflictState
{
    Open,
    Settled,

    /// <summary>Of the settled those whose value in Shopify a push has written over.</summary>
    Overwritten,
}

/// <summary>Which conflicts of a store are meant. What is null does not narrow.</summary>
public sealed record ConflictFilter
{
    public static readonly ConflictFilter Everything = new();

    public ConflictState State { get; init; }
    public string? Field { get; init; }
    public string? Entity { get; init; }
    public string? Vendor { get; init; }
    public long? Collection { get; init; }
    public long? Run { get; init; }
    public long? Product { get; init; }
    public DateTimeOffset? Since { get; init; }

    /// <summary>Narrows by nothing but the state.</summary>
    public bool IsEverything => this with { State = ConflictState.Open } == Everything;
}

/// <summary>A filter as parameters of an address; reading what was printed gives the same filter.</summary>
public static class ConflictFilterText
{
    private const int Longest = 255;

    public static readonly IReadOnlyList<string> Names = ["state", "field", "entity", "vendor", "collection", "run", "product", "since"];

    /// <summary>Reads what it knows; each problem names the parameter and what would be right.</summary>
    public static (ConflictFilter Filter, IReadOnlyList<(string Parameter, string Message)> Problems) Read(Func<string, string?> parameter)
    {
        var problems = new List<(string, string)>();
        var filter = new ConflictFilter
        {
            State = State(parameter("state"), problems),
            Field = Text("field"),
            Entity = Text("entity"),
            Vendor = parameter("vendor") is { } vendor && vendor.Length <= Longest ? vendor.Replace("\0", "", StringComparison.Ordinal) : null,
            Collection = Id("collection"),
            Run = Id("run"),
            Product = Id("product"),
            Since = Since(parameter("since"), problems),
        };
        return (filter, problems);

        string? Text(string name) => parameter(name) is { Length: > 0 and <= Longest } text ? text.Replace("\0", "", StringComparison.Ordinal) : null;

        long? Id(string name)
        {
            var text = parameter(name);
            if (string.IsNullOrEmpty(text))
                return null;
            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                return id;
            problems.Add((name, $"{name} is “{text}”; it is an id, a whole number."));
            return null;
        }
    }

    public static string Print(ConflictFilter filter)
    {
        (string Name, string? Value)[] parts =
        [
            ("state", filter.State is ConflictState.Open ? null : filter.State.ToString().ToLowerInvariant()),
            ("field", filter.Field),
            ("entity", filter.Entity),
            ("vendor", filter.Vendor),
            ("collection", filter.Collection?.ToString(CultureInfo.InvariantCulture)),
            ("run", filter.Run?.ToString(CultureInfo.InvariantCulture)),
            ("product", filter.Product?.ToString(CultureInfo.InvariantCulture)),
            ("since", filter.Since?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
        ];
        return string.Join('&', parts.Where(part => part.Value is not null).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}"));
    }

    private static ConflictState State(string? text, List<(string, string)> problems)
    {
        switch (text)
        {
            case null or "" or "open":
                return ConflictState.Open;
            case "settled":
                return ConflictState.Settled;
            case "overwritten":
                return ConflictState.Overwritten;
            default:
                problems.Add(("state", $"state is “{text}”; it is open, settled or overwritten."));
                return ConflictState.Open;
        }
    }

    private static DateTimeOffset? Since(string? text, List<(string, string)> problems)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at))
            return at;
        problems.Add(("since", $"since is “{text}”; it is a moment such as 2026-11-20 or 2026-11-20T09:30:00Z."));
        return null;
    }
}
