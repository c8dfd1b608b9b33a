namespace CowansDashboard.Runs.Progress;

/// <summary>
/// What one write of progress adds. It keeps its number when it is tried again, so that it counts once even if the
/// connection broke after the first commit.
/// </summary>
internal sealed record ProgressBatch(
    long Number, long? Total, double Rate, string? WaitingFor, IReadOnlyList<StreamDelta> Streams,
    IReadOnlyDictionary<RunCounter, long> Counters, IReadOnlyList<RunLogLine> Lines, RunSample? Sample);

internal sealed record StreamDelta(string Name, int Position, string How, string? Stage, long Done, long? Total, bool IsDone)
{
    public static StreamDelta Of(RunStream stream) =>
        new(stream.Name, stream.Position, stream.How, stream.Stage, stream.Unwritten, stream.Total, stream.IsDone);
}

public enum RunLogLevel
{
    Info,
    Warning,
    Error,
}

public sealed record RunLogLine(DateTimeOffset At, RunLogLevel Level, string Text)
{
    /// <summary>Place in the log of all runs; 0 until written.</summary>
    public long Id { get; init; }
}

/// <summary>Speed and budget at one moment, for the burn-down and the charts.</summary>
public sealed record RunSample(DateTimeOffset At, long Done, double RatePerSecond, RunBudget? Budget, long Calls);
