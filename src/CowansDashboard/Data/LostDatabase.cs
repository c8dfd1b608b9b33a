using System.Net.Sockets;
using Npgsql;

namespace CowansDashboard.Data;

/// <summary>Tells a database that is away for the moment from every other failure.</summary>
public static class LostDatabase
{
    // Npgsql's words, without any cause, when it knows of each of several servers that it is away or takes no writes.
    private const string NoServer = "No suitable host was found.";

    /// <summary>The connection broke, the server goes down or comes up, or none takes writes until another takes over: trying again later may help.</summary>
    public static bool Is(Exception error) => error switch
    {
        // 08: the connection broke; 57P: the server goes down or comes up; the last: it became a standby.
        PostgresException server => server.SqlState.StartsWith("08", StringComparison.Ordinal) || server.SqlState.StartsWith("57P", StringComparison.Ordinal)
            || server.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction,
        NpgsqlException { InnerException: IOException or SocketException } => true,
        NpgsqlException { InnerException: null, Message: NoServer } => true,
        AggregateException several => several.InnerExceptions.Any(Is),
        _ => error.InnerException is { } inner && Is(inner),
    };
}
