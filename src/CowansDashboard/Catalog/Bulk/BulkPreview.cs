using System.Globalization;
using System.Text.Json.Nodes;

namespace CowansDashboard.Catalog.Bulk;

public enum BulkStatus
{
    Ready,
    Applying,
    Applied,

    /// <summary>It belongs to a schedule, which applies it at its time.</summary>
    Scheduled,
}

/// <summary>A bulk edit as it was prepared, with how far it is.</summary>
public sealed record BulkPreview(long Id, long StoreId, string Title, BulkStatus Status)
{
    private const double MostRefused = 0.1;

    public string? MadeById { get; init; }
    public required string MadeBy { get; init; }
    public long? RunId { get; init; }

    /// <summary>What it changed; null before anything was.</summary>
    public long? ChangeSetId { get; init; }

    /// <summary>Products that the selection held.</summary>
    public long Selected { get; init; }

    /// <summary>Rows that held the wanted value already.</summary>
    public long Unchanged { get; init; }

    public long Variants { get; init; }

    /// <summary>Rows that change, or have changed.</summary>
    public long Changing { get; init; }

    public long Refused { get; init; }

    public long Excluded { get; init; }

    /// <summary>Rows that somebody else changed after the preview; they are left as they are.</summary>
    public long Skipped { get; init; }

    public long Done { get; init; }

    /// <summary>Products are removed by it.</summary>
    public bool Deletes { get; init; }

    /// <summary>It came from a spreadsheet: its rows are cells of several fields.</summary>
    public bool IsFromSheet { get; init; }

    /// <summary>Products move in the team's own tree; some rows may be Shopify's category that goes with it.</summary>
    public bool IsOfCategories { get; init; }

    /// <summary>Variants whose compare-at price would come to stand at or below their price.</summary>
    public long WithoutReduction { get; init; }

    public required EditReach Reach { get; init; }

    /// <summary>Products that change, or have changed.</summary>
    public long Products => Reach.Products;

    /// <summary>It was made on a collection's page, to be scheduled.</summary>
    public bool IsOfCollection => Reach.Collections > 0;

    /// <summary>Prices and stocks that would become 0: a person types this number.</summary>
    public long Zeros => Reach.Zeros;

    /// <summary>Rises whenever a row is left out or taken in again.</summary>
    public int Revision { get; init; }

    /// <summary>So many products are changed first, then a person looks.</summary>
    public int? Canary { get; init; }

    public decimal StopPercent { get; init; }

    /// <summary>Since when it waits for a second person.</summary>
    public DateTimeOffset? ApprovalAskedAt { get; init; }

    public string? ApprovedBy { get; init; }

    /// <summary>The schedule that it belongs to.</summary>
    public long? ScheduleId { get; init; }

    public DateTimeOffset MadeAt { get; init; }

    /// <summary>Why a second person must agree; nothing when one is enough.</summary>
    public required IReadOnlyList<string> NeedsApproval { get; init; }

    public bool WaitsForApproval => NeedsApproval.Count > 0 && ApprovedBy is null;

    /// <summary>What a person should agree to before it is applied.</summary>
    public IReadOnlyList<string> Warnings
    {
        get
        {
            var warnings = new List<string>(Reach.Warnings);
            if (Refused > MostRefused * (Refused + Changing + Excluded + Unchanged))
                warnings.Add(string.Create(CultureInfo.InvariantCulture, $"{Refused:N0} of {Refused + Changing + Excluded + Unchanged:N0} rows cannot take the change and would stay as they are."));
            return warnings;
        }
    }
}

/// <summary>Which rows of a preview are listed.</summary>
public enum BulkRows
{
    /// <summary>What changes, and what a person left out.</summary>
    Changing,
    Refused,
    Skipped,
}

/// <summary>One row of a preview with what names it to people.</summary>
public sealed record BulkRow(
    long Id, long ProductId, string Product, string? Variant, string Entity, string Field, JsonNode? Seen, JsonNode? New, bool Excluded, string Outcome, string? Reason)
{
    /// <summary>The collection that it is about; without a product then, 0, unless one is put in or taken out.</summary>
    public long? CollectionId { get; init; }
}
