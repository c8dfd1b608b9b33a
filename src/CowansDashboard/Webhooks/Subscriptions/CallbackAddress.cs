namespace CowansDashboard.Webhooks.Subscriptions;

/// <summary>Where Shopify posts to: the dashboard's public address and the door behind it.</summary>
/// <param name="Address">Scheme, host and port of the dashboard.</param>
/// <param name="SetByServer">From the setting Webhooks__Address: no page changes it.</param>
public sealed record CallbackAddress(Uri Address, bool SetByServer)
{
    public const string Door = "/webhooks/shopify";

    public const string Right = "Give the address under which the internet reaches this dashboard, such as https://dashboard.example.com.";

    /// <summary>What Shopify is told.</summary>
    public Uri Callback => new(Address, Door);

    /// <summary>Reads what a person typed or a setting holds; the address of the door itself is understood as well.</summary>
    public static (Uri? Address, string Wrong) Read(string text)
    {
        var typed = text.Trim();
        if (typed.Length > 500)
            return (null, $"is longer than 500 characters. {Right}");
        if (!Uri.TryCreate(typed, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
            return (null, $"is “{typed}”, which is no web address. {Right}");
        if (url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0 || url.AbsolutePath.TrimEnd('/') is not ("" or Door))
            return (null, $"is “{typed}”. Give scheme, host and port only, such as https://dashboard.example.com.");
        // A signature covers the body only: over plain http anybody on the way reads what the shop sells.
        if (url.Scheme == "http" && !url.IsLoopback)
            return (null, $"is “{typed}”, but Shopify posts over https only. {Right}");
        return (new Uri(url.GetLeftPart(UriPartial.Authority)), "");
    }
}
