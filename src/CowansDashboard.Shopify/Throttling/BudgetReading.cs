namespace CowansDashboard.Shopify.Throttling;

/// <summary>One reading of a shop's budget, for the gauge and the burn-down.</summary>
/// <param name="At">When.</param>
/// <param name="MaximumAvailable">The bucket's size; zero until Shopify has answered once.</param>
/// <param name="CurrentlyAvailable">Points in it by our count.</param>
/// <param name="RestoreRate">Points that flow back each second.</param>
/// <param name="PointsSpent">Points spent since the start.</param>
/// <param name="Calls">Requests answered since the start.</param>
/// <param name="Throttled">How many of them were refused for lack of points.</param>
/// <param name="InFlight">Requests under way.</param>
/// <param name="Waiting">Requests that wait for points.</param>
/// <param name="Workers">How many requests should be under way at once.</param>
/// <param name="Share">Which part of the shop's budget this node may use.</param>
public sealed record BudgetReading(
    DateTimeOffset At,
    double MaximumAvailable,
    double CurrentlyAvailable,
    double RestoreRate,
    double PointsSpent,
    long Calls,
    long Throttled,
    int InFlight,
    int Waiting,
    int Workers,
    double Share);
