namespace CowansDashboard.Runs;

/// <summary>
/// A kind of run, such as "pull-full". Of the kinds that share an exclusive group one run at a time may be
/// unfinished per store; without a group any number runs side by side.
/// </summary>
public sealed record RunKind(string Name, string? ExclusiveGroup);

/// <summary>Who asked for a run: a person with an id, or "Schedule" and the like without one.</summary>
public sealed record AskedBy(string? Id, string Name);
