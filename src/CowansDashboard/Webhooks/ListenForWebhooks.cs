using System.Globalization;
using CowansDashboard.Shopify.Bulk;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Webhooks;

/// <summary>Tells the other nodes what was heard here, and hears from them what to handle and which copies have changed.</summary>
internal sealed partial class ListenForWebhooks(NpgsqlDataSource database, WebhookFeed feed, BulkBell bulkEnds, TimeProvider clock, ILogger<ListenForWebhooks> log) : BackgroundService
{
    /// <summary>Something is in the inbox.</summary>
    public const string HeardChannel = "webhook_heard";

    /// <summary>What was heard has changed the copy of the store that it names.</summary>
    public const string AppliedChannel = "webhook_applied";

    /// <summary>A bulk operation has ended: the shop and the operation's number.</summary>
    public const string BulkChannel = "bulk_ended";

    private static readonly TimeSpan Alive = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Reconnect = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan BetweenWords = TimeSpan.FromMilliseconds(100);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(Repeat(Listen, stoppingToken), Repeat(Tell, stoppingToken));

    private async Task Repeat(Func<CancellationToken, Task> work, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await work(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
            }
            // An exception that left this loop would stop the whole host.
            catch (Exception error)
            {
                LogDeaf(error.Message);
                await Task.Delay(Reconnect, clock, CancellationToken.None);
            }
        }
    }

    private async Task Listen(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        connection.Notification += (_, told) => Hear(told);
        await using (var listen = new NpgsqlCommand($"listen {HeardChannel}; listen {AppliedChannel}; listen {BulkChannel}", connection))
            await listen.ExecuteNonQueryAsync(cancel);
        feed.HeardElsewhere();
        while (true)
        {
            if (!await connection.WaitAsync(Alive, cancel))
            {
                await using var ask = new NpgsqlCommand("select 1", connection);
                await ask.ExecuteNonQueryAsync(cancel);
            }
        }
    }

    private void Hear(NpgsqlNotificationEventArgs told)
    {
        if (told.Channel == HeardChannel)
            feed.HeardElsewhere();
        else if (told.Channel == BulkChannel)
        {
            if (told.Payload.Split(' ') is [var shop, var number] && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var operation))
                bulkEnds.Ring(shop, operation);
        }
        else if (long.TryParse(told.Payload, NumberStyles.None, CultureInfo.InvariantCulture, out var store))
            feed.Applied(store);
    }

    // Not with each insert: a commit that notifies waits for every other that does.
    private async Task Tell(CancellationToken cancel)
    {
        while (await feed.ToTell.WaitToReadAsync(cancel))
        {
            feed.ToTell.TryRead(out _);
            await using var command = database.CreateCommand($"select pg_notify('{HeardChannel}', '')");
            await command.ExecuteNonQueryAsync(cancel);
            await Task.Delay(BetweenWords, clock, cancel);
        }
    }

    [LoggerMessage(6005, LogLevel.Warning, "This node hears nothing of what the others hear from Shopify and listens again: {Error}")]
    private partial void LogDeaf(string error);
}
