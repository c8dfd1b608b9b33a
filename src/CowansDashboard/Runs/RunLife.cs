namespace CowansDashboard.Runs;

/// <summary>This life of this node: a number that no other process has, before or after; 0 until the node has begun.</summary>
internal sealed class RunLife
{
    /// <summary>First key of the advisory lock that a node holds as long as it lives; the second is its life.</summary>
    public const int LockClass = 1383428723;

    private static readonly TimeSpan Shadow = TimeSpan.FromSeconds(15);

    private long? _lostAt;

    public int Id { get; set; }

    public void Lost(TimeProvider clock) => _lostAt = clock.GetTimestamp();

    /// <summary>The database broke off a short while ago, after that moment: errors since then are most likely its doing.</summary>
    public bool WasLostSince(long moment, TimeProvider clock) =>
        _lostAt is { } at && at >= moment && clock.GetElapsedTime(at) < Shadow;
}
