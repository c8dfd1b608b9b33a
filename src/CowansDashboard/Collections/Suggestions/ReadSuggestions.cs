using System.Collections.Concurrent;
using System.Text.Json;
using CowansDashboard.Catalog.Categories;
using CowansDashboard.Collections.Conditions;
using CowansDashboard.Collections.Suggestions.Asking;
using CowansDashboard.History;
using Npgsql;

namespace CowansDashboard.Collections.Suggestions;

/// <summary>A suggestion that somebody does not want.</summary>
public sealed record DeclinedSuggestion(string Key, string Title, string By, DateTimeOffset At);

/// <param name="Suggestions">Those that nobody declined, the surest first.</param>
/// <param name="Products">From how many products they come.</param>
/// <param name="Declined">The latest first, also those that would not be made any more.</param>
public sealed record FoundSuggestions(IReadOnlyList<Suggestion> Suggestions, long Products, IReadOnlyList<DeclinedSuggestion> Declined)
{
    public Suggestion? Find(string key) => Suggestions.FirstOrDefault(one => one.Key == key);
}

/// <summary>
/// Reads the products and collections of a shop once and suggests what could be done to types and collections. As long as nothing has
/// changed whoever asks shares what was found, also while it is still looked for.
/// </summary>
public sealed class ReadSuggestions(NpgsqlDataSource database, TimeProvider clock)
{
    // A few changes leave no trace in the history, such as a product that a webhook brought.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<long, Shared> _shared = new();

    public async Task<FoundSuggestions> Read(long storeId, CancellationToken cancel)
    {
        var made = await Look(storeId, cancel);
        var declined = await Declined(storeId, cancel);
        var keys = declined.Select(one => one.Key).ToHashSet(StringComparer.Ordinal);
        return new([.. made.All.Where(one => !keys.Contains(one.Key))], made.Products, declined);
    }

    private async Task<Looked> Look(long storeId, CancellationToken cancel)
    {
        var shared = _shared.GetOrAdd(storeId, _ => new Shared());
        await shared.Turn.WaitAsync(cancel);
        try
        {
            var state = await State(storeId, cancel);
            if (shared.Last is { } last && last.State == state && clock.GetElapsedTime(last.At) < Longest)
                return last;
            var from = await From(storeId, cancel);
            var shop = new ReadShop(from);
            var made = Suggest.From(shop);
            if (await Proposed(storeId, cancel) is var (model, proposals))
                made = HoldAgainstShop.Hold(made, proposals, shop, model);
            return shared.Last = new Looked(made, from.Products.Count, state, clock.GetTimestamp());
        }
        finally
        {
            shared.Turn.Release();
        }
    }

