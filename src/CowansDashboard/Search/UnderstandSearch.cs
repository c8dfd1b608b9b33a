using System.Globalization;
using Npgsql;

namespace CowansDashboard.Search;

/// <summary>Turns what a person typed into terms: exact hits by SKU, barcode, handle or id first, and a word found nowhere corrected.</summary>
public sealed class UnderstandSearch(NpgsqlDataSource database, CorrectWord correct)
{
    public async Task<SearchTerms?> Understand(long storeId, string search, CancellationToken cancel)
    {
        if (search.Length == 0)
            return null;
        var phrase = await Normal(search, cancel);
        var terms = SearchTerm.Split(phrase);
        if (terms.Count == 0)
            return null;
        var exact = await Exact(storeId, search, phrase, cancel);
        return new(phrase, exact.Length > 0 ? terms : await Corrected(storeId, terms, cancel), exact);
    }

    // The very function that wrote search_text, so that both sides lose the same accents.
    private async Task<string> Normal(string search, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select lower(unaccent($1))");
        command.Parameters.Add(new() { Value = search });
        return ((string)(await command.ExecuteScalarAsync(cancel))!).Trim();
    }

    private async Task<long[]> Exact(long storeId, string search, string phrase, CancellationToken cancel)
    {
        const int Most = 50;
        var sql = new SqlParameters();
        var (store, spelled, normal) = (sql.Add(storeId), sql.Add<string[]>([search, phrase, search.ToUpperInvariant()]), sql.Add(phrase));
        var text = $"""
            select id from products where store_id = {store} and handle = {normal} and deleted_at is null
            union select product_id from variants where store_id = {store} and sku = any({spelled}) and deleted_at is null
            """;
        if (ShopifyId(phrase) is { } id)
            text += $"""

                union select id from products where store_id = {store} and shopify_id = {sql.Add(id)} and deleted_at is null
                union select product_id from variants where store_id = {store} and shopify_id = {sql.Add(id)} and deleted_at is null
                """;
        // No index on barcodes: the trigram index names the few products that can hold it.
        if (phrase.Length >= 4 && phrase.Any(char.IsDigit) && !phrase.Contains(' ', StringComparison.Ordinal))
            text += $"""

                union select v.product_id from variants v
                where v.deleted_at is null and (lower(v.barcode) = {normal} or lower(v.sku) = {normal}) and v.product_id in (
                    select product_id from product_summaries where store_id = {store} and search_text like {sql.Add(LikePattern.Containing(phrase))} limit 200)
                """;
        await using var command = sql.Command(database, text + $" limit {Most}");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var ids = new List<long>();
        while (await reader.ReadAsync(cancel))
            ids.Add(reader.GetInt64(0));
        return [.. ids];
    }

    private async Task<IReadOnlyList<SearchTerm>> Corrected(long storeId, IReadOnlyList<SearchTerm> terms, CancellationToken cancel)
    {
        await using var batch = database.CreateBatch();
        foreach (var term in terms)
            batch.BatchCommands.Add(new("select exists (select 1 from product_summaries where store_id = $1 and search_text like $2)")
            {
                Parameters = { new() { Value = storeId }, new() { Value = LikePattern.Containing(term.Typed) } },
            });
        var found = new List<bool>();
        await using (var reader = await batch.ExecuteReaderAsync(cancel))
        {
            do
            {
                await reader.ReadAsync(cancel);
                found.Add(reader.GetBoolean(0));
            }
            while (await reader.NextResultAsync(cancel));
        }

        var corrected = new List<SearchTerm>();
        foreach (var (term, exists) in terms.Zip(found))
        {
            var words = exists ? [] : await correct.Correct(storeId, term.Typed, cancel);
            corrected.Add(words.Count == 0 ? term : term with { Words = words });
        }
        return corrected;
    }

    private static long? ShopifyId(string phrase)
    {
        var digits = phrase.StartsWith("gid://shopify/", StringComparison.Ordinal) ? phrase[(phrase.LastIndexOf('/') + 1)..] : phrase;
        return digits.Length >= 6 && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
    }
}
