using System.Net;
using System.Net.Sockets;

namespace CowansDashboard.Tests.Support;

/// <summary>
/// Ports for servers that are told theirs. They lie outside the range from which the system gives ports away by itself, so that
/// nobody gets one between its choice and its use, nor while its server is restarted.
/// </summary>
internal static class Ports
{
    private const int Lowest = 20_000;
    private const int Highest = 32_000;

    private static int _next = Random.Shared.Next(Lowest, Highest);

    public static int Free()
    {
        for (var tries = 0; tries < Highest - Lowest; tries++)
        {
            var port = Lowest + Interlocked.Increment(ref _next) % (Highest - Lowest);
            if (IsFree(port))
                return port;
        }
        throw new InvalidOperationException($"No port between {Lowest} and {Highest} is free.");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
