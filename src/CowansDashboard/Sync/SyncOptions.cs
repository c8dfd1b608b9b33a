using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CowansDashboard.Sync;

/// <summary>How Shopify and the copy are kept in agreement; the section "Sync" of the settings.</summary>
public sealed class SyncOptions
{
    /// <summary>Where results are kept while they are loaded. Default: "results" in the data folder of the dashboard.</summary>
    [Required]
    public string Folder { get; set; } = Path.Combine(".data", "results");

    /// <summary>How many results are loaded side by side. Default 2: while one is parsed, PostgreSQL writes another.</summary>
    [Range(1, 8)]
    public int LoadAtOnce { get; set; } = 2;

    /// <summary>New and changed rows in one transaction. Default 8,000.</summary>
    [Range(1, 100_000)]
    public int BatchRows { get; set; } = 8_000;

    /// <summary>How often a bulk query that failed is run again as it is, before it is cut into smaller ones. Default 2.</summary>
    [Range(0, 10)]
    public int RepeatFailed { get; set; } = 2;

    /// <summary>The wait before a failed bulk query is run again; doubled each time. Default 10 seconds.</summary>
    public TimeSpan RepeatAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a query is halved before what Shopify delivered of it is all there is. Default 3.</summary>
    [Range(0, 8)]
    public int MostHalvings { get; set; } = 3;

    /// <summary>A bulk query that writes nothing for this long is cancelled and cut into smaller ones. Default 2 hours.</summary>
    public TimeSpan StuckAfter { get; set; } = TimeSpan.FromHours(2);

    /// <summary>How old the look at products may be when their bulk mutation starts; after that they are looked at once more. Default 5 minutes.</summary>
    public TimeSpan LookAgainAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Where a list that Shopify gives page by page ends; longer ones are cut by ids. Default 25,000, which is Shopify's limit.</summary>
    [Range(2, 25_000)]
    public int MostListed { get; set; } = 25_000;

    /// <summary>Under this share of the known rows a pull asks before it deletes anything. Default 0.8.</summary>
    [Range(0, 1)]
    public double ExpectedShare { get; set; } = 0.8;

    /// <summary>From how many known rows of a kind on that share is asked for. Default 20.</summary>
    [Range(1, int.MaxValue)]
    public int ExpectedFrom { get; set; } = 20;
}

[OptionsValidator]
public sealed partial class ValidateSyncOptions : IValidateOptions<SyncOptions>;
