using CowansDashboard.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Webhooks;

/// <summary>
/// The writers behind the door. While one waits for its commit the next gathers what has come meanwhile. What the database
/// refuses is tried row by row, so that nobody pays for a neighbour.
/// </summary>
internal sealed partial class WriteDeliveries(
    ReceiveDelivery door, NpgsqlDataSource database, WebhookFeed feed, WebhookOptions options, TimeProvider clock, ILogger<WriteDeliveries> log) : BackgroundService
{
    private const int Writers = 3;

    // The first writer takes whatever comes; a further one only where a crowd waits, since a few rows at a time cost as many commits.
    private const int Crowd = 8;
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private const int MostAtOnce = 200;
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(100);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(Enumerable.Range(0, Writers).Select(number => Write(number, stoppingToken)));

    private async Task Write(int number, CancellationToken stop)
    {
        await using var insert = new SharedInsert(database);
        var batch = new List<WaitingDelivery>(MostAtOnce);
        while (await More(stop))
        {
            if (door.Line.Count < number * Crowd)
            {
                await Task.Delay(Moment, clock, CancellationToken.None);
                continue;
            }
            batch.Clear();
            while (batch.Count < MostAtOnce && door.Line.TryRead(out var waiting))
                batch.Add(waiting);
            if (batch.Count == 0)
                continue;
            try
            {
                await Keep(insert, batch);
            }
            // An exception that left this loop would close the door for good.
            catch (Exception error)
            {
                LogUnkept(error, batch.Count);
                Answer(batch, false);
            }
        }
    }

    private async Task<bool> More(CancellationToken stop)
    {
        try
        {
            return await door.Line.WaitToReadAsync(stop);
        }
        catch (OperationCanceledException)
        {
            // The server has stopped before its writers: nobody waits any more.
            return false;
        }
    }

    private async Task Keep(SharedInsert insert, List<WaitingDelivery> batch)
    {
        while (true)
        {
            try
            {
                await insert.Keep([.. batch.Select(waiting => waiting.Delivery)], CancellationToken.None);
                Answer(batch, true);
                feed.Heard();
                return;
            }
            catch (Exception error) when (MayPass(error))
            {
                // Whoever has waited as long as Shopify does is told to come again.
                Answer([.. batch.Where(IsLate)], false);
                batch.RemoveAll(IsLate);
                if (batch.Count == 0)
                {
                    LogAway(error.Message);
                    return;
                }
                await Task.Delay(Again, clock);
            }
            catch (PostgresException error) when (batch.Count > 1)
            {
                LogOneByOne(batch.Count, error.MessageText);
                foreach (var waiting in batch)
                    await Keep(insert, [waiting]);
                return;
            }
            catch (PostgresException error)
            {
                LogRefused(batch[0].Delivery.Topic, batch[0].Delivery.StoreId, error.MessageText);
                Answer(batch, false);
                return;
            }
        }
    }

    // Locked for a migration, a writer of another node in the way, or the database is away.
    private static bool MayPass(Exception error) => LostDatabase.Is(error) || error is TimeoutException or NpgsqlException { InnerException: TimeoutException }
        || error is PostgresException
        {
            SqlState: PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.TooManyConnections,
        };

    private bool IsLate(WaitingDelivery waiting) => clock.GetElapsedTime(waiting.Since) > options.AnswerWithin;

    private static void Answer(List<WaitingDelivery> batch, bool kept)
    {
        foreach (var waiting in batch)
            waiting.Kept.TrySetResult(kept);
    }

    [LoggerMessage(6001, LogLevel.Warning, "The database does not take deliveries at the moment; Shopify is told to send them again: {Error}")]
    private partial void LogAway(string error);

    [LoggerMessage(6002, LogLevel.Warning, "{Count} deliveries were refused together and are kept one by one: {Error}")]
    private partial void LogOneByOne(int count, string error);

    [LoggerMessage(6003, LogLevel.Error, "A delivery of {Topic} for store {Store} cannot be kept: {Error}")]
    private partial void LogRefused(string topic, long store, string error);

    [LoggerMessage(6004, LogLevel.Error, "{Count} deliveries could not be kept")]
    private partial void LogUnkept(Exception error, int count);
}
