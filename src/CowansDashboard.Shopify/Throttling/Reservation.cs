namespace CowansDashboard.Shopify.Throttling;

/// <summary>Points set aside for one request. Give it back to the governor with what the request really cost.</summary>
public sealed class Reservation
{
    internal Reservation(string costKey, double points, long sentAt)
    {
        CostKey = costKey;
        Points = points;
        SentAt = sentAt;
    }

    /// <summary>What the cost is learned under.</summary>
    public string CostKey { get; }

    /// <summary>Points set aside.</summary>
    public double Points { get; }

    internal long SentAt { get; }

    internal bool Settled { get; set; }
}
