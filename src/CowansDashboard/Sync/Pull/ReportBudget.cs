using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Shopify.Throttling;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Tells a run's viewers about the shop's budget while it lasts: the points left each second, and what the run itself, begun where
/// this is made, has spent, asked and been refused since the last word. What webhooks and clicks cost in the same seconds is not among it.
/// </summary>
public sealed class ReportBudget : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly ThrottleGovernor _governor;
    private readonly RunProgress _progress;
    private readonly ITimer _timer;
    private readonly CallTally _tally = new();
    private (long Calls, long Throttled, double Points) _last;

    public ReportBudget(ThrottleGovernor governor, RunProgress progress, TimeProvider clock)
    {
        (_governor, _progress) = (governor, progress);
        _timer = clock.CreateTimer(_ => Report(), null, Every, Every);
    }

    /// <summary>Says the last word.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        _tally.Dispose();
        Report();
    }

    private void Report()
    {
        lock (_gate)
        {
            var now = _tally.Counted;
            Count(RunCounter.Calls, now.Calls - _last.Calls);
            Count(RunCounter.Throttled, now.Throttled - _last.Throttled);
            Count(RunCounter.PointsSpent, (long)now.Points - (long)_last.Points);
            if (_governor.Reading is { MaximumAvailable: > 0 } budget)
                _progress.Budget(new RunBudget(Math.Round(budget.CurrentlyAvailable), budget.MaximumAvailable, budget.RestoreRate));
            _last = now;
        }
    }

    private void Count(RunCounter counter, long n)
    {
        if (n > 0)
            _progress.Count(counter, n);
    }
}
