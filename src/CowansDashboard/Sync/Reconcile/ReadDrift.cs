using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Sync.Reconcile;

/// <summary>What a difference is about, as people look for it.</summary>
public enum DriftGroup
{
    Stock,
    Membership,
    Media,
    Other,
}

public enum DriftState
{
    /// <summary>It differs now.</summary>
    Open,
    Repaired,

    /// <summary>An edit here waits for Shopify or for a decision; it was not overwritten.</summary>
    Kept,

    /// <summary>It agreed again by other means, a webhook or a pull.</summary>
    Settled,
}

/// <summary>One field in which the copy differs from Shopify, or differed.</summary>
public sealed record DriftRow(long Id, string Entity, string Field, DriftState State, DateTimeOffset FoundAt, long RunId)
{
    public long? ProductId { get; init; }
    public string? Product { get; init; }
    public string? Image { get; init; }

    /// <summary>Which of them: a location, a collection, a metafield's name.</summary>
    public string? About { get; init; }

    public JsonNode? Theirs { get; init; }
    public JsonNode? Ours { get; init; }

    /// <summary>Shopify's own time of the last change, as far as it tells one and that can be.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>When the copy was last read whole before it was found to differ; where Shopify tells no time that can be, it differs since then at the earliest.</summary>
    public DateTimeOffset? EqualAt { get; init; }

    /// <summary>How many of what differs now are read again and taken in with this one, itself included: all of its product, or of its collection.</summary>
    public int Together { get; init; }

    /// <summary>It stands in a collection, which is read again with all its members.</summary>
    public bool IsOfCollection { get; init; }

    public string? By { get; init; }
    public DateTimeOffset? SettledAt { get; init; }
}

/// <summary>A comparison that has ended.</summary>
public sealed record ComparisonDone(long RunId, DateTimeOffset EndedAt, TimeSpan Took, bool TakesIn, bool IsWhole, long Fields, long Repaired, long Noted, long Kept);

/// <summary>How far the copy agrees with Shopify.</summary>
public sealed record DriftSummary(bool TakesIn, bool EverPulled, ComparisonDone? LastFull, ComparisonDone? LastQuick, IReadOnlyDictionary<DriftGroup, long> Open, IReadOnlyDictionary<DriftGroup, long> Found)
{
    public long OpenNow => Open.Values.Sum();
}

/// <summary>Reads what differs from Shopify and what differed.</summary>
public sealed class ReadDrift(NpgsqlDataSource database)
{
    private const string Group = "case d.entity when 'inventory level' then 'Stock' when 'collection member' then 'Membership' when 'media' then 'Media' else 'Other' end";

