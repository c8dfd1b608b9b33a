using CowansDashboard.Runs;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Sync.Push;

public abstract record ApprovePushOutcome
{
    private ApprovePushOutcome()
    {
    }

    public sealed record Approved : ApprovePushOutcome;

    /// <summary>Somebody altered the plan after it was shown: look again.</summary>
    public sealed record Altered : ApprovePushOutcome;

    /// <summary>Who made a plan that needs approval cannot approve it.</summary>
    public sealed record OwnPlan(string Sentence) : ApprovePushOutcome;
}

/// <summary>Approves a plan as it was shown: the approval belongs to the hash.</summary>
public sealed class ApprovePush(NpgsqlDataSource database)
{
    public async Task<ApprovePushOutcome> Approve(long storeId, long planId, string hash, AskedBy by, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            with plan as (select id, encode(hash, 'hex') = $3 as same, needs_approval and made_by_id is not distinct from $4 as own from push_plans where id = $1 and store_id = $2 for update),
            approved as (
                update push_plans p set approved_hash = p.hash, approved_by_id = $4, approved_by_name = $5, approved_at = now()
                from plan where p.id = plan.id and plan.same and not plan.own returning p.id)
            select plan.same, plan.own from plan left join approved on true
            """);
        command.Parameters.Add(new() { Value = planId });
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = hash });
        command.Parameters.Add(new() { Value = (object?)by.Id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = by.Name });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel) || !reader.GetBoolean(0))
            return new ApprovePushOutcome.Altered();
        return reader.GetBoolean(1)
            ? new ApprovePushOutcome.OwnPlan("This plan needs a second person’s approval.")
            : new ApprovePushOutcome.Approved();
    }
}
