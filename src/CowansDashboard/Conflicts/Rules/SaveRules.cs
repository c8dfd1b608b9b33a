using Npgsql;

namespace CowansDashboard.Conflicts.Rules;

public abstract record SaveRulesOutcome
{
    private SaveRulesOutcome()
    {
    }

    public sealed record Saved(int Version) : SaveRulesOutcome;

    /// <summary>Somebody else saved meanwhile; nothing was written.</summary>
    public sealed record Stale(string By, DateTimeOffset At) : SaveRulesOutcome;

    public sealed record Refused(IReadOnlyList<RuleProblem> Problems) : SaveRulesOutcome;
}

/// <summary>Saves the rules of a store as a whole, unless somebody else has saved since they were read.</summary>
public sealed class SaveRules(NpgsqlDataSource database)
{
    public async Task<SaveRulesOutcome> Save(
        long storeId, IReadOnlyList<OwnershipRule> rules, int seenVersion, string? byId, string byName, CancellationToken cancel)
    {
        var problems = RuleChecks.Of(rules);
        if (problems.Count > 0)
            return new SaveRulesOutcome.Refused(problems);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var claim = new NpgsqlCommand("""
            insert into ownership_rule_lists as kept (store_id, version, saved_by_id, saved_by_name, saved_at)
            select $1, 1, $3, $4, now() where $2 = 0 or exists (select from ownership_rule_lists where store_id = $1)
            on conflict (store_id) do update set version = kept.version + 1, saved_by_id = $3, saved_by_name = $4, saved_at = now()
            where kept.version = $2
            returning version
            """, connection);
        claim.Parameters.Add(new() { Value = storeId });
        claim.Parameters.Add(new() { Value = seenVersion });
        claim.Parameters.Add(ConflictSql.Text(byId));
        claim.Parameters.Add(new() { Value = byName });
        if (await claim.ExecuteScalarAsync(cancel) is not int version)
            return await Other(connection, storeId, cancel);

        await using var write = new NpgsqlCommand("""
            with gone as (delete from ownership_rules where store_id = $1 and id <> all($2)),
            kept as (
                update ownership_rules t set position = r.position, scope = r.scope, scope_value = r.scope_value, field = r.field,
                    decision = r.decision, most_per_day = r.most_per_day, note = r.note
                from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int[], $8::text[])
                    with ordinality as r (id, scope, scope_value, field, decision, most_per_day, note, position)
                where t.id = r.id and t.store_id = $1)
            insert into ownership_rules (store_id, position, scope, scope_value, field, decision, most_per_day, note)
            select $1, r.position, r.scope, r.scope_value, r.field, r.decision, r.most_per_day, r.note
            from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int[], $8::text[])
                with ordinality as r (id, scope, scope_value, field, decision, most_per_day, note, position)
            where r.id = 0
            """, connection);
        write.Parameters.Add(new() { Value = storeId });
        write.Parameters.Add(new() { Value = rules.Select(rule => rule.Id).ToArray() });
        write.Parameters.Add(new() { Value = rules.Select(rule => rule.Scope.Text()).ToArray() });
        write.Parameters.Add(new() { Value = rules.Select(rule => rule.Scope is RuleScope.All ? "" : rule.ScopeValue.Trim()).ToArray() });
        write.Parameters.Add(new() { Value = rules.Select(rule => rule.Field).ToArray() });
        write.Parameters.Add(new() { Value = rules.Select(rule => rule.Owner.Text()).ToArray() });
        write.Parameters.Add(new() { Value = rules.Select(rule => rule.MostPerDay).ToArray() });
        write.Parameters.Add(new() { Value = rules.Select(rule => rule.Note).ToArray() });
        await write.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
        return new SaveRulesOutcome.Saved(version);
    }

    private static async Task<SaveRulesOutcome> Other(NpgsqlConnection connection, long storeId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select saved_by_name, saved_at from ownership_rule_lists where store_id = $1", connection);
        command.Parameters.Add(new() { Value = storeId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? new SaveRulesOutcome.Stale(reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1))
            : throw new InvalidOperationException("A list of rules that refuses a version exists.");
    }
}
