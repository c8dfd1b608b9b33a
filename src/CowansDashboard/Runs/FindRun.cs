namespace CowansDashboard.Runs;

/// <summary>Finds one run with everything known of it, or null.</summary>
public sealed class FindRun
{
    private readonly ReadRuns _rows;

    internal FindRun(ReadRuns rows) => _rows = rows;

    public Task<Run?> Find(long runId, CancellationToken cancel) => _rows.Find(runId, cancel);
}
