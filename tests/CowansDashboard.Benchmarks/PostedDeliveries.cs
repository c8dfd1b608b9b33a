using System.Globalization;
using System.Net.Sockets;
using System.Text;
using CowansDashboard.Webhooks;

namespace CowansDashboard.Benchmarks;

/// <summary>
/// Signed deliveries as bytes on the wire, made before the clock runs, and posted over kept connections as plainly as pgbench
/// speaks to PostgreSQL: whoever measures must not be what is measured.
/// </summary>
internal sealed class PostedDeliveries
{
    private readonly string _host;
    private readonly int _port;
    private readonly byte[][] _requests;
    private int _next = -1;

    public PostedDeliveries(string host, int port, string shop, string secret, string body, string prefix, int count)
    {
        (_host, _port) = (host, port);
        var key = SigningKeys.Bytes(secret);
        _requests = new byte[count][];
        Parallel.For(0, count, i =>
        {
            var bytes = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"id\":{7_000_000_000_000_000_000 + i},{body[1..]}"));
            var head = string.Create(CultureInfo.InvariantCulture, $"""
                POST /webhooks/shopify HTTP/1.1
                Host: {host}:{port}
                User-Agent: Shopify-Captain-Hook
                Content-Type: application/json
                Content-Length: {bytes.Length}
                X-Shopify-Topic: products/update
                X-Shopify-Hmac-Sha256: {WebhookSignature.Of(bytes, key)}
                X-Shopify-Shop-Domain: {shop}
                X-Shopify-API-Version: 2026-10
                X-Shopify-Webhook-Id: {prefix}-{i}
                X-Shopify-Event-Id: event-{i}
                X-Shopify-Triggered-At: 2026-11-01T10:00:00.123456789Z

                """).ReplaceLineEndings("\r\n") + "\r\n";
            _requests[i] = [.. Encoding.ASCII.GetBytes(head), .. bytes];
        });
    }

    /// <summary>All of them as fast as the door takes them, over so many connections.</summary>
    public TimeSpan PostAll(int connections)
    {
        var started = TimeProvider.System.GetTimestamp();
        Threads(connections, (socket, answer, _) =>
        {
            while (Interlocked.Increment(ref _next) is var i && i < _requests.Length)
                Post(socket, answer, _requests[i]);
        });
        return TimeProvider.System.GetElapsedTime(started);
    }

    /// <summary>So many a second, each at its time whatever the one before it took; how long each took from that time on.</summary>
    public double[] PostEvenly(int connections, int perSecond)
    {
        var took = new double[_requests.Length];
        var started = TimeProvider.System.GetTimestamp();
        Threads(connections, (socket, answer, number) =>
        {
            using var never = new ManualResetEventSlim();
            for (var i = number; i < _requests.Length; i += connections)
            {
                var due = TimeSpan.FromSeconds((double)i / perSecond);
                if (due - TimeProvider.System.GetElapsedTime(started) is var left && left > TimeSpan.Zero)
                    never.Wait(left);
                Post(socket, answer, _requests[i]);
                took[i] = (TimeProvider.System.GetElapsedTime(started) - due).TotalMilliseconds;
            }
        });
        Array.Sort(took);
        return took;
    }

    private void Threads(int connections, Action<Socket, byte[], int> work)
    {
        Exception? failed = null;
        var threads = Enumerable.Range(0, connections).Select(number => new Thread(() =>
        {
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                socket.Connect(_host, _port);
                work(socket, new byte[4096], number);
            }
            catch (Exception error)
            {
                failed = error;
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        if (failed is not null)
            throw new InvalidOperationException("A delivery was not taken.", failed);
    }

    private static void Post(Socket socket, byte[] answer, byte[] request)
    {
        socket.Send(request);
        var length = 0;
        while (answer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
            length += socket.Receive(answer, length, answer.Length - length, SocketFlags.None) is > 0 and var read ? read : throw new IOException("The door was closed.");
        if (!answer.AsSpan(0, length).StartsWith("HTTP/1.1 200 "u8))
            throw new IOException(Encoding.ASCII.GetString(answer, 0, length));
    }
}
