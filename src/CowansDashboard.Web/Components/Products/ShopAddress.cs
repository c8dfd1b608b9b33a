namespace CowansDashboard.Web.Components.Products;

/// <summary>Where a product is seen by customers, and where Shopify's own admin edits it.</summary>
public static class ShopAddress
{
    private const string Shopifys = ".myshopify.com";

    /// <summary>Null when customers cannot see it.</summary>
    public static string? InShop(string? shop, string handle, string status, long? shopifyId, string? named)
    {
        if (shopifyId is null || status is not ("ACTIVE" or "UNLISTED"))
            return null;
        if (Uri.TryCreate(named, UriKind.Absolute, out var address) && address.Scheme is "https" or "http")
            return address.AbsoluteUri;
        return shop is null ? null : $"https://{shop}/products/{Uri.EscapeDataString(handle)}";
    }

    public static string? InAdmin(string? shop, long? shopifyId) =>
        shopifyId is { } id && shop?.EndsWith(Shopifys, StringComparison.Ordinal) == true
            ? FormattableString.Invariant($"https://admin.shopify.com/store/{shop[..^Shopifys.Length]}/products/{id}")
            : null;
}
