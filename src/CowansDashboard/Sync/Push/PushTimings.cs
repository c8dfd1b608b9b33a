using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Sync.Push;

/// <summary>What earlier pushes of a store took, in the database.</summary>
public static class PushTimings
{
    private const int BulkOnes = 3;

    /// <summary>The latest direct push and the latest few bulk ones.</summary>
    public static async Task<IReadOnlyList<PushTiming>> Latest(NpgsqlDataSource database, long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select path, plain_calls, plain_points, whole_calls, whole_points, seconds, restore_rate, available, own_seconds, stages::text from (
                select *, row_number() over (partition by path order by id desc) as n from push_timings where store_id = $1 and restore_rate is not null) t
            where n <= case when path = 'bulk' then $2 else 1 end order by id
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = BulkOnes });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var timings = new List<PushTiming>();
        while (await reader.ReadAsync(cancel))
            timings.Add(new PushTiming(reader.GetString(0), new PushLoad(reader.GetInt32(1), reader.GetDouble(2), reader.GetInt32(3), reader.GetDouble(4)), reader.GetDouble(5),
                reader.GetDouble(6), reader.GetDouble(7), reader.IsDBNull(8) ? null : reader.GetDouble(8))
            {
                Stages = reader.IsDBNull(9) ? null : JsonNode.Parse(reader.GetString(9)) as JsonObject,
            });
        return timings;
    }

    /// <summary>Notes a push that went through in one go.</summary>
    public static async Task Note(NpgsqlConnection connection, long planId, long runId, PushTiming timing, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            insert into push_timings (store_id, path, run_id, operations, points, forecast_seconds, seconds, plain_calls, plain_points, whole_calls, whole_points,
                restore_rate, available, own_seconds, stages)
            select store_id, path, $2, operations, points, seconds, $3, plain_calls, plain_points, whole_calls, whole_points, $4, $5, $6, $7
            from push_plans where id = $1 and operations > 0
            """, connection);
        command.Parameters.Add(new() { Value = planId });
        command.Parameters.Add(new() { Value = runId });
        command.Parameters.Add(new() { Value = timing.Seconds });
        command.Parameters.Add(new() { Value = timing.RestoreRate });
        command.Parameters.Add(new() { Value = timing.Available });
        command.Parameters.Add(new() { Value = (object?)timing.OwnSeconds ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Double });
        command.Parameters.Add(new() { Value = (object?)timing.Stages?.ToJsonString() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Jsonb });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
