using System.Text.Json;
using CowansDashboard.Collections.Conditions;
using CowansDashboard.Runs;
using Npgsql;

namespace CowansDashboard.Collections.Automatic;

/// <summary>A rule, and what it would do now.</summary>
public sealed record AutomaticPlan(AutomaticRule Rule, IReadOnlyList<AutomaticLine> Lines)
{
    /// <summary>Who set the rule, and when; null where nobody has.</summary>
    public (string By, DateTimeOffset At)? Set { get; init; }

    /// <summary>Where collections of the shop can be published.</summary>
    public IReadOnlyList<(long Id, string Title)> Places { get; init; } = [];

    /// <summary>Null where it was never kept.</summary>
    public KeptRun? Last { get; init; }

    public IEnumerable<AutomaticLine> New => Lines.Where(line => line.Step == AutomaticStep.New);

    /// <summary>Values that have a collection now.</summary>
    public int Now => Lines.Count(line => line.Collection is not null);
}

/// <summary>Reads the rule of a shop for one kind of value, and decides what it would do with the products and collections of the copy. Nothing is changed.</summary>
public sealed class ReadAutomaticCollections(NpgsqlDataSource database)
{
    // The same products that MembershipSql finds for a condition on the value: every status counts, and case does not.
    private const string Counts = "count(*) as products, count(*) filter (where s.status = 'ACTIVE') as active, count(*) filter (where s.status = 'ACTIVE' and (s.stock is null or s.stock > 0)) as in_stock";

    /// <param name="storeId">Whose.</param>
    /// <param name="by">Which rule.</param>
    /// <param name="instead">Another rule in place of the one that is kept, while somebody tries it; null for that one.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<AutomaticPlan> Read(long storeId, GroupedBy by, AutomaticRule? instead, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var (rule, set, last) = await Rule(connection, storeId, by, cancel);
        return new AutomaticPlan(instead ?? rule, AutomaticLine.Decide(instead ?? rule, await Groups(connection, storeId, by, cancel), await Collections(connection, storeId, by, cancel))) { Set = set is var (who, at) ? (who.Name, at) : null, Last = last, Places = await Places(connection, storeId, cancel) };
    }

    /// <summary>The rule by which new ones are made each night, and who set it; null where none are.</summary>
    public async Task<(AutomaticRule Rule, AskedBy By)?> Kept(long storeId, GroupedBy by, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await Rule(connection, storeId, by, cancel) is ({ IsKept: true } rule, var (who, _), _) ? (rule, who) : null;
    }

    private static async Task<(AutomaticRule Rule, (AskedBy By, DateTimeOffset At)? Set, KeptRun? Last)> Rule(NpgsqlConnection connection, long storeId, GroupedBy by, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            select name_pattern, fewest_products, fewest_in_stock, left_out, is_kept, changed_by, changed_at, publications, sends, changed_by_id, last_at, last_said, last_hindered from automatic_collection_rules where store_id = $1 and grouped_by = $2
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = AutomaticRule.Word(by) });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
            return (AutomaticRule.Usual(by), null, null);
        var rule = new AutomaticRule(by, reader.GetString(0), reader.GetInt32(1), reader.GetInt32(2)) { LeftOut = reader.GetFieldValue<string[]>(3), IsKept = reader.GetBoolean(4), Publications = reader.GetFieldValue<long[]>(7), Sends = reader.GetBoolean(8) };
        return (rule, (new AskedBy(reader.IsDBNull(9) ? null : reader.GetString(9), reader.GetString(5)), reader.GetFieldValue<DateTimeOffset>(6)),
            reader.IsDBNull(10) ? null : new KeptRun(reader.GetFieldValue<DateTimeOffset>(10), reader.GetString(11), reader.GetBoolean(12)));
    }

    private static async Task<List<(long, string)>> Places(NpgsqlConnection connection, long storeId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select id, title from publications where store_id = $1 and deleted_at is null order by title, id", connection);
        command.Parameters.Add(new() { Value = storeId });
        var places = new List<(long, string)>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            places.Add((reader.GetInt64(0), reader.GetString(1)));
        return places;
    }

    private static async Task<List<ValueGroup>> Groups(NpgsqlConnection connection, long storeId, GroupedBy by, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(by switch
        {
            GroupedBy.ProductType => Spellings("s.product_type", ""),
            GroupedBy.Vendor => Spellings("s.vendor", ""),
            GroupedBy.Tag => Spellings("t.tag", "cross join lateral (select distinct on (lower(tag)) tag from unnest(s.tags) tag) t"),
            _ => $"""
                with used as (select distinct category_id as code from product_summaries where store_id = $1 and sync_state <> 4 and category_id is not null)
                select u.code, coalesce(t.name, u.code), g.products, g.active, g.in_stock
                from (
                    select above.code, {Counts}
                    from product_summaries s
                    cross join lateral (
                        select array_to_string((string_to_array(s.category_id, '-'))[1:depth], '-') as code
                        from generate_series(1, array_length(string_to_array(s.category_id, '-'), 1)) depth) above
                    where s.store_id = $1 and s.sync_state <> 4 and s.category_id is not null
                    group by 1) g
                join used u on u.code = g.code left join taxonomy_categories t on t.id = u.code
                """,
        }, connection);
        command.Parameters.Add(new() { Value = storeId });
        var groups = new List<ValueGroup>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            groups.Add(new(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4)));
        return groups;
    }

    private static string Spellings(string value, string from) => $"""
        with spelled as (select {value} as value, {Counts} from product_summaries s {from} where s.store_id = $1 and s.sync_state <> 4 and {value} <> '' group by 1)
        select v.value, v.value, v.products, v.active, v.in_stock
        from (
            select (array_agg(value order by products desc, value))[1] as value, sum(products)::bigint as products, sum(active)::bigint as active, sum(in_stock)::bigint as in_stock
            from spelled group by lower(value)) v
        """;

    // Of one that is deleted what it held when it went: it says what nobody wants made anew.
    private static string Held(string s) => $"(c.deleted_at is null and {s}.deleted_at is null and {s}.mark <> 2 or c.deleted_at is not null and ({s}.deleted_at is null or {s}.deleted_at >= c.deleted_at))";

    private static async Task<List<ValueCollection>> Collections(NpgsqlConnection connection, long storeId, GroupedBy by, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"""
            select c.id, c.title, s.source_type, s.definition::text, {CollectionSql.Products}, c.shopify_id is not null, c.removal is not null, c.deleted_at is not null
            from collections c
            join collection_sources s on s.collection_id = c.id and {Held("s")}
            where c.store_id = $1 and {CollectionSql.Conditions} = 1
                and not exists (select from collection_sources o where o.collection_id = c.id and {Held("o")} and o.id <> s.id)
            """, connection);
        command.Parameters.Add(new() { Value = storeId });
        var collections = new List<ValueCollection>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            if (AutomaticLine.ValueOf(by, SourceReading.Read(reader.GetString(2), JsonSerializer.Deserialize<JsonElement>(reader.GetString(3)))) is { } value)
                collections.Add(new(reader.GetInt64(0), reader.GetString(1), value, reader.GetInt64(4), reader.GetBoolean(5)) { IsRemoved = reader.GetBoolean(6), IsGone = reader.GetBoolean(7) });
        return collections;
    }
}
