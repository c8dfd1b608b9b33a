using System.Threading.Channels;
using CowansDashboard.Runs.Progress;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Runs;

/// <summary>Hears what the other nodes publish and every change of status, and passes it on to viewers and work.</summary>
internal sealed partial class RunListener(
    NpgsqlDataSource database, RunFeed feed, ReadRuns rows, RunsHere here, RunLife life, RunNode node, TimeProvider clock, ILogger<RunListener> log) : BackgroundService
{
    private static readonly TimeSpan Alive = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Reconnect = TimeSpan.FromMilliseconds(300);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Listen(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
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
        var heard = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        connection.Notification += (_, told) => heard.Writer.TryWrite(told.Payload);
        await using (var listen = new NpgsqlCommand($"listen {RunMessage.Channel}", connection))
            await listen.ExecuteNonQueryAsync(cancel);
        // What was said while nobody listened.
        foreach (var row in await rows.Unfinished(cancel))
            Pass(row);
        while (true)
        {
            if (!await connection.WaitAsync(Alive, cancel))
            {
                await using var ask = new NpgsqlCommand("select 1", connection);
                await ask.ExecuteNonQueryAsync(cancel);
            }
            while (heard.Reader.TryRead(out var message))
                await HearOrSkip(message, cancel);
        }
    }

    // The channel is open to everything that can reach the database, also to nodes of another version.
    private async Task HearOrSkip(string message, CancellationToken cancel)
    {
        try
        {
            await Hear(message, cancel);
        }
        catch (Exception error) when (error is not (NpgsqlException or OperationCanceledException))
        {
            LogSkipped(error.Message);
        }
    }

    private async Task Hear(string message, CancellationToken cancel)
    {
        if (RunMessage.ReadSnapshot(message) is { } told)
        {
            if (told.Life != life.Id)
                feed.Offer(told.Snapshot);
        }
        else if (RunMessage.ReadChanged(message) is { } id && await rows.Find(id, cancel) is { } run)
        {
            Pass(run.Now);
        }
    }

    private void Pass(RunSnapshot row)
    {
        feed.OfferRow(row);
        here.Heard(row);
        if (row.Status == RunStatus.Interrupted)
            node.Wake();
    }

    [LoggerMessage(2040, LogLevel.Warning, "This node hears nothing of the others and listens again: {Error}")]
    private partial void LogDeaf(string error);

    [LoggerMessage(2041, LogLevel.Warning, "A message that this node does not understand was skipped: {Error}")]
    private partial void LogSkipped(string error);
}
