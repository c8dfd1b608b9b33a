using System.Globalization;
using System.Text;

namespace CowansDashboard.Catalog;

/// <summary>The address that Shopify makes of a title when nobody chooses one. Pure.</summary>
public static class ProductHandle
{
    /// <summary>"Crème Brûlée – No. 5" is creme-brulee-no-5; one that is taken already gets a number behind it there.</summary>
    public static string Of(string title)
    {
        var handle = new StringBuilder();
        foreach (var sign in title.Normalize(NormalizationForm.FormD).ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(sign))
                handle.Append(sign);
            else if (CharUnicodeInfo.GetUnicodeCategory(sign) is not UnicodeCategory.NonSpacingMark && handle.Length > 0 && handle[^1] != '-')
                handle.Append('-');
        }
        return handle.ToString().Trim('-').Normalize(NormalizationForm.FormC);
    }
}
