using System.Globalization;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>How far one person may go alone in a shop. Above a limit a second person agrees first.</summary>
public sealed record GuardLimits
{
    public const decimal UsualStop = 10;

    public static readonly GuardLimits None = new();

    /// <summary>Products that one person may change at once; null for any number.</summary>
    public int? MostProducts { get; init; }

    /// <summary>By how many percent one person may move a price or compare-at price; null for any.</summary>
    public decimal? MostPricePercent { get; init; }

    /// <summary>Products that one person may send to Shopify at once; null for any number.</summary>
    public int? MostPushed { get; init; }

    /// <summary>A bulk edit stops and asks when more than so many percent of its rows could not be changed.</summary>
    public decimal StopPercent { get; init; } = UsualStop;

    /// <summary>Why a second person must agree; nothing when one is enough.</summary>
    /// <param name="reach">How far it goes.</param>
    /// <param name="sends">It is sent to Shopify by itself, without a push plan that somebody looks at.</param>
    public IReadOnlyList<string> Exceeded(EditReach reach, bool sends = false)
    {
        var reasons = new List<string>();
        if (reach.Products > MostProducts)
            reasons.Add(string.Create(CultureInfo.InvariantCulture, $"It changes {reach.Products:N0} products; one person alone may change {MostProducts:N0}."));
        if (reach.MostPricePercent > MostPricePercent)
            reasons.Add(string.Create(CultureInfo.InvariantCulture, $"It moves a price by {reach.MostPricePercent:0.#}%; one person alone may move prices by {MostPricePercent:0.##}%."));
        // From 0 no percentage leads anywhere: above any limit.
        if (reach.FromZero > 0 && MostPricePercent is not null)
            reasons.Add(string.Create(CultureInfo.InvariantCulture, $"{reach.FromZero:N0} {(reach.FromZero == 1 ? "price that is" : "prices that are")} 0 would become another; one person alone may move prices by {MostPricePercent:0.##}%."));
        if (sends && reach.Products + reach.Collections > MostPushed)
            reasons.Add(string.Create(CultureInfo.InvariantCulture, $"It sends {reach.Products + reach.Collections:N0} {(reach.Collections == 0 ? "products" : "products and collections")} to Shopify; one person alone may send {MostPushed:N0}."));
        return reasons;
    }

    /// <summary>What of the limits is no good, and what would be right; null when they can be kept.</summary>
    public ActionProblem? Problem =>
        MostProducts < 1 ? new("products", "At least 1 product, or nothing for no limit.")
        : MostPricePercent <= 0 ? new("percent", "More than 0%, or nothing for no limit.")
        : MostPushed < 1 ? new("pushed", "At least 1 product, or nothing for no limit.")
        : StopPercent is < 0 or > 100 ? new("stop", "Between 0% and 100%.")
        : null;
}
