using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CowansDashboard.History;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>How far an edit reaches, whoever makes it: what becomes 0, and what the limits of a shop are held against. Pure.</summary>
/// <param name="Products">Products that it changes.</param>
/// <param name="ZeroPrices">Prices that become 0.</param>
/// <param name="ZeroStock">Variants that have stock at a place and would have none left there.</param>
/// <param name="MostPricePercent">By how many percent a price or compare-at price moves at most.</param>
/// <param name="FromZero">Prices and compare-at prices that were 0: no percentage says how far these move.</param>
public sealed record EditReach(long Products, long ZeroPrices, long ZeroStock, decimal MostPricePercent, long FromZero)
{
    /// <summary>Collections that it changes.</summary>
    public long Collections { get; init; }

    /// <summary>Prices and stocks that would become 0: a person types this number.</summary>
    public long Zeros => ZeroPrices + ZeroStock;

    /// <summary>What a person should agree to first.</summary>
    public IReadOnlyList<string> Warnings
    {
        get
        {
            var warnings = new List<string>();
            if (ZeroPrices > 0)
                warnings.Add(string.Create(CultureInfo.InvariantCulture, $"{ZeroPrices:N0} {(ZeroPrices == 1 ? "price" : "prices")} would become 0."));
            if (ZeroStock > 0)
                warnings.Add(string.Create(CultureInfo.InvariantCulture, $"{ZeroStock:N0} {(ZeroStock == 1 ? "variant" : "variants")} would have no stock left there."));
            return warnings;
        }
    }

    /// <summary>Of edits that are not stored yet. A value that is no number moves nothing: saving refuses it.</summary>
    public static EditReach Of(long products, IEnumerable<FieldEdit> edits)
    {
        var (zeroPrices, zeroStock, fromZero, percent) = (0L, 0L, 0L, 0m);
        foreach (var edit in edits)
        {
            if (Number(edit.Seen) is not { } before || Number(edit.New) is not { } after || before == after)
                continue;
            if (edit is { Entity: CatalogueFields.Variant, Field: "price" or "compare_at_price" })
            {
                zeroPrices += after == 0 && edit.Field == "price" ? 1 : 0;
                fromZero += before == 0 ? 1 : 0;
                percent = before == 0 ? percent : Math.Max(percent, Math.Abs(after - before) / before * 100);
            }
            else if (edit is { Entity: CatalogueFields.Level, Field: "available" })
                zeroStock += after <= 0 && before > 0 ? 1 : 0;
        }
        return new EditReach(products, zeroPrices, zeroStock, percent, fromZero);
    }

    private static decimal? Number(JsonNode? value) => value?.GetValueKind() is JsonValueKind.Number or JsonValueKind.String
        && decimal.TryParse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
