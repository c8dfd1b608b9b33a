using System.Text.Json.Nodes;
using Npgsql;

namespace CowansDashboard.Conflicts.Rules;

/// <summary>A row whose fields may be owned: what of it the rules look at.</summary>
public sealed record RuleSubject(long EntityId, long ProductId, string? Namespace, string? Key)
{
    public static RuleSubject Of(long entityId, long productId, JsonObject row) =>
        new(entityId, productId, row["namespace"]?.GetValue<string>(), row["key"]?.GetValue<string>());
}

/// <summary>Reads what is needed to say who owns the fields of some rows: their products' vendors and collections, and how often ours was put back today.</summary>
public static class ReadOwners
{
    public static async Task<Owners> Of(NpgsqlConnection connection, string entity, OwnershipRules rules, IReadOnlyList<RuleSubject> subjects, CancellationToken cancel)
    {
        if (rules.All.Count == 0)
            return new Owners(entity, rules, new(), new());
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new("""
            select p.id, p.vendor, array(select m.collection_id from collection_members m where m.product_id = p.id and m.mark <> 2)
            from products p where p.id = any($1)
            """) { Parameters = { new() { Value = subjects.Select(subject => subject.ProductId).Distinct().ToArray() } } });
        batch.BatchCommands.Add(new("""
            select entity_id, field, count(*)::int from conflicts
            where entity = $1 and entity_id = any($2) and closed_as = 'rule-reclaimed' and detected_at > now() - interval '1 day'
            group by entity_id, field
            """) { Parameters = { new() { Value = entity }, new() { Value = subjects.Select(subject => subject.EntityId).ToArray() } } });
        var products = new Dictionary<long, (string, long[])>();
        var reclaimed = new Dictionary<(long, string), int>();
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            products[reader.GetInt64(0)] = (reader.GetString(1), reader.GetFieldValue<long[]>(2));
        await reader.NextResultAsync(cancel);
        while (await reader.ReadAsync(cancel))
            reclaimed[(reader.GetInt64(0), reader.GetString(1))] = reader.GetInt32(2);
        return new Owners(entity, rules, products, reclaimed);
    }
}

/// <summary>Who owns the fields of the rows that were read.</summary>
public sealed class Owners(
    string entity, OwnershipRules rules, Dictionary<long, (string Vendor, long[] Collections)> products, Dictionary<(long Entity, string Field), int> reclaimed)
{
    /// <summary>The fields of one row; null where there are no rules at all.</summary>
    public Func<string, FieldRule?>? Of(RuleSubject subject) => rules.All.Count == 0 ? null : field => Rule(subject, field);

    /// <summary>The rule that decides one field of one row.</summary>
    public FieldRule? Rule(RuleSubject subject, string field)
    {
        var (vendor, collections) = products.GetValueOrDefault(subject.ProductId, ("", []));
        // A collection's own fields belong to it.
        if (entity == "collection")
            collections = [subject.EntityId];
        var name = OwnedFields.Name(entity, field, subject.Key is null ? null : $"{subject.Namespace}.{subject.Key}");
        return rules.Decide(new OwnedField(name, vendor, collections, subject.Namespace)) is { } rule
            ? new FieldRule(rule.Id, rule.Owner, rule.Owner is FieldOwner.Dashboard && OwnedFields.ReclaimedOf(entity).Contains(field),
                reclaimed.GetValueOrDefault((subject.EntityId, field)) >= rule.MostPerDay)
            : null;
    }
}
