using Npgsql;

namespace CowansDashboard.Conflicts.Rules;

/// <summary>The rules of a shop as they were saved, with the version that a change must name.</summary>
public sealed record SavedRules(OwnershipRules Rules, int Version, string? SavedBy, DateTimeOffset? SavedAt);

/// <summary>Reads the ownership rules of a store in their order.</summary>
public sealed class ReadRules(NpgsqlDataSource database)
{
    public async Task<SavedRules> Read(long storeId, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        // The version first: rules saved in between then look older than they are, and a save of them is refused.
        await using var list = new NpgsqlCommand("select version, saved_by_name, saved_at from ownership_rule_lists where store_id = $1", connection);
        list.Parameters.Add(new() { Value = storeId });
        var (version, by, at) = (0, (string?)null, (DateTimeOffset?)null);
        await using (var reader = await list.ExecuteReaderAsync(cancel))
            if (await reader.ReadAsync(cancel))
                (version, by, at) = (reader.GetInt32(0), reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2));
        return new(await RuleRows.Of(connection, storeId, cancel), version, by, at);
    }
}

/// <summary>The rules as rows, also for a merge that holds its own transaction.</summary>
public static class RuleRows
{
    public static async Task<OwnershipRules> Of(NpgsqlConnection connection, long storeId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "select id, scope, scope_value, field, decision, most_per_day, note from ownership_rules where store_id = $1 order by position, id", connection);
        command.Parameters.Add(new() { Value = storeId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rules = new List<OwnershipRule>();
        while (await reader.ReadAsync(cancel))
            rules.Add(new(reader.GetInt64(0), RuleNames.Scope(reader.GetString(1)), reader.GetString(2), reader.GetString(3),
                RuleNames.Owner(reader.GetString(4)), reader.GetInt32(5), reader.GetString(6)));
        return rules.Count == 0 ? OwnershipRules.None : new(rules);
    }
}
