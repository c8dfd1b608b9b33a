namespace CowansDashboard.Shopify.Throttling;

/// <summary>
/// Lets requests to one shop leave as fast as its points flow back and no faster: predicts each request's cost, sets the points aside
/// before it leaves, corrects its count with every answer, and lets people pass background work. One per shop and process.
/// </summary>
public sealed class ThrottleGovernor : IDisposable
{
    private readonly Lock gate = new();
    private readonly TimeProvider clock;
    private readonly IBudgetLease lease;
    private readonly ThrottleOptions options;
    private readonly PointBucket bucket;
    private readonly CostMemory costs;
    private readonly WaitingLine line = new();
    private readonly ITimer alarm;
    private readonly SemaphoreSlim renewing = new(1);

    private double pointsSpent;
    private long calls;
    private long throttled;
    private long throttledAt = long.MinValue;
    private double averageCost;
    private double averageSeconds;

    /// <summary>A governor for one shop.</summary>
    public ThrottleGovernor(TimeProvider clock, IBudgetLease lease, ThrottleOptions? options = null)
    {
        this.clock = clock;
        this.lease = lease;
        this.options = options ?? new ThrottleOptions();
        bucket = new PointBucket(clock);
        costs = new CostMemory(this.options);
        alarm = clock.CreateTimer(_ => LetGo(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Raised after every answer, on the thread of the request. Handlers must be quick.</summary>
    public event Action<BudgetReading>? Changed;

    /// <summary>The budget now.</summary>
    public BudgetReading Reading
    {
        get
        {
            lock (gate)
            {
                return Read();
            }
        }
    }

    /// <summary>How many requests a job should keep under way, from two to ten.</summary>
    public int WorkerCount => Reading.Workers;

    /// <summary>Where this node's share and bulk slots come from.</summary>
    public IBudgetLease Lease => lease;

    /// <summary>Waits until a request of this kind may leave, and sets its points aside.</summary>
    /// <param name="costKey">The operation; its cost is learned under this name.</param>
    /// <param name="estimate">Its cost, as long as none is learned.</param>
    /// <param name="lane">Who waits for the answer.</param>
    /// <param name="cancel">Gives up the wait.</param>
    public async ValueTask<Reservation> Reserve(string costKey, double estimate, Lane lane, CancellationToken cancel)
    {
        var waiter = new WaitingLine.Waiter(costKey, estimate);
        lock (gate)
        {
            line.Join(lane, waiter);
        }

        try
        {
            while (!waiter.Task.IsCompleted)
            {
                cancel.ThrowIfCancellationRequested();
                var until = await HoldShare(cancel);
                LetGo();
                await ((Task)waiter.Task).WaitAsync(until, clock, cancel)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }

            return await waiter.Task;
        }
        catch
        {
            // Points that were set aside in the same moment must not be lost.
            if (!waiter.TrySetCanceled(CancellationToken.None) && waiter.Task.IsCompletedSuccessfully)
            {
                Settle(await waiter.Task, 0);
            }

            throw;
        }
    }

    /// <summary>An answer is back: gives back what was not spent and corrects the count.</summary>
    /// <param name="reservation">The request's points.</param>
    /// <param name="cost">What the answer says; null when it came without, which counts as fully spent.</param>
    public void Settle(Reservation reservation, QueryCost? cost)
    {
        var spent = cost is null ? reservation.Points : cost.Spent;
        Close(reservation, spent, cost?.RequestedQueryCost ?? 0, cost?.ThrottleStatus);
    }

    /// <summary>Shopify turned the request away (THROTTLED or 429): nothing leaves until the wait is over.</summary>
    public void Refuse(Reservation reservation, QueryCost? cost, TimeSpan wait)
    {
        BudgetReading reading;
        lock (gate)
        {
            if (reservation.Settled)
            {
                return;
            }

            reservation.Settled = true;
            throttled++;
            calls++;
            throttledAt = clock.GetTimestamp();
            costs.Learn(reservation.CostKey, cost?.RequestedQueryCost ?? 0);
            bucket.Refuse(reservation, cost?.ThrottleStatus, wait);
            reading = Read();
        }

        LetGo();
        Changed?.Invoke(reading);
    }

    /// <summary>Stops waking up; whoever waits must be cancelled first.</summary>
    public void Dispose()
    {
        alarm.Dispose();
        renewing.Dispose();
    }

    private void Settle(Reservation reservation, double spent) => Close(reservation, spent, 0, null);

    private void Close(Reservation reservation, double spent, double requested, ThrottleStatus? reported)
    {
        BudgetReading reading;
        lock (gate)
        {
            if (reservation.Settled)
            {
                return;
            }

            reservation.Settled = true;
            calls++;
            pointsSpent += spent;
            costs.Learn(reservation.CostKey, requested);
            averageCost = Smoothed(averageCost, spent);
            averageSeconds = Smoothed(averageSeconds, clock.GetElapsedTime(reservation.SentAt).TotalSeconds);
            bucket.Settle(reservation, spent, reported);
            reading = Read();
        }

        LetGo();
        Changed?.Invoke(reading);
    }

    /// <summary>Lets every request go whose points are there, people first, and wakes up when the next one's will be.</summary>
    private void LetGo()
    {
        lock (gate)
        {
            bucket.SetShare(lease.Current.At(clock.GetUtcNow()));
            while (line.Next() is var (lane, waiter))
            {
                var points = costs.Predict(waiter.CostKey, waiter.Estimate);
                var wait = bucket.WaitFor(points, lane == Lane.Interactive ? 0 : options.KeptForPeople);
                if (wait != TimeSpan.Zero)
                {
                    alarm.Change(wait ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                    return;
                }

                line.Leave(lane);
                var reservation = bucket.Take(waiter.CostKey, points);
                if (!waiter.TrySetResult(reservation))
                {
                    bucket.Settle(reservation, 0, null);
                }
            }
        }
    }

    /// <summary>Takes or prolongs this node's share; answers how long to wait before looking again.</summary>
    private async ValueTask<TimeSpan> HoldShare(CancellationToken cancel)
    {
        var current = lease.Current;
        if (current.Until == DateTimeOffset.MaxValue)
        {
            return Timeout.InfiniteTimeSpan;
        }

        await renewing.WaitAsync(cancel);
        try
        {
            current = lease.Current;
            if (Remaining(current) <= options.RenewBefore)
            {
                current = await lease.Renew(Reading.Waiting + Reading.InFlight, cancel);
            }
        }
        finally
        {
            renewing.Release();
        }

        var remaining = Remaining(current) - options.RenewBefore;
        return current.At(clock.GetUtcNow()) > 0 && remaining > options.RenewAgain ? remaining : options.RenewAgain;
    }

    private TimeSpan Remaining(BudgetShare share)
    {
        var now = clock.GetUtcNow();
        return share.Until <= now ? TimeSpan.Zero : share.Until - now;
    }

    private BudgetReading Read()
    {
        var level = bucket.Level;
        var maximum = bucket.Maximum;
        var calm = throttledAt != long.MinValue && clock.GetElapsedTime(throttledAt) < options.CalmAfterThrottle;
        return new BudgetReading(
            clock.GetUtcNow(),
            bucket.Status?.MaximumAvailable ?? 0,
            level,
            bucket.Status?.RestoreRate ?? 0,
            pointsSpent,
            calls,
            throttled,
            bucket.InFlight,
            line.Count,
            ThrottleMath.Workers(bucket.Rate, averageCost, TimeSpan.FromSeconds(averageSeconds), maximum > 0 ? level / maximum : 0, calm),
            bucket.Share);
    }

    private static double Smoothed(double average, double value) => average == 0 ? value : average + (value - average) * 0.2;
}
