using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Runs;

/// <summary>Asks all unfinished runs of a store to pause for a reason that concerns them all; a person lets them go on.</summary>
public sealed class PauseRuns
{
    private readonly AskRun _ask;

    private readonly NpgsqlDataSource _database;

    internal PauseRuns(AskRun ask, NpgsqlDataSource database) => (_ask, _database) = (ask, database);

    public async Task Pause(long storeId, string reason, CancellationToken cancel)
    {
        foreach (var id in await Unfinished(storeId, cancel))
            await _ask.Ask(id, RunStatusMoves.AskToPause, status => $"A run that is {status.Text()} cannot be paused.",
                "reason = $3, asked_to_stop_at = now(), resume_at = null", new NpgsqlParameter { Value = reason, NpgsqlDbType = NpgsqlDbType.Text },
                _ => Task.FromResult<IDisposable?>(null), cancel);
        // One that had paused itself until a time would go on by itself.
        await using var hold = _database.CreateCommand("update runs set resume_at = null, reason = $2 where store_id = $1 and status = 'paused' and resume_at is not null");
        hold.Parameters.Add(new() { Value = storeId });
        hold.Parameters.Add(new() { Value = reason });
        await hold.ExecuteNonQueryAsync(cancel);
    }

    private async Task<List<long>> Unfinished(long storeId, CancellationToken cancel)
    {
        await using var command = _database.CreateCommand("select id from runs where store_id = $1 and status not in ('succeeded', 'failed', 'cancelled', 'paused', 'pausing') order by id");
        command.Parameters.Add(new() { Value = storeId });
        var ids = new List<long>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            ids.Add(reader.GetInt64(0));
        return ids;
    }
}
