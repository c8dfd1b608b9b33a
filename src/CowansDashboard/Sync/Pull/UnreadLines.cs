using System.Globalization;

namespace CowansDashboard.Sync.Pull;

/// <summary>What a result's lines, counted, say about it. Pure.</summary>
public static class UnreadLines
{
    /// <summary>Why it cannot say what is gone; null when every line was read.</summary>
    public static string? Sentence(long missing, long broken)
    {
        string[] reasons =
        [
            .. missing > 0 ? [string.Create(CultureInfo.InvariantCulture, $"{missing:N0} rows fewer have come than Shopify has written.")] : Array.Empty<string>(),
            .. broken > 0 ? [string.Create(CultureInfo.InvariantCulture, $"{broken:N0} lines could not be read.")] : Array.Empty<string>(),
        ];
        return reasons.Length == 0 ? null : string.Join(' ', reasons);
    }
}
