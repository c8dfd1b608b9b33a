using System.Text.Json.Nodes;
using Npgsql;

namespace CowansDashboard.Catalog.Categories;

/// <summary>A category of the team's own tree.</summary>
public sealed record Category(long Id, long? ParentId, CategoryPath Path, string Name, int Position, int Version)
{
    /// <summary>Set here: name -> allowed values, none for free text, null where an inherited one does not count.</summary>
    public required JsonObject Attributes { get; init; }

    /// <summary>Set here: the category of Shopify's taxonomy.</summary>
    public string? TaxonomyId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>Columns of a category c, in the order in which <see cref="Of"/> reads them.</summary>
    internal const string Columns = "c.id, c.parent_id, c.path, c.name, c.position, c.version, c.attributes::text, c.taxonomy_id, c.created_at, c.updated_at, c.deleted_at";

    internal const int Width = 11;

    internal static Category Of(NpgsqlDataReader row) =>
        new(row.GetInt64(0), row.IsDBNull(1) ? null : row.GetInt64(1), new CategoryPath(row.GetString(2)), row.GetString(3), row.GetInt32(4), row.GetInt32(5))
        {
            Attributes = (JsonObject)JsonNode.Parse(row.GetString(6))!,
            TaxonomyId = row.IsDBNull(7) ? null : row.GetString(7),
            CreatedAt = row.GetFieldValue<DateTimeOffset>(8),
            UpdatedAt = row.GetFieldValue<DateTimeOffset>(9),
            DeletedAt = row.IsDBNull(10) ? null : row.GetFieldValue<DateTimeOffset>(10),
        };
}
