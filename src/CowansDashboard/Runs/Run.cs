using System.Text.Json;
using CowansDashboard.Runs.Progress;

namespace CowansDashboard.Runs;

/// <summary>A run with what it was asked to do and where it would go on.</summary>
public sealed record Run(RunSnapshot Now, string? ExclusiveGroup, JsonElement Parameters, JsonElement? Cursor, JsonElement? Answer);
