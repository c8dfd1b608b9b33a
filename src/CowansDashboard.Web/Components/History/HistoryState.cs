using System.Globalization;

namespace CowansDashboard.Web.Components.History;

/// <summary>What the history page shows, as its address says.</summary>
public sealed record HistoryState
{
    public const string Path = "/history";

    public string? Field { get; init; }
    public string? By { get; init; }
    public string? Kind { get; init; }
    public long? Run { get; init; }
    public long? Set { get; init; }

    /// <summary>The chosen change set is about to be undone.</summary>
    public bool Undoing { get; init; }

    public bool IsFiltered => Field is not null || By is not null || Kind is not null || Run is not null;

    public string ToUrl()
    {
        (string Name, string? Value)[] parts =
        [
            ("field", Field), ("by", By), ("kind", Kind), ("run", Run?.ToString(CultureInfo.InvariantCulture)), ("set", Set?.ToString(CultureInfo.InvariantCulture)), ("undo", Undoing ? "yes" : null),
        ];
        var query = string.Join('&', parts.Where(part => part.Value is { Length: > 0 }).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}"));
        return query.Length == 0 ? Path : $"{Path}?{query}";
    }
}
