using CowansDashboard.Search;
using Npgsql;

namespace CowansDashboard.Collections.Conditions;

/// <summary>A product that a change of sources would bring in or send away.</summary>
public sealed record MovedProduct(long Id, string Title, string? ThumbnailUrl, long? Stock, decimal? MinPrice, decimal? MaxPrice);

/// <summary>How many a collection holds now and would hold, and who enters and leaves: the first of each, by title.</summary>
public sealed record ForeseenMembers(long Now, long Then, long Enter, long Leave, IReadOnlyList<MovedProduct> Entering, IReadOnlyList<MovedProduct> Leaving);

/// <summary>Tells what members a collection would have with other sources, from the copy; nothing is changed.</summary>
public sealed class ForeseeMembers(NpgsqlDataSource database)
{
    /// <param name="storeId">Whose.</param>
    /// <param name="collection">Our id.</param>
    /// <param name="sources">What would be saved; each of a kind that can be evaluated.</param>
    /// <param name="skip">How many of the entering and of the leaving lie before those that are listed.</param>
    /// <param name="atMost">How many of each are listed.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<ForeseenMembers> Foresee(long storeId, long collection, IReadOnlyCollection<CollectionSource> sources, int skip, int atMost, CancellationToken cancel)
    {
        var sql = new SqlParameters();
        var members = new MembershipSql(sql, storeId).Members(sources);
        var (ours, first, count) = (sql.Add(collection), sql.Add((long)skip), sql.Add((long)atMost));
        var text = $"""
            with moved as materialized (
                -- Who is put in by hand stays in until Shopify has it among the picked ones, and who is taken out goes.
                select coalesce(later.id, now.product_id) as id, later.title, now.mark is not null and now.mark <> 2 as is_now,
                    later.id is not null and now.mark is distinct from 2 or coalesce(now.mark = 1, false) as is_then
                from ({members}) later
                full join (select m.product_id, m.mark from collection_members m where m.collection_id = {ours}) now on now.product_id = later.id),
            counted as (
                select count(*) filter (where is_now) as now, count(*) filter (where is_then) as later,
                    count(*) filter (where is_then and not is_now) as enter, count(*) filter (where is_now and not is_then) as leave
                from moved),
            listed as (
                (select id, true as enters from moved where is_then and not is_now order by title collate "und-x-icu", id offset {first} limit {count})
                union all
                (select moved.id, false from moved join products p on p.id = moved.id where is_now and not is_then order by p.title collate "und-x-icu", moved.id offset {first} limit {count}))
            select c.now, c.later, c.enter, c.leave, l.id, l.enters, s.title, s.thumbnail_url, s.stock, s.min_price, s.max_price
            from counted c left join (listed l join product_summaries s on s.product_id = l.id) on true order by s.title collate "und-x-icu", l.id
            """;
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Compiling such a question takes longer than asking it.
        await using (var plain = new NpgsqlCommand("set local jit = off", connection, transaction))
            await plain.ExecuteNonQueryAsync(cancel);
        await using var command = sql.Command(connection, text);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var (entering, leaving) = (new List<MovedProduct>(), new List<MovedProduct>());
        (long Now, long Then, long Enter, long Leave) counts = default;
        while (await reader.ReadAsync(cancel))
        {
            counts = (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
            if (reader.IsDBNull(4))
                continue;
            (reader.GetBoolean(5) ? entering : leaving).Add(new(
                reader.GetInt64(4), reader.GetString(6), reader.IsDBNull(7) ? null : reader.GetString(7), reader.IsDBNull(8) ? null : reader.GetInt64(8),
                reader.IsDBNull(9) ? null : reader.GetDecimal(9), reader.IsDBNull(10) ? null : reader.GetDecimal(10)));
        }
        return new(counts.Now, counts.Then, counts.Enter, counts.Leave, entering, leaving);
    }
}
