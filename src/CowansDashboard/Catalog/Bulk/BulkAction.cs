using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CowansDashboard.History;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>
/// One thing done to many products: from the value that a row holds it makes the value that it shall hold. Pure; what
/// it makes is stored before anything is applied, so that nothing is ever done twice.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "action")]
[JsonDerivedType(typeof(PriceAction), "price")]
[JsonDerivedType(typeof(ClearCompareAt), "clear-compare-at")]
[JsonDerivedType(typeof(SetField), "set")]
[JsonDerivedType(typeof(ChangeTags), "tags")]
[JsonDerivedType(typeof(ReplaceText), "replace")]
[JsonDerivedType(typeof(SetStock), "stock")]
[JsonDerivedType(typeof(SetMetafield), "metafield")]
[JsonDerivedType(typeof(SetMembership), "collection")]
[JsonDerivedType(typeof(SetOwnCategory), "own-category")]
[JsonDerivedType(typeof(DeleteAction), "delete")]
[JsonDerivedType(typeof(UnifyTypes), "types")]
[JsonDerivedType(typeof(TypedCells), "cells")]
public abstract record BulkAction
{
    /// <summary>The field that it changes, of <see cref="CatalogueFields"/>.</summary>
    [JsonIgnore]
    public abstract CatalogueField Target { get; }

    /// <summary>In a few words, as history shall call it.</summary>
    [JsonIgnore]
    public abstract string Title { get; }

    /// <summary>What of the action itself is no good, and what would be right; null when it can be tried.</summary>
    public abstract ActionProblem? Problem(string currency);

    /// <summary>What becomes of a row that holds <paramref name="seen"/>.</summary>
    public virtual BulkChange Change(JsonNode? seen, string currency)
    {
        var (wanted, refusal) = Make(seen, currency);
        if (refusal is not null)
            return new BulkChange.Refused(null, refusal);
        // What stays as it is may be something that nobody could type.
        if (Same(seen, wanted))
            return new BulkChange.Unchanged();
        var (value, problem) = CheckValue.Check(Target, wanted, currency);
        if (problem is not null)
            return new BulkChange.Refused(wanted, problem);
        return Same(seen, value) ? new BulkChange.Unchanged() : new BulkChange.Changed(value);
    }

    private bool Same(JsonNode? seen, JsonNode? wanted) => Target.Kind == FieldKind.Set ? JsonValues.SameSet(seen, wanted) : JsonValues.Same(seen, wanted);

    private protected abstract (JsonNode? Wanted, string? Refusal) Make(JsonNode? seen, string currency);
}

/// <summary>A value of the action that is no good: which, and what would be right.</summary>
public sealed record ActionProblem(string Value, string Sentence);

/// <summary>What an action makes of one row.</summary>
public abstract record BulkChange
{
    private BulkChange()
    {
    }

    public sealed record Changed(JsonNode? New) : BulkChange;

    /// <summary>It holds the wanted value already, or there is nothing to change.</summary>
    public sealed record Unchanged : BulkChange;

    /// <summary>The action makes no possible value of this one.</summary>
    public sealed record Refused(JsonNode? Wanted, string Reason) : BulkChange;
}
