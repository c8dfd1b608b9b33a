namespace CowansDashboard.Web.Accounts;

/// <summary>Where somebody was going before the sign-in page came between. Only ever an address of ours.</summary>
public static class ReturnAddress
{
    private static readonly Dictionary<string, string> Titles = new()
    {
        ["products"] = "Products",
        ["sync"] = "Sync",
        ["settings"] = "Settings",
        ["first-run"] = "Connect your shop",
    };

    public static string Of(string? typed) => IsOurs(typed) ? typed! : "/";

    /// <summary>The page's name for people; null for the overview and for what has none.</summary>
    public static string? Title(string? typed) =>
        IsOurs(typed) ? Titles.GetValueOrDefault(typed!.Split('/', '?', '#')[1]) : null;

    // "//host" and "/\host" are other sites to a browser.
    private static bool IsOurs(string? typed) =>
        typed is ['/', ..] and not ['/', '/' or '\\', ..]
        && !typed.Any(char.IsControl)
        && !typed.StartsWith(Sessions.SignInPath, StringComparison.OrdinalIgnoreCase)
        && !typed.StartsWith("/sign-out", StringComparison.OrdinalIgnoreCase);
}
