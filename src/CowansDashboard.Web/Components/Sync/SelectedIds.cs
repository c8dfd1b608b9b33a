using System.Globalization;

namespace CowansDashboard.Web.Components.Sync;

/// <summary>Ids as people paste them: numbers or gids, divided by anything.</summary>
public sealed record SelectedIds(IReadOnlyList<long> Ids, string? Wrong)
{
    const string Prefix = "gid://shopify/Product/";

    public static SelectedIds Read(string text)
    {
        var ids = new List<long>();
        foreach (var word in text.Split([' ', ',', ';', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            var digits = word.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? word[Prefix.Length..] : word;
            if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id == 0)
            {
                return new([], $"“{word}” is not an id of a product. An id is a number, such as 8123456789012, or gid://shopify/Product/8123456789012.");
            }
            ids.Add(id);
        }
        return ids.Count == 0 ? new([], "Type at least one id of a product.") : new([.. ids.Distinct()], null);
    }
}
