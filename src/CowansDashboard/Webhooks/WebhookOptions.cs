using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CowansDashboard.Webhooks;

/// <summary>How what Shopify posts is taken in and handled; the section "Webhooks" of the settings.</summary>
public sealed class WebhookOptions
{
    /// <summary>Whether this node handles what was heard. Default true; false leaves it to the other nodes, and only the door is open here.</summary>
    public bool Handle { get; set; } = true;

    /// <summary>The longest body that is taken, in bytes. Default 8 MB; Shopify's own are far below.</summary>
    [Range(1_000, 100_000_000)]
    public int LongestBody { get; set; } = 8 * 1024 * 1024;

    /// <summary>Whoever posts is told to come again when a delivery could not be kept by then. Default 4.5 seconds: Shopify hangs up after five.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan AnswerWithin { get; set; } = TimeSpan.FromSeconds(4.5);

    /// <summary>How many batches of deliveries this node handles side by side. Default 3.</summary>
    [Range(1, 16)]
    public int HandledAtOnce { get; set; } = 3;

    /// <summary>For how many days handled deliveries are kept. Default 14; dead ones twice as long.</summary>
    [Range(1, 365)]
    public int KeptDays { get; set; } = 14;

    /// <summary>The first wait after a delivery could not be handled; four times as long after each further one. Default 2 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:10:00")]
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long events of the same collection, membership or stock item are gathered before it is read once for all. Default 3 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan GatherFor { get; set; } = TimeSpan.FromSeconds(3);
}

[OptionsValidator]
public sealed partial class ValidateWebhookOptions : IValidateOptions<WebhookOptions>;
