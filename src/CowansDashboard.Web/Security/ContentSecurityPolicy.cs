namespace CowansDashboard.Web.Security;

/// <summary>What a page may load: itself, and product pictures from the shop's own hosts.</summary>
public sealed record ContentSecurityPolicy(string Value)
{
    const string ShopifyPictures = "https://cdn.shopify.com";

    public static ContentSecurityPolicy From(IConfiguration configuration)
    {
        // Another Admin API host, such as a local one, serves its own pictures.
        var shop = Uri.TryCreate(configuration["Shopify:BaseUrl"], UriKind.Absolute, out var url)
            ? " " + url.GetLeftPart(UriPartial.Authority)
            : "";
        return new(string.Join("; ",
            "default-src 'self'",
            "script-src 'self'",
            // Blazor and Radzen write style attributes; style sheets still come from here only.
            "style-src-elem 'self'",
            "style-src 'self' 'unsafe-inline'",
            $"img-src 'self' data: blob: {ShopifyPictures}{shop}",
            "font-src 'self'",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'"));
    }
}
