using System.Net;
using System.Threading.RateLimiting;

namespace CowansDashboard.Web.Accounts;

/// <summary>
/// Holds back whoever tries passwords fast: ten tries a minute from one address for one account, sixty a minute from one
/// address for all of them. The account's own wait after five wrong passwords comes on top.
/// </summary>
public sealed class SignInLimit : IAsyncDisposable
{
    private readonly PartitionedRateLimiter<Attempt> _limiter = PartitionedRateLimiter.CreateChained(
        PartitionedRateLimiter.Create<Attempt, (string, string)>(attempt => Minute((attempt.From, attempt.Email.Trim().ToUpperInvariant()), 10)),
        PartitionedRateLimiter.Create<Attempt, string>(attempt => Minute(attempt.From, 60)));

    /// <summary>Null when the try may go on, else how long to wait.</summary>
    public TimeSpan? Wait(IPAddress? from, string email)
    {
        using var lease = _limiter.AttemptAcquire(new(from?.ToString() ?? "", email.Length > 200 ? email[..200] : email));
        if (lease.IsAcquired)
            return null;
        return lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromMinutes(1);
    }

    public ValueTask DisposeAsync() => _limiter.DisposeAsync();

    private static RateLimitPartition<TKey> Minute<TKey>(TKey key, int tries) where TKey : notnull =>
        RateLimitPartition.GetFixedWindowLimiter(key, _ => new()
        {
            PermitLimit = tries,
            Window = TimeSpan.FromMinutes(1),
            QueueLimit = 0,
        });

    private readonly record struct Attempt(string From, string Email);
}
