using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace CowansDashboard.Benchmarks;

/// <summary>A viewer of one run over the hub's own protocol (JSON over a web socket), which notes how late each message is.</summary>
internal sealed class HubViewer
{
    private const byte End = 0x1e;

    private readonly TaskCompletionSource _watching = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<double> _lags = [];

    /// <summary>It has its first message.</summary>
    public Task Watching => _watching.Task;

    /// <summary>Milliseconds from published to received of every message, when the run is finished.</summary>
    public Task<List<double>> Finished { get; private set; } = Task.FromResult<List<double>>([]);

    public static HubViewer Watch(Uri address, long runId)
    {
        var viewer = new HubViewer();
        viewer.Finished = viewer.View(address, runId);
        return viewer;
    }

    private async Task<List<double>> View(Uri address, long runId)
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "/hubs/progress" }.Uri, CancellationToken.None);
        await Send(socket, """{"protocol":"json","version":1}""");
        await Send(socket, $$"""{"type":1,"target":"Watch","arguments":["{{runId.ToString(CultureInfo.InvariantCulture)}}"]}""");
        // The server drops a client that says nothing for 30 s.
        await using var alive = new Timer(_ => _ = Send(socket, """{"type":6}""").AsTask(), null, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));
        var buffer = new byte[64 * 1024];
        var length = 0;
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
            var now = TimeProvider.System.GetUtcNow();
            length += received.Count;
            int end;
            while ((end = buffer.AsSpan(0, length).IndexOf(End)) >= 0)
            {
                var finished = Read(buffer.AsMemory(0, end), now);
                buffer.AsSpan(end + 1, length - end - 1).CopyTo(buffer);
                length -= end + 1;
                if (finished)
                    return _lags;
            }
        }
    }

    // The first message is the state at the beginning of the watch, read from the row: it was not published.
    private bool Read(ReadOnlyMemory<byte> message, DateTimeOffset now)
    {
        using var json = JsonDocument.Parse(message);
        if (!json.RootElement.TryGetProperty("target", out var target) || target.GetString() != "progress")
            return false;
        var run = json.RootElement.GetProperty("arguments")[0];
        if (!_watching.TrySetResult() && run.GetProperty("done").GetInt64() > 0)
            _lags.Add((now - run.GetProperty("publishedAt").GetDateTimeOffset()).TotalMilliseconds);
        return run.GetProperty("status").GetString() is "succeeded" or "failed";
    }

    private static ValueTask Send(ClientWebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text + (char)End).AsMemory(), WebSocketMessageType.Text, true, CancellationToken.None);
}
