namespace CowansDashboard.Collections;

/// <summary>What the copy knows of a collection c, as SQL.</summary>
internal static class CollectionSql
{
    public const string Products = "(select count(*) from collection_members m where m.collection_id = c.id and m.mark <> 2)";

    /// <summary>How many conditions a source s takes products in by; 0 where there is no list of them.</summary>
    public const string Conditions = "(case when jsonb_typeof(s.definition #> '{inclusion,conditions}') = 'array' then jsonb_array_length(s.definition #> '{inclusion,conditions}') else 0 end)";

    private const string Selections = "(case when jsonb_typeof(s.definition #> '{inclusion,selections}') = 'array' then jsonb_array_length(s.definition #> '{inclusion,selections}') else 0 end)";

    /// <summary>As <see cref="SourceKinds"/>.</summary>
    public const string Kinds = $"""
        coalesce((select bit_or(case s.source_type
            when 'CollectionSubCollectionsSource' then 4
            when 'CollectionConditionsSource' then case
                when {Conditions} > 0 then
                    2 | case when {Selections} > 0 then 1 else 0 end
                else 1 end
            else 8 end) from collection_sources s where s.collection_id = c.id and s.deleted_at is null), 0)
        """;

    public const string Places = """
        array(select p.title from collection_publications o join publications p on p.id = o.publication_id and p.deleted_at is null
            where o.collection_id = c.id and o.mark <> 2 order by p.title, p.id)
        """;

    /// <summary>Shopify's time, until an edit that it has not heard of is later.</summary>
    public const string Changed = "case when c.remote_updated_at is null then c.updated_at when c.pending is not null or c.mark <> 0 then greatest(c.remote_updated_at, c.updated_at) else c.remote_updated_at end";

    /// <summary>As SyncState of the product grid.</summary>
    public const string Sync = """
        case
            when c.deleted_at is not null then 4
            when exists (select from conflicts f where f.store_id = c.store_id and f.closed_at is null
                and (f.entity = 'collection' and f.entity_id = c.id
                    or f.entity = 'collection source' and f.entity_id in (select s.id from collection_sources s where s.collection_id = c.id)
                    or f.entity = 'collection member' and f.entity_id in (select m.id from collection_members m where m.collection_id = c.id))) then 3
            when c.mark = 1 then 2
            when c.pending is not null or c.mark <> 0
                or exists (select from collection_sources s where s.collection_id = c.id and (s.pending is not null and s.deleted_at is null or s.mark <> 0 and (s.deleted_at is null or s.mark = 2)))
                or exists (select from collection_publications o where o.collection_id = c.id and (o.pending is not null or o.mark <> 0))
                or exists (select from collection_members m where m.collection_id = c.id and (m.pending is not null or m.mark <> 0)) then 1
            else 0
        end
        """;
}
