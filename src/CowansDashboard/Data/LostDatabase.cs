using System.Net.Sockets;
using Npgsql;

namespace CowansDashboard.Data;

/// <summary>Tells a database that is away for the moment from every other failure.</summary>
public static class LostDatabase
{
    /// <summary>The connection broke or the server goes down or comes up: trying again later may help.</summary>
    public static bool Is(Exception error) => error switch
    {
        // 08: the connection broke; 57P: the server goes down or comes up.
        PostgresException server => server.SqlState.StartsWith("08", StringComparison.Ordinal) || server.SqlState.StartsWith("57P", StringComparison.Ordinal),
        NpgsqlException { InnerException: IOException or SocketException } => true,
        AggregateException several => several.InnerExceptions.Any(Is),
        _ => error.InnerException is { } inner && Is(inner),
    };
}
