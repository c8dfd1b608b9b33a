using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CowansDashboard.History;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>
/// Gives every product or variant the same value of one metafield, adding it where there is none; no value takes it away. A row
/// that it adds is stored as "created" with the whole row, one that it takes away as "removed".
/// </summary>
public sealed record SetMetafield(string OwnerKind, string Namespace, string Key, string Type, string? Value) : BulkAction
{
    public const string Created = "created", Removed = "removed";

    [JsonIgnore]
    public override CatalogueField Target => CatalogueFields.Find(CatalogueFields.Metafield, "value")!;

    [JsonIgnore]
    public override string Title => Value is null ? $"{Namespace}.{Key} removed" : $"{Namespace}.{Key} set to {(Value.Length > 40 ? Value[..40] + "…" : Value)}";

    public override ActionProblem? Problem(string currency)
    {
        if (OwnerKind is not ("product" or "variant"))
            return new("metafield", "Metafields of products and of variants can be set.");
        if (string.IsNullOrWhiteSpace(Namespace) || string.IsNullOrWhiteSpace(Key) || string.IsNullOrWhiteSpace(Type))
            return new("metafield", "Choose the metafield.");
        return Value is not null && MetafieldValue.Problem(Type, Value) is { } problem ? new("value", problem) : null;
    }

    /// <summary>The row that it adds to an owner.</summary>
    public JsonObject Row(long ownerId) =>
        new() { ["owner_kind"] = OwnerKind, ["owner_id"] = ownerId, ["namespace"] = Namespace, ["key"] = Key, ["type"] = Type, ["value"] = Value };

    public override BulkChange Change(JsonNode? seen, string currency) =>
        seen?.GetValue<string>() == Value ? new BulkChange.Unchanged() : new BulkChange.Changed(Value is null ? null : JsonValue.Create(Value));

    private protected override (JsonNode? Wanted, string? Refusal) Make(JsonNode? seen, string currency) => (Value is null ? null : JsonValue.Create(Value), null);
}
