using Npgsql;

namespace CowansDashboard.Schedules;

/// <summary>A schedule whose start or end has come.</summary>
internal sealed record DueMove(long ScheduleId, bool IsStart, DateTimeOffset At)
{
    /// <summary>A condition on a schedule s, at the moment $1: it has to begin, to go on beginning, or to end. One that nobody approved in time waits for that.</summary>
    public const string IsDue = """
        (s.state = 'starting' or s.state = 'ending' or s.state = 'active' and s.ends_at <= $1 or s.state = 'planned' and s.starts_at <= $1
            and (s.held_at is null or s.ends_at <= $1 or exists (select from bulk_previews p where p.id = s.preview_id and p.approved_at is not null)))
        """;

    /// <summary>What is due in a shop in the order of time; at one moment ends come before starts, so that one follows the other without both.</summary>
    public static async Task<IReadOnlyList<DueMove>> List(NpgsqlDataSource database, long storeId, DateTimeOffset now, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"""
            select id, state in ('planned', 'starting'), case when state in ('planned', 'starting') then starts_at else coalesce(ends_at, starts_at) end
            from schedules s where store_id = $2 and {IsDue} order by 3, 2, 1
            """);
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = storeId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var moves = new List<DueMove>();
        while (await reader.ReadAsync(cancel))
            moves.Add(new(reader.GetInt64(0), reader.GetBoolean(1), reader.GetFieldValue<DateTimeOffset>(2)));
        return moves;
    }
}
