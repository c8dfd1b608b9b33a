namespace CowansDashboard.Runs;

/// <summary>Thrown by work that cannot go on by itself; the run is paused with this reason, until <see cref="ResumeAt"/> or a person.</summary>
public sealed class RunPausedException(string reason, DateTimeOffset? resumeAt = null) : Exception(reason)
{
    public DateTimeOffset? ResumeAt { get; } = resumeAt;
}

/// <summary>Another owner has the run: this one stops without a word and writes nothing.</summary>
public sealed class RunFencedException(long runId, int epoch)
    : Exception($"Run {runId} is no longer owned under epoch {epoch}; another node has taken it over.");
