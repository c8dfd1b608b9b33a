namespace CowansDashboard.Catalog;

/// <summary>Typed words as patterns for LIKE: what people type is meant literally, also % and _.</summary>
internal static class TypedWords
{
    public static string[] Patterns(string typed) =>
    [
        .. typed.Split([' ', '>', ','], StringSplitOptions.RemoveEmptyEntries)
            .Select(word => "%" + word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal) + "%"),
    ];
}
