namespace CowansDashboard.Shopify.Retries;

/// <summary>When a request is sent again.</summary>
public sealed record RetryOptions
{
    /// <summary>How often a request is sent again after it failed; 0 never. Waits that Shopify's call limit asks for do not count. Default 8.</summary>
    public int MaxRetries { get; init; } = 8;

    /// <summary>How long a request goes on waiting for Shopify's call limit, each time as long as Shopify names. Default 10 minutes.</summary>
    public TimeSpan LongestThrottled { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The first wait, where Shopify names none; each next one is twice as long. Default half a second.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest wait of our own choosing. Default 30 seconds.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A longer wait that Shopify names is not waited here but reported, so that the run can pause. Default 2 minutes.</summary>
    public TimeSpan LongestNamedWait { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long one attempt may take. Default 60 seconds.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>These, but with a fault told after two further attempts at most, none of which is waited for longer than twenty seconds.</summary>
    internal RetryOptions Brief => this with
    {
        MaxRetries = Math.Min(MaxRetries, 2),
        AttemptTimeout = AttemptTimeout < TimeSpan.FromSeconds(20) ? AttemptTimeout : TimeSpan.FromSeconds(20),
        LongestNamedWait = LongestNamedWait < TimeSpan.FromSeconds(10) ? LongestNamedWait : TimeSpan.FromSeconds(10),
    };

    /// <summary>Where jitter comes from: a number from 0 to 1.</summary>
    public Func<double> Random { get; init; } = System.Random.Shared.NextDouble;
}
