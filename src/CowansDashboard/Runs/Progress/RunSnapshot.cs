using System.Text.Json.Serialization;

namespace CowansDashboard.Runs.Progress;

/// <summary>Everything a viewer sees of a run at one moment.</summary>
public sealed record RunSnapshot
{
    public required long Id { get; init; }
    public required long StoreId { get; init; }
    public required string Kind { get; init; }
    public required RunStatus Status { get; init; }
    public string? Reason { get; init; }
    public string? WaitingFor { get; init; }
    public long Done { get; init; }

    /// <summary>Null as long as nobody knows: then there is no bar and no time left.</summary>
    public long? Total { get; init; }

    public double RatePerSecond { get; init; }
    public double? EtaSeconds { get; init; }
    public RunCounters Counters { get; init; } = new();
    public IReadOnlyList<RunStreamSnapshot> Streams { get; init; } = [];
    public RunBudget? Budget { get; init; }
    public string? Error { get; init; }
    public required AskedBy AskedBy { get; init; }
    public int Attempt { get; init; } = 1;
    public int Epoch { get; init; }
    public string? Node { get; init; }
    public DateTimeOffset? ResumeAt { get; init; }
    public DateTimeOffset? AskedToStopAt { get; init; }
    public DateTimeOffset? Heartbeat { get; init; }
    public DateTimeOffset? ProgressedAt { get; init; }
    public DateTimeOffset EnqueuedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Rises with every publication of the same epoch.</summary>
    public long Sequence { get; init; }

    public DateTimeOffset PublishedAt { get; init; }

    /// <summary>The newer of two snapshots of one run is the truth.</summary>
    public bool IsNewerThan(RunSnapshot other) =>
        Epoch != other.Epoch ? Epoch > other.Epoch : Sequence >= other.Sequence;
}

/// <summary>One part of a run, such as the bulk query of the variants. How: "bulk query", "pages", ….</summary>
public sealed record RunStreamSnapshot(
    string Name, string How, string? Stage, long Done, long? Total, double RatePerSecond, bool IsDone);

/// <summary>What Shopify's throttle last said: points left, the most there can be, points restored per second.</summary>
public sealed record RunBudget(double Left, double Max, double RestoredPerSecond);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunSnapshot))]
[JsonSerializable(typeof(RunCounters))]
[JsonSerializable(typeof(IReadOnlyList<RunStreamSnapshot>))]
[JsonSerializable(typeof(Dictionary<string, long>))]
internal sealed partial class RunJson : JsonSerializerContext;
