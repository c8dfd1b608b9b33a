using System.Text.Json.Nodes;

namespace CowansDashboard.Catalog;

/// <summary>One change of what hangs on a product: its variants, options, media, metafields, places and collections.</summary>
public abstract record StructureChange
{
    private StructureChange()
    {
    }

    /// <summary>New variants: columns with values, among them option_values in the order of the options.</summary>
    public sealed record AddVariants(IReadOnlyList<JsonObject> Variants) : StructureChange;

    public sealed record RemoveVariants(IReadOnlyCollection<long> Ids) : StructureChange;

    /// <summary>A further option; variants that exist take its first value.</summary>
    public sealed record AddOption(string Name, IReadOnlyList<string> Values) : StructureChange;

    public sealed record RemoveOption(long Id) : StructureChange;

    /// <summary>
    /// Exactly these options with exactly these values, in this order. Variants follow a renamed value, take the first
    /// value of a new option, and go with a value or an option that is left out; of two that would be the same the first stays.
    /// </summary>
    public sealed record SetOptions(IReadOnlyList<WantedOption> Options) : StructureChange
    {
        /// <summary>What the person saw. Where the product has others by now nothing is done: what was added meanwhile would go. Null asks nothing.</summary>
        public IReadOnlyList<SeenOption>? Seen { get; init; }
    }

    /// <summary>The rows of one kind (variant, media) in this order; those not named come after them as they were.</summary>
    public sealed record Order(string Entity, IReadOnlyList<long> Ids) : StructureChange;

    /// <summary>Files that hang on products of this store already, by the ids of their rows there.</summary>
    public sealed record AttachMedia(IReadOnlyCollection<long> MediaIds) : StructureChange;

    public sealed record DetachMedia(IReadOnlyCollection<long> Ids) : StructureChange;

    /// <summary>A metafield of the product or of one of its variants.</summary>
    public sealed record AddMetafield(string OwnerKind, long OwnerId, string Namespace, string Key, string Type, string Value) : StructureChange;

    public sealed record RemoveMetafields(IReadOnlyCollection<long> Ids) : StructureChange;

    public sealed record Publish(IReadOnlyCollection<long> PublicationIds) : StructureChange;

    public sealed record Unpublish(IReadOnlyCollection<long> PublicationIds) : StructureChange;

    public sealed record JoinCollections(IReadOnlyCollection<long> CollectionIds) : StructureChange;

    public sealed record LeaveCollections(IReadOnlyCollection<long> CollectionIds) : StructureChange;
}

/// <summary>An option that a product shall have.</summary>
/// <param name="Id">The option that it is now; null for a further one.</param>
public sealed record WantedOption(long? Id, string Name, IReadOnlyList<WantedValue> Values);

/// <summary>An option as it stood before a person.</summary>
public sealed record SeenOption(long Id, string Name, IReadOnlyList<string> Values);

/// <summary>A value that an option shall have.</summary>
/// <param name="Was">What it is called now; null for a further one.</param>
public sealed record WantedValue(string? Was, string Name);
