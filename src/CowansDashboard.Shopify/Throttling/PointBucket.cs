namespace CowansDashboard.Shopify.Throttling;

/// <summary>
/// Our own count of Shopify's bucket. It subtracts when a request leaves and refunds when the answer is back, both no later and no
/// earlier than Shopify can, so it never promises points that are not there; each answer corrects it. Not thread-safe.
/// </summary>
internal sealed class PointBucket(TimeProvider clock)
{
    private readonly List<Reservation> inFlight = [];
    private readonly Queue<(long At, double Spent, double Refunded)> settled = new();

    private double level;
    private long levelAt = clock.GetTimestamp();
    private double share = 1;
    private long blockedUntil = long.MinValue;

    /// <summary>Shopify's own figures; null until the first answer.</summary>
    public ThrottleStatus? Status { get; private set; }

    public int InFlight => inFlight.Count;

    public double Share => share;

    /// <summary>The part of the bucket that is ours.</summary>
    public double Maximum => share * (Status?.MaximumAvailable ?? 0);

    public double Rate => share * (Status?.RestoreRate ?? 0);

    public double Level
    {
        get
        {
            var now = clock.GetTimestamp();
            level = ThrottleMath.Restored(level, Maximum, Rate, clock.GetElapsedTime(levelAt, now));
            levelAt = now;
            return level;
        }
    }

    public void SetShare(double fraction)
    {
        if (fraction != share)
        {
            _ = Level;
            share = fraction;
            level = Math.Min(level, Maximum);
        }
    }

    /// <summary>How long until a request may leave; null when only an answer or a share can tell.</summary>
    public TimeSpan? WaitFor(double points, double kept)
    {
        if (share <= 0)
        {
            return null;
        }

        var blocked = blockedUntil == long.MinValue ? TimeSpan.Zero : clock.GetElapsedTime(clock.GetTimestamp(), blockedUntil);
        if (Status is null)
        {
            // The bucket is unknown until the first answer: one request asks.
            return inFlight.Count > 0 ? null : Positive(blocked);
        }

        // A full bucket takes nothing in while a request is on its way, which our count cannot see: hence a hundredth of slack.
        // A request larger than our part of the bucket leaves when that part is full.
        var slack = Maximum / 100 + Math.Min(kept, Maximum / 10);
        var needed = Math.Min(points + slack, Maximum);
        var flowing = ThrottleMath.WaitFor(needed, Level, Maximum, Rate);
        return flowing is { } wait && wait > blocked ? wait : flowing is null ? null : Positive(blocked);
    }

    public Reservation Take(string costKey, double points)
    {
        var reservation = new Reservation(costKey, points, clock.GetTimestamp());
        if (Status is not null)
        {
            var missing = points - Level;
            level = Math.Max(0, level - points);
            if (missing > 0 && Rate > 0)
            {
                Block(TimeSpan.FromSeconds(missing / Rate));
            }
        }

        inFlight.Add(reservation);
        return reservation;
    }

    /// <summary>An answer is back. Without figures the points count as spent: the request may have run.</summary>
    public void Settle(Reservation reservation, double spent, ThrottleStatus? reported)
    {
        inFlight.Remove(reservation);
        var refund = Math.Max(0, reservation.Points - spent);
        level = Math.Min(Level + refund, Maximum);
        if (reported is not null)
        {
            Correct(reservation, reported);
        }

        settled.Enqueue((clock.GetTimestamp(), spent, refund));
        Forget();
    }

    /// <summary>Shopify turned the request away: nothing was spent, and our count was too high.</summary>
    public void Refuse(Reservation reservation, ThrottleStatus? reported, TimeSpan wait)
    {
        inFlight.Remove(reservation);
        if (reported is not null)
        {
            Status = reported;
        }

        level = Math.Min(Level, share * (reported?.CurrentlyAvailable ?? 0));
        Block(wait);
        Forget();
    }

    private void Correct(Reservation reservation, ThrottleStatus reported)
    {
        var first = Status is null;
        Status = reported;
        if (first)
        {
            level = share * reported.CurrentlyAvailable;
            levelAt = clock.GetTimestamp();
            return;
        }

        var since = settled.Where(other => other.At >= reservation.SentAt).ToList();
        var unseen = inFlight.Sum(other => other.Points) + since.Sum(other => other.Spent);
        // What is reported belongs to all nodes; with a part of the budget it can only lower our count.
        level = ThrottleMath.Corrected(
            Level,
            reported.CurrentlyAvailable,
            share < 1 ? double.MaxValue : unseen,
            since.Sum(other => other.Refunded),
            clock.GetElapsedTime(reservation.SentAt),
            reported.RestoreRate,
            Maximum);
    }

    private void Block(TimeSpan wait)
    {
        var until = clock.GetTimestamp() + (long)(wait.TotalSeconds * clock.TimestampFrequency);
        blockedUntil = Math.Max(blockedUntil, until);
    }

    // What was settled before the oldest request in flight left is in every report to come.
    private void Forget()
    {
        var oldest = inFlight.Count == 0 ? long.MaxValue : inFlight.Min(other => other.SentAt);
        while (settled.TryPeek(out var entry) && entry.At < oldest)
        {
            settled.Dequeue();
        }
    }

    private static TimeSpan Positive(TimeSpan wait) => wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
}
