using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Sync.Push;

/// <summary>The path of a plan, why, and what it takes, in the database.</summary>
internal static class PlannedPaths
{
    public static async Task Write(NpgsqlConnection connection, long planId, PushLoad load, PlannedPath path, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            update push_plans set path = $2, reason = $3, seconds = $4, other_seconds = $5, plain_calls = $6, plain_points = $7, whole_calls = $8, whole_points = $9, looks = $10
            where id = $1
            """, connection);
        command.Parameters.Add(new() { Value = planId });
        command.Parameters.Add(new() { Value = path.Path });
        command.Parameters.Add(new() { Value = path.Reason });
        command.Parameters.Add(new() { Value = path.Seconds });
        command.Parameters.Add(new() { Value = (object?)path.OtherSeconds ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Double });
        command.Parameters.Add(new() { Value = load.PlainCalls });
        command.Parameters.Add(new() { Value = load.PlainPoints });
        command.Parameters.Add(new() { Value = load.WholeCalls });
        command.Parameters.Add(new() { Value = load.WholePoints });
        command.Parameters.Add(new() { Value = load.Looks });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
