namespace CowansDashboard.Shopify.Throttling;

/// <summary>How the governor spends.</summary>
public sealed record ThrottleOptions
{
    /// <summary>Points that background work leaves in the bucket, so that a person's click need not wait. Default 100, at most a tenth of the bucket.</summary>
    public double KeptForPeople { get; init; } = 100;

    /// <summary>The largest cost Shopify allows for one query. Default 1,000.</summary>
    public double LargestQuery { get; init; } = 1000;

    /// <summary>How many last answers of an operation its predicted cost looks at. Default 8.</summary>
    public int Memory { get; init; } = 8;

    /// <summary>How long before its end a budget share is renewed. Default 5 seconds.</summary>
    public TimeSpan RenewBefore { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long to wait before asking again for a share when none was granted. Default half a second.</summary>
    public TimeSpan RenewAgain { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long after a refusal fewer workers are advised. Default 10 seconds.</summary>
    public TimeSpan CalmAfterThrottle { get; init; } = TimeSpan.FromSeconds(10);
}
