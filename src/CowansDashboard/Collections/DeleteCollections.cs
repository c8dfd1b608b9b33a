using CowansDashboard.History;

namespace CowansDashboard.Collections;

/// <summary>
/// Removes collections. Those in Shopify are published nowhere from the next push on and deleted there when their window is over;
/// those that exist here only go at once. All of it can be restored until then, with the places where they were published.
/// </summary>
public sealed class DeleteCollections(SaveChangeSet saving)
{
    /// <param name="head">Whose it is; its kind becomes delete.</param>
    /// <param name="collectionIds">Our ids.</param>
    /// <param name="hours">How long they can be restored.</param>
    /// <param name="version">The version that the one collection must still have; null takes it as it is.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<SaveOutcome> Delete(ChangeSetHead head, IReadOnlyCollection<long> collectionIds, int hours, int? version, CancellationToken cancel) =>
        saving.Save(head with { Kind = ChangeSetKind.Delete }, new WantedChanges
        {
            Fields = [.. collectionIds.Distinct().Select(id => new FieldEdit(CatalogueFields.Collection, id, Removal.Field, null, new Removal(hours).Text))],
            CollectionVersions = version is { } seen ? collectionIds.Distinct().ToDictionary(id => id, _ => seen) : new Dictionary<long, int>(),
        }, StaleMeans.Refuse, cancel);
}
