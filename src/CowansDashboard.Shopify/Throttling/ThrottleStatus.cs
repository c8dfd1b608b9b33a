namespace CowansDashboard.Shopify.Throttling;

/// <summary>Shopify's bucket of points for one app and shop, as an answer reported it.</summary>
public sealed record ThrottleStatus
{
    /// <summary>The bucket's size.</summary>
    public double MaximumAvailable { get; init; }

    /// <summary>Points in it when the answer was made.</summary>
    public double CurrentlyAvailable { get; init; }

    /// <summary>Points that flow back each second.</summary>
    public double RestoreRate { get; init; }
}
