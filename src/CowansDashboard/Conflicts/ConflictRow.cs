using System.Text.Json.Nodes;
using Npgsql;

namespace CowansDashboard.Conflicts;

/// <summary>A field that both sides changed, as a list shows it.</summary>
public sealed record ConflictRow
{
    public required long Id { get; init; }
    public required int Revision { get; init; }
    public required string Entity { get; init; }
    public required long EntityId { get; init; }
    public required string Field { get; init; }
    public required long? ProductId { get; init; }

    /// <summary>The product's title; a collection's own where there is no product.</summary>
    public required string Title { get; init; }

    /// <summary>Which variant, metafield, picture or location it is; null for the product itself.</summary>
    public required string? Part { get; init; }

    public required string Vendor { get; init; }
    public required string? ThumbnailUrl { get; init; }
    public required JsonNode? Base { get; init; }
    public required JsonNode? Ours { get; init; }
    public required JsonNode? Shopifys { get; init; }
    public required DateTimeOffset DetectedAt { get; init; }

    /// <summary>When Shopify's value was last heard.</summary>
    public required DateTimeOffset HeardAt { get; init; }

    public required long? RunId { get; init; }

    /// <summary>Null while it is open.</summary>
    public required ConflictEnd? End { get; init; }

    /// <summary>The collection, of a conflict over one or over a source of one.</summary>
    public long? CollectionId { get; init; }

    internal const string Columns = """
        c.id, c.revision, c.entity, c.entity_id, c.field, c.product_id,
        case c.entity
            when 'collection' then (select l.title from collections l where l.id = c.entity_id)
            when 'collection source' then (select l.title from collection_sources s join collections l on l.id = s.collection_id where s.id = c.entity_id)
            else p.title end,
        case c.entity
            when 'variant' then (select v.title from variants v where v.id = c.entity_id)
            when 'metafield' then (select concat_ws(' · ', (select v.title from variants v where m.owner_kind = 'variant' and v.id = m.owner_id), m.namespace || '.' || m.key)
                from metafields m where m.id = c.entity_id)
            when 'option' then (select o.name from product_options o where o.id = c.entity_id)
            when 'media' then (select coalesce(nullif(m.alt, ''), 'Picture ' || m.position) from media m where m.id = c.entity_id)
            when 'inventory level' then (select concat_ws(' · ', v.title, l.name)
                from inventory_levels n left join variants v on v.id = n.variant_id left join locations l on l.id = n.location_id where n.id = c.entity_id)
            when 'collection source' then (select nullif(s.title, '') from collection_sources s where s.id = c.entity_id) end,
        coalesce(p.vendor, ''), (select s.thumbnail_url from product_summaries s where s.product_id = c.product_id),
        c.base::text, c.ours::text, c.shopifys::text, c.detected_at, c.heard_at, c.run_id,
        c.closed_at, c.closed_as, c.closed_by_name, c.settled::text, c.change_set_id, c.rule_id,
        case c.entity when 'collection' then c.entity_id when 'collection source' then (select s.collection_id from collection_sources s where s.id = c.entity_id) end
        """;

    internal static ConflictRow Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetInt64(0),
        Revision = row.GetInt32(1),
        Entity = row.GetString(2),
        EntityId = row.GetInt64(3),
        Field = row.GetString(4),
        ProductId = row.IsDBNull(5) ? null : row.GetInt64(5),
        Title = row.IsDBNull(6) ? "" : row.GetString(6),
        Part = row.IsDBNull(7) || row.GetString(7) is "" or "Default Title" ? null : row.GetString(7),
        Vendor = row.GetString(8),
        ThumbnailUrl = row.IsDBNull(9) ? null : row.GetString(9),
        Base = Json(row, 10),
        Ours = Json(row, 11),
        Shopifys = Json(row, 12),
        DetectedAt = row.GetFieldValue<DateTimeOffset>(13),
        HeardAt = row.GetFieldValue<DateTimeOffset>(14),
        RunId = row.IsDBNull(15) ? null : row.GetInt64(15),
        End = row.IsDBNull(16) ? null : new ConflictEnd(
            row.GetFieldValue<DateTimeOffset>(16), row.IsDBNull(17) ? "" : row.GetString(17), row.IsDBNull(18) ? null : row.GetString(18),
            Json(row, 19), row.IsDBNull(20) ? null : row.GetInt64(20), row.IsDBNull(21) ? null : row.GetInt64(21)),
        CollectionId = row.IsDBNull(22) ? null : row.GetInt64(22),
    };

    private static JsonNode? Json(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : JsonNode.Parse(row.GetString(column));
}

/// <summary>How a conflict ended: when, as what, by whom, with which value, in which change set, by which rule.</summary>
public sealed record ConflictEnd(DateTimeOffset At, string As, string? By, JsonNode? Settled, long? ChangeSetId, long? RuleId);
