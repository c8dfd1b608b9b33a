using Npgsql;

namespace CowansDashboard.Sync.Push;

/// <summary>The hash of all that a plan would send and of its path. An approval belongs to it, so that any change voids it.</summary>
public static class PlanHash
{
    private const string Of = """
        sha256(convert_to(p.path || coalesce((
            select string_agg(encode(sha256(convert_to(i.entity || ':' || i.entity_id || ':' || i.kind || ':' || i.fields::text, 'UTF8')), 'hex'), '' order by i.id)
            from push_items i where i.plan_id = p.id and not i.excluded), ''), 'UTF8'))
        """;

    public static async Task Write(NpgsqlConnection connection, long planId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"update push_plans p set hash = {Of} where p.id = $1", connection);
        command.Parameters.Add(new() { Value = planId });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Whether the items still are what the plan's hash was made of, whoever has touched them.</summary>
    public static async Task<bool> Holds(NpgsqlConnection connection, long planId, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select p.hash = {Of} from push_plans p where p.id = $1", connection);
        command.Parameters.Add(new() { Value = planId });
        return await command.ExecuteScalarAsync(cancel) is true;
    }
}
