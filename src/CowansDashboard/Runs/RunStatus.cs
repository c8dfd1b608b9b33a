using System.Text.Json.Serialization;

namespace CowansDashboard.Runs;

[JsonConverter(typeof(JsonStringEnumConverter<RunStatus>))]
public enum RunStatus
{
    [JsonStringEnumMemberName("enqueued")] Enqueued,
    [JsonStringEnumMemberName("running")] Running,
    [JsonStringEnumMemberName("waiting")] Waiting,
    [JsonStringEnumMemberName("pausing")] Pausing,
    [JsonStringEnumMemberName("paused")] Paused,
    [JsonStringEnumMemberName("cancelling")] Cancelling,
    [JsonStringEnumMemberName("cancelled")] Cancelled,
    [JsonStringEnumMemberName("interrupted")] Interrupted,
    [JsonStringEnumMemberName("succeeded")] Succeeded,
    [JsonStringEnumMemberName("failed")] Failed,
}

public static class RunStatuses
{
    public static string Text(this RunStatus status) => status.ToString().ToLowerInvariant();

    public static RunStatus Parse(string text) => Enum.Parse<RunStatus>(text, ignoreCase: true);

    /// <summary>A node holds it and performs its work.</summary>
    public static bool IsInHand(this RunStatus status) =>
        status is RunStatus.Running or RunStatus.Waiting or RunStatus.Pausing or RunStatus.Cancelling;

    public static bool IsFinished(this RunStatus status) =>
        status is RunStatus.Succeeded or RunStatus.Failed or RunStatus.Cancelled;
}
