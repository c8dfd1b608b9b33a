using CowansDashboard.Runs;
using Npgsql;

namespace CowansDashboard.Collections.Automatic;

/// <summary>Keeps from what and how a shop's automatic collections are made. No collection is made by it.</summary>
public sealed class SaveAutomaticRule(NpgsqlDataSource database)
{
    /// <returns>What is wrong, by field, and then nothing is kept; else null.</returns>
    public async Task<(string Field, string Sentence)?> Save(long storeId, AutomaticRule rule, AskedBy by, CancellationToken cancel)
    {
        if (rule.Problem is { } problem)
            return problem;
        await using var command = database.CreateCommand("""
            insert into automatic_collection_rules (store_id, grouped_by, name_pattern, fewest_products, fewest_in_stock, left_out, is_kept, changed_by, publications, sends, changed_by_id)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, nullif($11, ''))
            on conflict (store_id, grouped_by) do update set name_pattern = excluded.name_pattern, fewest_products = excluded.fewest_products,
                fewest_in_stock = excluded.fewest_in_stock, left_out = excluded.left_out, is_kept = excluded.is_kept, changed_by = excluded.changed_by, publications = excluded.publications, sends = excluded.sends, changed_by_id = excluded.changed_by_id, changed_at = now()
            """);
        foreach (var value in new object[]
        {
            storeId, AutomaticRule.Word(rule.By), rule.NamePattern.Trim(), rule.FewestProducts, rule.FewestInStock,
            rule.LeftOut.Distinct(StringComparer.OrdinalIgnoreCase).ToArray(), rule.IsKept, by.Name, rule.Publications.Distinct().ToArray(), rule.Sends, by.Id ?? "",
        })
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancel);
        return null;
    }
}
