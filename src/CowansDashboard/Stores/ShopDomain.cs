using System.Text.RegularExpressions;

namespace CowansDashboard.Stores;

/// <summary>The permanent domain of a shop, from whatever of it people paste.</summary>
public static partial class ShopDomain
{
    public const string Suffix = ".myshopify.com";

    /// <summary>What would be right, for messages.</summary>
    public const string Right = "Give the name before .myshopify.com, such as harlow-and-finch; it stands in Shopify under Settings, Domains.";

    /// <summary>"harlow-and-finch", "Harlow-And-Finch.myshopify.com" and "https://admin.shopify.com/store/harlow-and-finch" are one shop.</summary>
    public static bool TryParse(string? typed, out string shop)
    {
        var text = (typed ?? "").Trim().ToLowerInvariant();
        if (AdminAddress().Match(text) is { Success: true } admin)
            text = admin.Groups["name"].Value;
        text = Scheme().Replace(text, "");
        if (text.IndexOf('/') is >= 0 and var slash)
            text = text[..slash];
        if (text.EndsWith(Suffix, StringComparison.Ordinal))
            text = text[..^Suffix.Length];
        shop = text + Suffix;
        return Name().IsMatch(text);
    }

    public static string NameOf(string shop) => shop.EndsWith(Suffix, StringComparison.Ordinal) ? shop[..^Suffix.Length] : shop;

    [GeneratedRegex("^https?://")]
    private static partial Regex Scheme();

    [GeneratedRegex("^(https?://)?admin\\.shopify\\.com/store/(?<name>[a-z0-9-]+)")]
    private static partial Regex AdminAddress();

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,98}\\z")]
    private static partial Regex Name();
}
