using System.ComponentModel.DataAnnotations;

namespace CowansDashboard.Runs;

/// <summary>How this node performs runs and notices the death of others.</summary>
public sealed class RunsOptions
{
    /// <summary>Name of this node. Default: the machine's name. A restarted node knows its earlier life by it.</summary>
    [Required]
    public string NodeName { get; set; } = Environment.MachineName;

    /// <summary>Runs that this node performs at the same time. Default 16; more stay enqueued.</summary>
    [Range(1, 1000)]
    public int AtOnce { get; set; } = 16;

    /// <summary>How often a node says that it lives, and looks for runs that nobody performs. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan Beat { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Silence after which a node counts as dead though its database session is open (a stopped process). Default 12 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan DeadAfter { get; set; } = TimeSpan.FromSeconds(12);

    /// <summary>Silence after which a node counts as dead whose database session is closed. Default 3 s; long enough to reconnect.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:10:00")]
    public TimeSpan GoneAfter { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Interruptions in a row without a saved cursor after which a run fails instead of starting again. Default 20.</summary>
    [Range(1, 1000)]
    public int MostLosses { get; set; } = 20;
}
