using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CowansDashboard.History;

namespace CowansDashboard.Catalog.Bulk;

public enum PriceMove
{
    Set,

    /// <summary>Adds the amount, which may be below 0.</summary>
    Add,

    /// <summary>Adds so many percent, which may be below 0.</summary>
    Percent,
}

/// <summary>What a new price ends in.</summary>
public enum PriceEnding
{
    /// <summary>The decimals of the currency.</summary>
    None,
    NinetyNine,
    NinetyFive,
    Whole,
}

/// <summary>Sets, raises or lowers the price or the compare-at price of every variant.</summary>
public sealed record PriceAction(bool IsCompareAt, PriceMove Move, decimal Amount, PriceEnding Ending = PriceEnding.None) : BulkAction
{
    private const decimal Most = 1_000_000_000m;

    [JsonIgnore]
    public override CatalogueField Target => CatalogueFields.Find(CatalogueFields.Variant, IsCompareAt ? "compare_at_price" : "price")!;

    [JsonIgnore]
    public override string Title => string.Create(CultureInfo.InvariantCulture, $"{Target.Label} {Said}{Ended}");

    public override ActionProblem? Problem(string currency)
    {
        if (Math.Abs(Amount) >= Most)
            return new("amount", "The amount must be below 1,000,000,000.");
        if (Move == PriceMove.Set && Amount < 0)
            return new("amount", "A price must be 0 or more.");
        if (Move != PriceMove.Set && Amount == 0 && Ending == PriceEnding.None)
            return new("amount", "A change by 0 changes nothing.");
        if (Move == PriceMove.Percent && Amount < -100)
            return new("amount", "A price cannot fall by more than 100%.");
        var decimals = CheckValue.Decimals(currency);
        if (Move != PriceMove.Percent && decimal.Round(Amount, decimals) != Amount)
            return new("amount", $"The amount must have at most {decimals} decimals, as {currency} has.");
        return Ending is PriceEnding.NinetyNine or PriceEnding.NinetyFive && decimals == 0
            ? new("ending", $"{currency} has no decimals, so prices cannot end in .99 or .95.")
            : null;
    }

    private protected override (JsonNode? Wanted, string? Refusal) Make(JsonNode? seen, string currency)
    {
        // Nothing can be raised or lowered where there is none.
        if (seen is null && Move != PriceMove.Set)
            return (null, null);
        var before = JsonValues.Number(seen);
        decimal after;
        try
        {
            after = Move switch
            {
                PriceMove.Set => Amount,
                PriceMove.Add => before + Amount,
                _ => before + (before * Amount / 100m),
            };
        }
        catch (OverflowException)
        {
            return (null, "The result would be too large.");
        }
        if (after < 0)
            return (null, string.Create(CultureInfo.InvariantCulture, $"{before} less {-Amount} would be below 0."));
        return (JsonValue.Create(Rounded(after, Ending, CheckValue.Decimals(currency))), null);
    }

    /// <summary>The nearest price of that ending. Half goes up; what was above 0 does not become 0 by a whole ending, and 0 stays 0.</summary>
    internal static decimal Rounded(decimal price, PriceEnding ending, int decimals) => ending switch
    {
        _ when price == 0 => 0,
        PriceEnding.NinetyNine => Math.Max(0, decimal.Round(price - 0.99m, 0, MidpointRounding.AwayFromZero)) + 0.99m,
        PriceEnding.NinetyFive => Math.Max(0, decimal.Round(price - 0.95m, 0, MidpointRounding.AwayFromZero)) + 0.95m,
        PriceEnding.Whole => Math.Max(1, decimal.Round(price, 0, MidpointRounding.AwayFromZero)),
        _ => decimal.Round(price, decimals, MidpointRounding.AwayFromZero),
    };

    private string Said => Move switch
    {
        PriceMove.Set => string.Create(CultureInfo.InvariantCulture, $"set to {Amount}"),
        PriceMove.Add => string.Create(CultureInfo.InvariantCulture, $"{(Amount < 0 ? "−" : "+")}{Math.Abs(Amount)}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(Amount < 0 ? "−" : "+")}{Math.Abs(Amount)}%"),
    };

    private string Ended => Ending switch
    {
        PriceEnding.NinetyNine => ", ending in .99",
        PriceEnding.NinetyFive => ", ending in .95",
        PriceEnding.Whole => ", whole",
        _ => "",
    };
}

/// <summary>Takes the compare-at price away, so that nothing looks reduced any more.</summary>
public sealed record ClearCompareAt : BulkAction
{
    [JsonIgnore]
    public override CatalogueField Target => CatalogueFields.Find(CatalogueFields.Variant, "compare_at_price")!;

    [JsonIgnore]
    public override string Title => "Compare-at price cleared";

    public override ActionProblem? Problem(string currency) => null;

    private protected override (JsonNode? Wanted, string? Refusal) Make(JsonNode? seen, string currency) => (null, null);
}
