namespace CowansDashboard.Web.Components.Products;

/// <summary>Shopify's picture host makes any size of a picture that its address asks for.</summary>
public static class Pictures
{
    /// <summary>The address of the picture at a width, or null when it is no web address.</summary>
    public static string? Sized(string? url, int width)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http"))
            return null;
        var kept = address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Where(part => !part.StartsWith("width=", StringComparison.Ordinal));
        return $"{address.GetLeftPart(UriPartial.Path)}?{string.Join('&', [.. kept, FormattableString.Invariant($"width={width}")])}";
    }
}
