using Npgsql;

namespace CowansDashboard.Search;

/// <summary>Finds the words of a store's products that a mistyped word most likely meant.</summary>
public sealed class CorrectWord(NpgsqlDataSource database, TimeProvider clock)
{
    private const int MostWords = 5;
    private static readonly TimeSpan FullReadEvery = TimeSpan.FromMinutes(10);

    public async Task<IReadOnlyList<string>> Correct(long storeId, string typed, CancellationToken cancel)
    {
        var allowed = EditDistance.Allowed(typed.Length);
        if (allowed == 0 || typed.Length > 40 || typed.Any(letter => char.IsDigit(letter) || char.IsWhiteSpace(letter)))
            return [];
        await KeepWords(storeId, cancel);

        // Two swapped letters are two edits for levenshtein(); the exact measure follows here.
        await using var command = database.CreateCommand("""
            select word from search_words
            where store_id = $1 and char_length(word) >= char_length($2) - $3
              and (levenshtein_less_equal(word, $2, $3 + 1) <= $3 + 1
                or (char_length($2) >= 5 and levenshtein_less_equal(left(word, char_length($2)), $2, 2) <= 2))
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = typed });
        command.Parameters.Add(new() { Value = allowed });
        var found = new List<(string Word, int Distance)>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var word = reader.GetString(0);
            // Half a word with a slip in it counts as a slip more than a whole word.
            var starts = Enumerable.Range(typed.Length - 1, 3).Where(length => length < word.Length).Select(length => EditDistance.Between(word[..length], typed) + 1);
            found.Add((word, starts.Prepend(EditDistance.Between(word, typed)).Min()));
        }
        var best = found.Select(each => each.Distance).DefaultIfEmpty(int.MaxValue).Min();
        return best > allowed + 1 || (best > allowed && typed.Length < 5)
            ? []
            : [.. found.Where(each => each.Distance == best).Select(each => each.Word).Order(StringComparer.Ordinal).Take(MostWords)];
    }

    // New products are read at once; the new words of changed ones wait for the next full read, which takes half a
    // second for 300,000 products and happens only when a search finds a word nowhere.
    private async Task KeepWords(long storeId, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var claim = new NpgsqlCommand("""
            with newest as (select coalesce(max(product_id), 0) as id from product_summaries)
            insert into search_words_state as state (store_id, read_until, read_all_at)
            select $1, id, $2 from newest
            on conflict (store_id) do update set
                read_until = excluded.read_until,
                read_all_at = case when state.read_all_at < $3 then excluded.read_all_at else state.read_all_at end
            where state.read_all_at < $3 or state.read_until < excluded.read_until
            returning coalesce((select before.read_until from search_words_state before where before.store_id = $1 and before.read_all_at >= $3), 0)
            """, connection);
        claim.Parameters.Add(new() { Value = storeId });
        claim.Parameters.Add(new() { Value = now });
        claim.Parameters.Add(new() { Value = now - FullReadEvery });
        if (await claim.ExecuteScalarAsync(cancel) is not long since)
            return;

        await using var read = new NpgsqlCommand("""
            insert into search_words (store_id, word)
            select distinct $1::bigint, word
            from (
                select part as text from product_summaries, unnest(string_to_array(lower(title), ' ')) part where store_id = $1 and product_id > $2
                union
                select lower(vendor) from product_summaries where store_id = $1 and product_id > $2
                union
                select lower(product_type) from product_summaries where store_id = $1 and product_id > $2
                union
                select lower(tag) from product_summaries, unnest(tags) tag where store_id = $1 and product_id > $2
            ) texts, regexp_split_to_table(unaccent(texts.text), '[^[:alnum:]]+') word
            where char_length(word) between 3 and 40 and word !~ '[0-9]'
            on conflict do nothing
            """, connection);
        read.Parameters.Add(new() { Value = storeId });
        read.Parameters.Add(new() { Value = since });
        await read.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
    }
}
