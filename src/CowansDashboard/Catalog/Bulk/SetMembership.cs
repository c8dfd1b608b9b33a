using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CowansDashboard.History;

namespace CowansDashboard.Catalog.Bulk;

/// <summary>
/// Puts every product into one collection by hand, or takes it out. As with metafields what comes is stored as "created" with the
/// whole row, what goes as "removed". The title is whatever the shop calls it: a preview reads it.
/// </summary>
public sealed record SetMembership(long CollectionId, string Collection, bool Takes) : BulkAction
{
    [JsonIgnore]
    public override CatalogueField Target => CatalogueFields.Find(CatalogueFields.Member, "position")!;

    [JsonIgnore]
    public override string Title => Takes ? $"Taken out of {Collection}" : $"Put into {Collection}";

    public override ActionProblem? Problem(string currency) => CollectionId > 0 ? null : new("collection", "Choose the collection.");

    /// <summary>The row that it adds to a product.</summary>
    public JsonObject Row(long productId) => new() { ["collection_id"] = CollectionId, ["product_id"] = productId, ["position"] = 0 };

    /// <summary>Seen is the collection's title where the product is in it.</summary>
    public override BulkChange Change(JsonNode? seen, string currency) =>
        seen is null == Takes ? new BulkChange.Unchanged() : new BulkChange.Changed(Takes ? null : JsonValue.Create(true));

    private protected override (JsonNode? Wanted, string? Refusal) Make(JsonNode? seen, string currency) => (Takes ? null : JsonValue.Create(true), null);
}
