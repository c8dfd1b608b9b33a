using CowansDashboard.History;

namespace CowansDashboard.Catalog;

/// <param name="StoreId">Whose.</param>
/// <param name="ProductIds">Ours ids.</param>
/// <param name="How">With which window, or that Shopify keeps them.</param>
/// <param name="Title">What history calls it.</param>
/// <param name="ById">Who wants it.</param>
/// <param name="ByName">The name that history shows.</param>
public sealed record DeleteRequest(long StoreId, IReadOnlyCollection<long> ProductIds, Removal How, string Title, string? ById, string ByName)
{
    public string? Reason { get; init; }

    /// <summary>The version that the one product must still have; null takes it as it is.</summary>
    public int? Version { get; init; }
}

/// <summary>
/// Removes products. Those in Shopify are archived there by the next push and deleted when their window is over, or stay
/// there and are no longer shown here; those that exist here only go at once. All of it can be restored until then.
/// </summary>
public sealed class DeleteProducts(SaveChangeSet saving)
{
    public Task<SaveOutcome> Delete(DeleteRequest request, CancellationToken cancel) =>
        saving.Save(new ChangeSetHead(request.StoreId, ChangeSetKind.Delete, request.Title, string.IsNullOrWhiteSpace(request.Reason) ? null : request.Reason.Trim(), request.ById, request.ByName),
            new WantedChanges
            {
                Fields = [.. request.ProductIds.Distinct().Select(id => new FieldEdit(CatalogueFields.Product, id, Removal.Field, null, request.How.Text))],
                Versions = request.Version is { } version ? request.ProductIds.Distinct().ToDictionary(id => id, _ => version) : new Dictionary<long, int>(),
            }, StaleMeans.Refuse, cancel);
}
