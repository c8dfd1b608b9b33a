namespace CowansDashboard.Schedules.Recurring;

/// <summary>Settings of schedules, section "Schedules".</summary>
public sealed class RecurringOptions
{
    /// <summary>Whether this server starts recurring work, such as the pull of changes every 20 minutes. On unless set; off, it still performs what others start.</summary>
    public bool Recurring { get; set; } = true;
}