    /// <summary>Another one wherever the history has grown, a pull has ended or a model has answered.</summary>
    private async Task<(long ChangeSet, DateTime AsOf, long Answer)> State(long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select coalesce((select max(id) from change_sets where store_id = $1), 0), (select data_as_of from stores where id = $1),
                coalesce((select max(id) from suggestion_asks where store_id = $1 and problem is null), 0)
            """);
        command.Parameters.Add(new() { Value = storeId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return (reader.GetInt64(0), reader.IsDBNull(1) ? default : reader.GetDateTime(1), reader.GetInt64(2));
    }

    internal async Task<SuggestedFrom> From(long storeId, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var batch = new NpgsqlBatch(connection);
        // Those that are gone in Shopify, or are being removed here, are no reason for anything.
        Add("""
            select s.product_id, s.title, s.product_type, s.vendor, s.tags, s.category_id, s.min_price,
                coalesce(m.collections, '{}')
            from product_summaries s
            left join (
                select product_id, array_agg(collection_id order by collection_id) as collections from collection_members where store_id = $1 and mark <> 2 group by 1) m on m.product_id = s.product_id
            where s.store_id = $1 and s.sync_state <> 4 order by s.product_id
            """);
        Add("""
            select c.id, c.title, s.source_type, s.definition::text from collections c
            left join collection_sources s on s.collection_id = c.id and s.deleted_at is null
            where c.store_id = $1 and c.deleted_at is null and c.removal is null order by c.id, s.position, s.id
            """);
        Add("select t.id, t.full_name, t.id in (select category_id from product_summaries where store_id = $1 and category_id is not null) from taxonomy_categories t where not t.is_archived order by t.id");
        Add($"""
            select c.id, c.version, (select array_agg(n.name order by length(n.path)) from categories n where n.id = any (string_to_array(trim(both '/' from c.path), '/')::bigint[])),
                array(select s.category_id from product_categories h join product_summaries s on s.product_id = h.product_id and s.sync_state <> 4 where h.category_id = c.id order by s.product_id)
            from categories c where c.store_id = $1 and c.deleted_at is null and ({AssignProducts.EffectiveTaxonomy}) is null order by c.id
            """);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var products = new List<SuggestedProduct>();
        while (await reader.ReadAsync(cancel))
            products.Add(new(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3))
            {
                Tags = reader.GetFieldValue<string[]>(4),
                Category = reader.IsDBNull(5) ? null : reader.GetString(5),
                Price = reader.IsDBNull(6) ? null : reader.GetDecimal(6),
                Collections = reader.GetFieldValue<long[]>(7),
            });
        await reader.NextResultAsync(cancel);
        var collections = new List<(long Id, string Title, CollectionSource? Source)>();
        while (await reader.ReadAsync(cancel))
            collections.Add((reader.GetInt64(0), reader.GetString(1), reader.IsDBNull(2) ? null : SourceReading.Read(reader.GetString(2), JsonSerializer.Deserialize<JsonElement>(reader.GetString(3)))));
        await reader.NextResultAsync(cancel);
        var (categories, taxonomy) = (new Dictionary<string, string>(), new List<TaxonomyEntry>());
        while (await reader.ReadAsync(cancel))
        {
            taxonomy.Add(new(reader.GetString(0), reader.GetString(1)));
            if (reader.GetBoolean(2))
                categories[reader.GetString(0)] = reader.GetString(1);
        }
        await reader.NextResultAsync(cancel);
        var unmapped = new List<OwnCategory>();
        while (await reader.ReadAsync(cancel))
            unmapped.Add(new(reader.GetInt64(0), reader.GetInt32(1), reader.GetFieldValue<string[]>(2), reader.GetFieldValue<string?[]>(3)));
        await reader.DisposeAsync();
        return new(products, [.. collections.GroupBy(one => (one.Id, one.Title)).Select(one => new StandingCollection(one.Key.Id, one.Key.Title, [.. one.Select(each => each.Source).OfType<CollectionSource>()]))],
            await StoreCurrency.Read(connection, storeId, cancel)) { Categories = categories, Taxonomy = taxonomy, Unmapped = unmapped };

        void Add(string sql) => batch.BatchCommands.Add(new(sql) { Parameters = { new() { Value = storeId } } });
    }

    /// <summary>What the model proposed that answered last; null where none has.</summary>
    private async Task<(string Model, ModelProposals Proposals)?> Proposed(long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select model, answer::text from suggestion_asks where store_id = $1 and problem is null order by id desc limit 1");
        command.Parameters.Add(new() { Value = storeId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) && ModelProposals.Read(reader.GetString(1)) is { } proposals ? (reader.GetString(0), proposals) : null;
    }

    private async Task<List<DeclinedSuggestion>> Declined(long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select key, title, declined_by, declined_at from suggestions_declined where store_id = $1 order by declined_at desc, key");
        command.Parameters.Add(new() { Value = storeId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var declined = new List<DeclinedSuggestion>();
        while (await reader.ReadAsync(cancel))
            declined.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3)));
        return declined;
    }

    private sealed record Looked(IReadOnlyList<Suggestion> All, long Products, (long, DateTime, long) State, long At);

    private sealed class Shared
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);

        public Looked? Last { get; set; }
    }
}
