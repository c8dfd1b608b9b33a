using System.Globalization;
using System.Text.RegularExpressions;
using CowansDashboard.Shopify;

namespace CowansDashboard.Stores;

/// <summary>Shopify's quarterly versions: named after a month, each supported for a year.</summary>
public static partial class ApiVersion
{
    /// <summary>The version this program was made for.</summary>
    public const string Current = ShopifyConnection.DefaultApiVersion;

    /// <summary>What would be right, for messages.</summary>
    public const string Right = "Versions look like 2026-10: a year, and one of the months 01, 04, 07, 10. This program was made for 2026-10.";

    public static bool IsWellFormed(string? version) => version is not null && Pattern().IsMatch(version);

    /// <summary>When Shopify stops answering in this version and falls forward to a newer one.</summary>
    public static DateOnly SupportedUntil(string version) =>
        DateOnly.ParseExact(version + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture).AddYears(1);

    [GeneratedRegex("^20[2-9][0-9]-(01|04|07|10)\\z")]
    private static partial Regex Pattern();
}
