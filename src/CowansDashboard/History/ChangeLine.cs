using System.Text.Json.Nodes;
using Npgsql;

namespace CowansDashboard.History;

/// <summary>Who changed what together, when and why.</summary>
public sealed record ChangeSetSummary(
    long Id, string Kind, string Title, string? Reason, string? ById, string ByName, long? RunId, long? Undoes, DateTimeOffset At, int Products, int Entities, int Fields)
{
    // What a run heard is written by batches side by side, none of which waits for the others to add up.
    internal const string Columns = """
        s.id, s.kind, s.title, s.reason, s.made_by_id, s.made_by_name, s.run_id, s.undoes, s.made_at,
        case when s.kind = 'remote' then (select count(distinct r.product_id)::int from changes r where r.change_set_id = s.id) else s.products end,
        case when s.kind = 'remote' then (select count(distinct (r.entity, r.entity_id))::int from changes r where r.change_set_id = s.id) else s.entities end,
        case when s.kind = 'remote' then (select count(*)::int from changes r where r.change_set_id = s.id) else s.fields end
        """;

    internal const int Width = 12;

    internal static ChangeSetSummary Of(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetString(2), Text(row, 3), Text(row, 4), row.GetString(5), Long(row, 6), Long(row, 7),
        row.GetFieldValue<DateTimeOffset>(8), row.GetInt32(9), row.GetInt32(10), row.GetInt32(11));

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static long? Long(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);
}

/// <summary>One field of one row, old -> new, with the names that a person knows the row by.</summary>
/// <param name="Id">Ours.</param>
/// <param name="ChangeSetId">Which change set it belongs to.</param>
/// <param name="Entity">What kind of row.</param>
/// <param name="EntityId">Which row.</param>
/// <param name="ProductId">The row's product, if it has one.</param>
/// <param name="ProductTitle">As it is now.</param>
/// <param name="RowName">The variant's title, the metafield's key…; null for the product itself.</param>
/// <param name="Field">The column, or created or removed.</param>
/// <param name="Old">What it held.</param>
/// <param name="New">What it held then.</param>
/// <param name="At">When.</param>
/// <param name="UndoneBy">The change set that took it back.</param>
public sealed record ChangeLine(
    long Id, long ChangeSetId, string Entity, long EntityId, long? ProductId, string? ProductTitle, string? RowName, string Field, JsonNode? Old, JsonNode? New,
    DateTimeOffset At, long? UndoneBy)
{
    public string Label => CatalogueFields.LabelOf(Entity, Field);

    /// <summary>The difference counts, not the values: stock that was added to.</summary>
    public bool IsAddition { get; init; }

    /// <summary>SQL for the name by which a person knows the row of c, which has an entity and an entity_id.</summary>
    internal const string NameOfRow = """
        case c.entity
            when 'variant' then (select nullif(title, 'Default Title') from variants where id = c.entity_id)
            when 'category' then coalesce((select name from categories where id = c.entity_id), (select name from purged_categories where id = c.entity_id))
            when 'option' then (select name from product_options where id = c.entity_id)
            when 'media' then (select coalesce(nullif(alt, ''), media_type) from media where id = c.entity_id)
            when 'metafield' then (select namespace || '.' || key from metafields where id = c.entity_id)
            when 'collection member' then (select o.title from collection_members m join collections o on o.id = m.collection_id where m.id = c.entity_id)
            when 'collection' then (select title from collections where id = c.entity_id)
            when 'collection source' then (select concat_ws(': ', o.title, nullif(s.title, '')) from collection_sources s join collections o on o.id = s.collection_id where s.id = c.entity_id)
            when 'collection publication' then (select b.title from collection_publications m join publications b on b.id = m.publication_id where m.id = c.entity_id)
            when 'product publication' then (select b.title from product_publications m join publications b on b.id = m.publication_id where m.id = c.entity_id)
            when 'inventory level' then (select concat_ws(', ', nullif(v.title, 'Default Title'), o.name) from inventory_levels l left join variants v on v.id = l.variant_id left join locations o on o.id = l.location_id where l.id = c.entity_id)
        end
        """;

    /// <summary>Columns of a change c, in the order in which <see cref="Of"/> reads them.</summary>
    internal const string Columns = $"""
        c.id, c.change_set_id, c.entity, c.entity_id, c.product_id, (select title from products where id = c.product_id),
        {NameOfRow},
        c.field, c.old::text, c.new::text, c.made_at, c.undone_by, c.how
        """;

    internal static ChangeLine Of(NpgsqlDataReader row, int from = 0) => new(
        row.GetInt64(from), row.GetInt64(from + 1), row.GetString(from + 2), row.GetInt64(from + 3), row.IsDBNull(from + 4) ? null : row.GetInt64(from + 4),
        row.IsDBNull(from + 5) ? null : row.GetString(from + 5), row.IsDBNull(from + 6) ? null : row.GetString(from + 6), row.GetString(from + 7),
        row.IsDBNull(from + 8) ? null : JsonNode.Parse(row.GetString(from + 8)), row.IsDBNull(from + 9) ? null : JsonNode.Parse(row.GetString(from + 9)),
        row.GetFieldValue<DateTimeOffset>(from + 10), row.IsDBNull(from + 11) ? null : row.GetInt64(from + 11))
    {
        IsAddition = !row.IsDBNull(from + 12) && row.GetString(from + 12) == "add",
    };
}
