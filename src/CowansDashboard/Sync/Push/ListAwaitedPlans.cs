using Npgsql;

namespace CowansDashboard.Sync.Push;

/// <summary>A push plan that a second person has to approve before it is sent.</summary>
public sealed record AwaitedPlan(long Id, string Title, int Products, string MadeBy, DateTime MadeAt)
{
    public int Collections { get; init; }
}

/// <summary>Names the push plans that wait for a second person, without counting what is in them.</summary>
public sealed class ListAwaitedPlans(NpgsqlDataSource database)
{
    public async Task<IReadOnlyList<AwaitedPlan>> List(long storeId, int most, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"select p.id, p.title, p.products, p.made_by_name, p.made_at, p.collections from push_plans p {ReadPushPlan.Awaited}");
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = most });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var plans = new List<AwaitedPlan>();
        while (await reader.ReadAsync(cancel))
            plans.Add(new AwaitedPlan(reader.GetInt64(0), reader.GetString(1), reader.GetInt32(2), reader.GetString(3), reader.GetDateTime(4)) { Collections = reader.GetInt32(5) });
        return plans;
    }
}
