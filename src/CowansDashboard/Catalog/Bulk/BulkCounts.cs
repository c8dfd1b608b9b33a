namespace CowansDashboard.Catalog.Bulk;

/// <summary>What a bulk edit asks a person while it runs; each is asked once.</summary>
internal enum BulkQuestion
{
    /// <summary>The first products are changed: do they look right?</summary>
    Canary,

    /// <summary>An edit that meets so many changes of others may be an old one.</summary>
    Skipped,
}

/// <summary>How far a bulk edit is: rows that were skipped, are open and are handled; products that are handled and open. Pure.</summary>
internal sealed record BulkCounts(long Skipped, long Open, long Handled, long Products, long OpenProducts)
{
    /// <summary>After a batch of whole products, without counting all rows anew.</summary>
    public BulkCounts And(BulkBatch batch)
    {
        var products = batch.Items.Select(item => item.ProductId).Distinct().Count();
        return new(Skipped + batch.Skipped.Count, Open - batch.Items.Count, Handled + batch.Items.Count, Products + products, OpenProducts - products);
    }

    /// <summary>What must be asked before the rest is changed; null to go on.</summary>
    public BulkQuestion? Asks(BulkPreview preview, IReadOnlySet<BulkQuestion> agreed) => Open == 0 ? null
        : !agreed.Contains(BulkQuestion.Skipped) && Skipped * 100 > preview.StopPercent * Handled ? BulkQuestion.Skipped
        : !agreed.Contains(BulkQuestion.Canary) && Products >= preview.Canary ? BulkQuestion.Canary
        : null;

    public string Words(BulkPreview preview, BulkQuestion question) => question == BulkQuestion.Canary
        ? FormattableString.Invariant($"The first {Products:N0} {(Products == 1 ? "product is" : "products are")} changed. Look at them, then go on with the other {OpenProducts:N0} {(OpenProducts == 1 ? "product" : "products")}, or cancel.")
        : FormattableString.Invariant($"{Skipped:N0} of the first {Handled:N0} rows could not be changed: above {preview.StopPercent:0.##}% it stops. Go on with the other {Open:N0} rows, or cancel.");
}
