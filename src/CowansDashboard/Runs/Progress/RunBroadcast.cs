using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Runs.Progress;

/// <summary>Tells a snapshot to the viewers of this node directly and to the other nodes through PostgreSQL.</summary>
internal sealed partial class RunBroadcast(NpgsqlDataSource database, RunFeed feed, RunLife life, ILogger<RunBroadcast> log)
{
    public async Task Publish(RunSnapshot snapshot, CancellationToken cancel)
    {
        feed.Offer(snapshot);
        try
        {
            // Only the owner's word goes out: a node that slept through a take-over finds no row.
            await using var tell = database.CreateCommand("select pg_notify($1, $2) from runs where id = $3 and epoch = $4");
            tell.Parameters.Add(new() { Value = RunMessage.Channel });
            tell.Parameters.Add(new() { Value = RunMessage.Of(life.Id, snapshot) });
            tell.Parameters.Add(new() { Value = snapshot.Id });
            tell.Parameters.Add(new() { Value = snapshot.Epoch });
            await tell.ExecuteNonQueryAsync(cancel);
        }
        catch (NpgsqlException error)
        {
            LogUntold(snapshot.Id, error.Message);
        }
    }

    [LoggerMessage(2002, LogLevel.Debug, "The other nodes did not hear of the progress of run {Run}: {Error}")]
    private partial void LogUntold(long run, string error);
}
