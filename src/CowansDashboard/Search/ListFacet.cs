using Npgsql;

namespace CowansDashboard.Search;

/// <summary>One value that a filter's menu offers, and how many products of the present result have it.</summary>
public sealed record FacetValue(string Value, string Label, long Count);

/// <summary>Lists the most frequent values of a field among the products that match the other conditions.</summary>
public sealed class ListFacet(NpgsqlDataSource database, UnderstandSearch understand, ReadStoreTime time)
{
    private const int Most = 50;

    public async Task<IReadOnlyList<FacetValue>> List(long storeId, ProductFilter filter, FilterField field, string containing, CancellationToken cancel)
    {
        var others = filter.Without(field);
        var search = await understand.Understand(storeId, others.Search, cancel);
        var sql = new SqlParameters();
        var where = FilterSql.Where(storeId, others, search, await time.Read(storeId, others, cancel), sql);
        var like = $"ilike {sql.Add(LikePattern.Containing(containing.Trim()))}";
        var text = field.Name switch
        {
            "status" => $"select lower(s.status), s.status, count(*) from product_summaries s where {where} group by 2",
            "vendor" => Column("s.vendor"),
            "type" => Column("s.product_type"),
            "tag" => $"select tag, tag, count(*) from product_summaries s, unnest(s.tags) tag where {where} and tag {like} group by 1",
            "sync" => $"select s.sync_state::text, s.sync_state::text, count(*) from product_summaries s where {where} group by 1",
            "category" => $"""
                select f.category_id, c.full_name, f.count
                from (select s.category_id, count(*) from product_summaries s where {where} and s.category_id is not null group by 1) f
                join taxonomy_categories c on c.id = f.category_id
                where c.full_name {like}
                """,
            "own-category" => $"""
                with held as (
                    select c.path, count(*) as products from product_summaries s join product_categories h on h.product_id = s.product_id join categories c on c.id = h.category_id and c.deleted_at is null
                    where {where} group by c.id, c.path)
                select a.id::text, {OwnCategoryName.Sql("a.path")}, sum(held.products)::bigint
                from held join categories a on a.id = any (string_to_array(trim(both '/' from held.path), '/')::bigint[])
                where {OwnCategoryName.Sql("a.path")} {like} group by a.id, a.path
                """,
            "collection" => Members("collections", "collection_members", "collection_id"),
            "publication" => Members("publications", "product_publications", "publication_id"),
            _ => throw new ArgumentException($"{field.Name} has no list of values", nameof(field)),
        };
        await using var command = sql.Command(database, $"{text} order by 3 desc, 2 limit {Most}");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var values = new List<FacetValue>();
        while (await reader.ReadAsync(cancel))
            values.Add(new(field == FilterField.Sync ? field.Values![int.Parse(reader.GetString(0), System.Globalization.CultureInfo.InvariantCulture)] : reader.GetString(0), reader.GetString(1), reader.GetInt64(2)));
        return values;

        string Column(string column) =>
            $"select {column}, {column}, count(*) from product_summaries s where {where} and {column} {like} group by 1";

        string Members(string named, string members, string id) => $"""
            select n.id::text, n.title, f.count
            from (select m.{id}, count(*) from {members} m join product_summaries s on s.product_id = m.product_id where {where} and m.mark <> 2 group by 1) f
            join {named} n on n.id = f.{id} and n.deleted_at is null
            where n.title {like}
            """;
    }
}
