using System.Text.Json.Nodes;
using CowansDashboard.History;

namespace CowansDashboard.Collections;

/// <summary>What shall change of a collection: columns by name, sources, and the order of its products; only what is named changes.</summary>
public sealed record CollectionChange(JsonObject Fields)
{
    public IReadOnlyList<SourceChange> Sources { get; init; } = [];

    /// <summary>The version that it must still have; null takes it as it is.</summary>
    public int? Version { get; init; }
}

/// <summary>A source to be changed, made (without an id) or removed.</summary>
public sealed record SourceChange(long? Id, string? Title, WantedSource? Holds, bool IsRemoved);

/// <summary>Changes fields and sources of a collection, whatever they hold now; whoever must know that nobody came in between names the version.</summary>
public sealed class ChangeCollection(PlanCollectionChange plan, SaveChangeSet saving)
{
    /// <returns>Null when the store has no such collection.</returns>
    public async Task<SaveOutcome?> Change(ChangeSetHead head, long collectionId, CollectionChange change, CancellationToken cancel) =>
        await plan.Plan(head.StoreId, collectionId, change, new CollectionPairs(), cancel) switch
        {
            null => null,
            PlannedCollectionChange.Planned planned => await saving.Save(head, planned.Wanted, StaleMeans.Refuse, cancel),
            PlannedCollectionChange.Refused refused => new SaveOutcome.Refused(refused.Problems),
            _ => throw new InvalidOperationException("Planning has no other outcome."),
        };
}
