namespace CowansDashboard.Web.Security;

/// <summary>What a page may load: itself, and product pictures from the shop's own hosts.</summary>
public sealed record ContentSecurityPolicy(string Value)
{
    const string ShopifyPictures = "https://cdn.shopify.com";

    /// <param name="hosts">Where other Admin API hosts, such as a local one, serve their own pictures.</param>
    public static ContentSecurityPolicy Of(IEnumerable<Uri> hosts)
    {
        var shops = string.Concat(hosts.Select(host => " " + host.GetLeftPart(UriPartial.Authority)).Distinct().Order(StringComparer.Ordinal));
        return new(string.Join("; ",
            "default-src 'self'",
            "script-src 'self'",
            // Blazor and Radzen write style attributes; style sheets still come from here only.
            "style-src-elem 'self'",
            "style-src 'self' 'unsafe-inline'",
            $"img-src 'self' data: blob: {ShopifyPictures}{shops}",
            "font-src 'self'",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'"));
    }
}
