namespace CowansDashboard.Shopify.Bulk;

/// <summary>Opens the result of a bulk operation as a stream that survives dropped connections and expired addresses.</summary>
public sealed class BulkDownload(HttpClient http, TimeProvider clock, BulkOptions? options = null)
{
    private readonly BulkOptions options = options ?? new BulkOptions();

    /// <summary>Opens a result.</summary>
    /// <param name="url">Where it is; signed, so nothing else is sent along.</param>
    /// <param name="fileSize">How many bytes it has by Shopify's word; null when unknown.</param>
    /// <param name="from">The byte to start at.</param>
    /// <param name="freshUrl">Gives a newly signed address when the old one has expired; see <see cref="BulkQueryRunner.FreshUrl"/>.</param>
    /// <returns>Reading fails with a <see cref="Errors.ShopifyFaultException"/> when the whole of it cannot be had.</returns>
    public BulkResultStream Open(
        string url, long? fileSize, long from = 0, Func<CancellationToken, Task<string?>>? freshUrl = null) =>
        new(http, clock, options, url, fileSize, from, freshUrl);
}
