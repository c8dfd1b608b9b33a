namespace CowansDashboard.Stores;

public enum CheckState
{
    Passed,

    /// <summary>Something will be missing; nothing is held back because of it.</summary>
    Warning,

    Failed,

    /// <summary>Not looked at, because an earlier check failed.</summary>
    NotChecked,
}

/// <summary>One thing that a connection test looked at: what came out, and what it means.</summary>
public sealed record ConnectionCheck(string Name, CheckState State, string Result, string Why = "")
{
    public const string Reachable = "Reachable";
    public const string Token = "Token";
}

/// <summary>A connection test: every check in the order in which it was made.</summary>
public sealed record ConnectionTest(IReadOnlyList<ConnectionCheck> Checks, DateTimeOffset At, TimeSpan Took, long? Products, long? Variants)
{
    public bool CanPull => Checks.All(check => check.State is CheckState.Passed or CheckState.Warning);

    /// <summary>The check that says that Shopify did not let us in; null when it did, whatever else is missing.</summary>
    public ConnectionCheck? TurnedAway => Checks.FirstOrDefault(check => check is { State: CheckState.Failed, Name: ConnectionCheck.Reachable or ConnectionCheck.Token });

    public int Failures => Checks.Count(check => check.State is CheckState.Failed);

    public int Warnings => Checks.Count(check => check.State is CheckState.Warning);
}
