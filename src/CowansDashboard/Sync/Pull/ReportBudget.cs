using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Shopify.Throttling;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Tells a run's viewers about the shop's budget while it lasts: the points left each second, and what was spent,
/// asked and refused since the last word. Points of a person's clicks in the same seconds are among them.
/// </summary>
public sealed class ReportBudget : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly ThrottleGovernor _governor;
    private readonly RunProgress _progress;
    private readonly ITimer _timer;
    private BudgetReading _last;

    public ReportBudget(ThrottleGovernor governor, RunProgress progress, TimeProvider clock)
    {
        (_governor, _progress, _last) = (governor, progress, governor.Reading);
        _timer = clock.CreateTimer(_ => Report(), null, Every, Every);
    }

    /// <summary>Says the last word.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        Report();
    }

    private void Report()
    {
        lock (_gate)
        {
            var now = _governor.Reading;
            Count(RunCounter.Calls, now.Calls - _last.Calls);
            Count(RunCounter.Throttled, now.Throttled - _last.Throttled);
            Count(RunCounter.PointsSpent, (long)now.PointsSpent - (long)_last.PointsSpent);
            if (now.MaximumAvailable > 0)
                _progress.Budget(new RunBudget(Math.Round(now.CurrentlyAvailable), now.MaximumAvailable, now.RestoreRate));
            _last = now;
        }
    }

    private void Count(RunCounter counter, long n)
    {
        if (n > 0)
            _progress.Count(counter, n);
    }
}
