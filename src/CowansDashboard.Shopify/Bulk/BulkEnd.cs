using CowansDashboard.Shopify.Wire;

namespace CowansDashboard.Shopify.Bulk;

/// <summary>Reads an operation's state. Pure.</summary>
internal static class BulkEnd
{
    /// <summary>How it ended; null while it goes on.</summary>
    public static BulkOutcome? Of(BulkOperationNode seen)
    {
        BulkOutcome? over = seen.Status switch
        {
            BulkStatuses.Completed => new BulkOutcome.Completed(seen.Url, seen.FileSize) { Operation = seen.Id },
            BulkStatuses.Failed => new BulkOutcome.Failed(seen.ErrorCode, seen.PartialDataUrl) { Operation = seen.Id },
            BulkStatuses.Canceled => new BulkOutcome.Canceled(seen.PartialDataUrl) { Operation = seen.Id },
            BulkStatuses.Expired => new BulkOutcome.Expired { Operation = seen.Id },
            _ => null,
        };
        return over is null ? null : over with { ObjectCount = seen.ObjectCount, RootObjectCount = seen.RootObjectCount };
    }

    /// <summary>What it is doing.</summary>
    public static BulkStage Stage(BulkOperationNode seen) => seen.Status switch
    {
        BulkStatuses.Created => BulkStage.Created,
        BulkStatuses.Canceling => BulkStage.Canceling,
        _ => BulkStage.Running,
    };
}
