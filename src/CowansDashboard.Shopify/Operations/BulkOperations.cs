using CowansDashboard.Shopify.Wire;

namespace CowansDashboard.Shopify.Operations;

/// <summary>The requests that start, watch and stop bulk operations.</summary>
public static class BulkOperations
{
    /// <summary>Starts a bulk query. Never repeated blindly: whether it started is seen in <see cref="List"/>.</summary>
    public static Operation<BulkStartData> Start(string query) =>
        Queries.Read("BulkStart", ShopifyJson.Default.BulkStartData, new() { ["query"] = query }, 10) with
        {
            UserErrors = data => data.BulkOperationRunQuery?.UserErrors ?? [],
            RepeatIsSafe = false,
        };

    /// <summary>The state of one operation.</summary>
    public static Operation<BulkStatusData> Status(ShopifyId operation) =>
        Queries.Read("BulkStatus", ShopifyJson.Default.BulkStatusData, new() { ["id"] = operation.ToString() }, 1);

    /// <summary>Asks Shopify to stop an operation; it ends a little later.</summary>
    public static Operation<BulkCancelData> Cancel(ShopifyId operation) =>
        Queries.Read("BulkCancel", ShopifyJson.Default.BulkCancelData, new() { ["id"] = operation.ToString() }, 10) with
        {
            UserErrors = data => data.BulkOperationCancel?.UserErrors ?? [],
        };

    /// <summary>Operations of this app in the shop, newest first, for example by <c>status:running operation_type:query</c>.</summary>
    public static Operation<BulkListData> List(string? filter, string? after = null, int first = 25) =>
        Queries.Read("BulkList", ShopifyJson.Default.BulkListData, Queries.Paged(first, after, ("query", filter)), 8);
}