    public async Task<long> CountOpen(long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select count(*) from drift where store_id = $1 and state = 'open'");
        command.Parameters.Add(new() { Value = storeId });
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <param name="storeId">The shop.</param>
    /// <param name="foundSince">What was found and is over counts from then on.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<DriftSummary> Summary(long storeId, DateTimeOffset foundSince, CancellationToken cancel)
    {
        bool takesIn, pulled;
        await using (var command = database.CreateCommand("select drift_takes_in, incremental_since is not null from stores where id = $1"))
        {
            command.Parameters.Add(new() { Value = storeId });
            await using var reader = await command.ExecuteReaderAsync(cancel);
            await reader.ReadAsync(cancel);
            (takesIn, pulled) = (reader.GetBoolean(0), reader.GetBoolean(1));
        }
        return new DriftSummary(takesIn, pulled, await Last(storeId, "full", cancel), await Last(storeId, "quick", cancel),
            await Groups(storeId, "d.state = 'open'", foundSince, cancel), await Groups(storeId, "d.state in ('repaired', 'kept') and d.settled_at >= $2", foundSince, cancel));
    }

    /// <param name="storeId">The shop.</param>
    /// <param name="open">What differs now; otherwise what comparisons found and is over.</param>
    /// <param name="group">Only these.</param>
    /// <param name="before">Rows with a smaller id; the newest first.</param>
    /// <param name="limit">How many.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<IReadOnlyList<DriftRow>> List(long storeId, bool open, DriftGroup? group, long? before, int limit, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"""
            with page as materialized (
                select d.* from drift d
                where d.store_id = $1 and d.state = any($2) and ($3::text is null or {Group} = $3) and ($4::bigint is null or d.id < $4)
                order by d.id desc limit $5),
            of_products as (
                select product_shopify_id, count(*) as n from drift
                where store_id = $1 and state = 'open' and collection_shopify_id is null and product_shopify_id in (select product_shopify_id from page where state = 'open') group by 1),
            of_collections as (
                select collection_shopify_id, count(*) as n from drift
                where store_id = $1 and state = 'open' and collection_shopify_id in (select collection_shopify_id from page where state = 'open') group by 1)
            select d.id, d.entity, d.field, d.state, d.found_at, d.run_id, d.product_id, p.title, m.thumbnail_url, d.about, d.theirs::text, d.ours::text, d.since, d.made_by, d.settled_at, d.equal_at,
                coalesce(a.n, 0) + coalesce(b.n, 0), d.collection_shopify_id is not null
            from page d
            left join products p on p.id = d.product_id
            left join product_summaries m on m.product_id = p.id
            left join of_products a on a.product_shopify_id = d.product_shopify_id
            left join of_collections b on b.collection_shopify_id = d.collection_shopify_id
            order by d.id desc
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = open ? new[] { "open" } : ["repaired", "kept"] });
        command.Parameters.Add(new() { Value = (object?)group?.ToString() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)before ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = limit });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<DriftRow>();
        while (await reader.ReadAsync(cancel))
            rows.Add(new DriftRow(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), Enum.Parse<DriftState>(reader.GetString(3), ignoreCase: true), reader.GetFieldValue<DateTimeOffset>(4), reader.GetInt64(5))
            {
                ProductId = reader.IsDBNull(7) ? null : reader.GetInt64(6),
                Product = Text(reader, 7),
                Image = Text(reader, 8),
                About = Text(reader, 9),
                Theirs = Text(reader, 10) is { } theirs ? JsonNode.Parse(theirs) : null,
                Ours = Text(reader, 11) is { } ours ? JsonNode.Parse(ours) : null,
                // Shopify's time moves with some changes only: one from before the copy agreed is of an earlier change.
                Since = Time(reader, 12) is { } since && (Time(reader, 15) is not { } equal || since >= equal) ? since : null,
                EqualAt = Time(reader, 15),
                Together = Math.Max(1, (int)reader.GetInt64(16)),
                IsOfCollection = reader.GetBoolean(17),
                By = Text(reader, 13),
                SettledAt = Time(reader, 14),
            });
        return rows;
    }

    private async Task<ComparisonDone?> Last(long storeId, string depth, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select c.run_id, c.ended_at, c.ended_at - c.began_at, c.takes_in, c.is_whole, c.fields,
                count(d.id) filter (where d.state = 'repaired'), count(d.id) filter (where d.state in ('open', 'settled')), count(d.id) filter (where d.state = 'kept')
            from (select * from comparisons where store_id = $1 and depth = $2 and ended_at is not null order by run_id desc limit 1) c
            left join drift d on d.run_id = c.run_id group by 1, 2, 3, 4, 5, 6
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = depth });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? new ComparisonDone(reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetTimeSpan(2), reader.GetBoolean(3), reader.GetBoolean(4), reader.GetInt64(5),
                reader.GetInt64(6), reader.GetInt64(7), reader.GetInt64(8))
            : null;
    }

    private async Task<IReadOnlyDictionary<DriftGroup, long>> Groups(long storeId, string condition, DateTimeOffset since, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"select {Group}, count(*) from drift d where d.store_id = $1 and {condition} and $2::timestamptz is not null group by 1");
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = since.ToUniversalTime() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var groups = new Dictionary<DriftGroup, long>();
        while (await reader.ReadAsync(cancel))
            groups[Enum.Parse<DriftGroup>(reader.GetString(0))] = reader.GetInt64(1);
        return groups;
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
