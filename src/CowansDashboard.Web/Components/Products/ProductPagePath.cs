using System.Globalization;

namespace CowansDashboard.Web.Components.Products;

/// <summary>The address of a product's page, with the list it was opened from, so that the way back is the same list.</summary>
public static class ProductPagePath
{
    public static string Of(long id, GridState? from = null)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{GridState.Path}/{id}");
        var back = from?.ToUrl();
        return back is null or GridState.Path ? path : $"{path}?from={Uri.EscapeDataString(back)}";
    }

    /// <summary>Only a list of products is a way back; anything else is not ours.</summary>
    public static string Back(string? from) =>
        from is not null && (from == GridState.Path || from.StartsWith(GridState.Path + "?", StringComparison.Ordinal)) ? from : GridState.Path;
}
