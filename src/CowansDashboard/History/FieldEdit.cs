using System.Text.Json.Nodes;

namespace CowansDashboard.History;

/// <summary>
/// One wanted change of one field. Entities are named as in conflicts ("product", "variant", …), fields as their
/// columns; both values as PostgreSQL's to_jsonb writes the column.
/// </summary>
/// <param name="Entity">What kind of row.</param>
/// <param name="EntityId">Our id of the row; negative for a row that the same save adds.</param>
/// <param name="Field">The column.</param>
/// <param name="Seen">The value that the person saw.</param>
/// <param name="New">The value that it shall have.</param>
/// <param name="How">Whether the value itself counts, or its difference from what was seen.</param>
public sealed record FieldEdit(string Entity, long EntityId, string Field, JsonNode? Seen, JsonNode? New, EditHow How = EditHow.Set);

public enum EditHow
{
    /// <summary>The new value replaces the seen one; another value in between is a reason to ask.</summary>
    Set,

    /// <summary>The difference between seen and new is added to whatever is there: stock that came in.</summary>
    Add,
}

/// <summary>A row that shall come into being here: <paramref name="Key"/> is negative and stands for its id within the same save.</summary>
public sealed record NewRow(string Entity, long Key, JsonObject Values);

/// <summary>A row of the catalogue.</summary>
public sealed record RowRef(string Entity, long EntityId);

/// <summary>Everything that one save changes.</summary>
public sealed record WantedChanges
{
    public IReadOnlyList<FieldEdit> Fields { get; init; } = [];

    public IReadOnlyList<NewRow> Added { get; init; } = [];

    public IReadOnlyList<RowRef> Removed { get; init; } = [];

    /// <summary>Rows removed earlier that shall be there again. One that Shopify has removed meanwhile comes back as a new row.</summary>
    public IReadOnlyList<RowRef> Returned { get; init; } = [];

    /// <summary>The versions that products must still have, by their ids; another one refuses all of it.</summary>
    public IReadOnlyDictionary<long, int> Versions { get; init; } = new Dictionary<long, int>();

    /// <summary>The same of collections.</summary>
    public IReadOnlyDictionary<long, int> CollectionVersions { get; init; } = new Dictionary<long, int>();

    /// <summary>A SKU that another variant has is refused, whatever kind of change set it is.</summary>
    public bool NeedsFreeSkus { get; init; }

    /// <summary>Fields that a schedule holds are changed only until it ends; otherwise what is saved stays after it.</summary>
    public bool UntilEnd { get; init; }
}

/// <summary>Whose change it is, and why.</summary>
public sealed record ChangeSetHead(long StoreId, string Kind, string Title, string? Reason, string? ById, string ByName, long? RunId = null, long? Undoes = null);

/// <summary>What a change set came from.</summary>
public static class ChangeSetKind
{
    public const string Edit = "edit", Bulk = "bulk", Import = "import", Conflict = "conflict", Rule = "rule", Restore = "restore", Undo = "undo",
        Schedule = "schedule", Delete = "delete", Rollback = "rollback", Create = "create", Duplicate = "duplicate", Remote = "remote", Category = "category";

    public static readonly IReadOnlyList<string> All = [Edit, Bulk, Import, Conflict, Rule, Restore, Undo, Schedule, Delete, Rollback, Create, Duplicate, Remote, Category];
}

/// <summary>What becomes of edits whose field no longer holds what the person saw.</summary>
public enum StaleMeans
{
    /// <summary>Nothing is written; the person is offered a merge.</summary>
    Refuse,

    /// <summary>The others are written; these, and values that are no good, are left out and reported.</summary>
    Skip,
}
