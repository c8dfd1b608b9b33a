using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Stores;

/// <summary>Notes that a shop lets us in no more, and why: nothing is asked of it until a test of its connection passes or it is connected anew.</summary>
public sealed partial class LoseConnection(NpgsqlDataSource database, ILogger<LoseConnection> log)
{
    public async Task Lose(long storeId, string reason, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            update stores set connection_lost_at = now(), connection_lost_reason = $2, updated_at = now()
            where id = $1 and deleted_at is null and connection_lost_at is null
            """);
        command.Parameters.Add(new() { Value = storeId });
        command.Parameters.Add(new() { Value = reason });
        if (await command.ExecuteNonQueryAsync(cancel) > 0)
            LogLost(storeId, reason);
    }

    [LoggerMessage(5105, LogLevel.Warning, "Store {Store} is no longer connected: {Reason}")]
    private partial void LogLost(long store, string reason);
}
