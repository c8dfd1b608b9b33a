using System.Globalization;
using CowansDashboard.Shopify;
using Npgsql;

namespace CowansDashboard.Webhooks.Handling;

/// <summary>The store whose deliveries are handled, and what that needs.</summary>
internal sealed record HandlingScope(long StoreId, NpgsqlDataSource Database, ShopifyAdmin Admin, RereadNotes Notes)
{
    /// <summary>How often somebody else may write the same rows at the same moment before it is left for later.</summary>
    public const int MostAttempts = 4;

    /// <summary>
    /// Does work in one transaction, with what came of the deliveries in the same commit, and tells the pages of all nodes when
    /// it changed something. The work answers the outcomes, and whether anything is to be seen.
    /// </summary>
    public async Task<IReadOnlyList<SettledDelivery>> Write(
        Func<NpgsqlConnection, Task<(IReadOnlyList<SettledDelivery> Settled, bool IsToBeSeen)>> work, CancellationToken cancel)
    {
        await using var connection = await Database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // The locks of a process that died or stands still are free soon.
        await using (var settings = new NpgsqlCommand("set local client_connection_check_interval = '1s'; set local idle_in_transaction_session_timeout = '20s'", connection))
            await settings.ExecuteNonQueryAsync(cancel);
        var (settled, isToBeSeen) = await work(connection);
        await DeliveryQueue.Settle(connection, settled, cancel);
        if (isToBeSeen)
        {
            await using var tell = new NpgsqlCommand($"select pg_notify('{ListenForWebhooks.AppliedChannel}', $1)", connection);
            tell.Parameters.Add(new() { Value = StoreId.ToString(CultureInfo.InvariantCulture) });
            await tell.ExecuteNonQueryAsync(cancel);
        }
        await transaction.CommitAsync(cancel);
        foreach (var one in settled)
            one.Delivery.IsSettled = true;
        return settled;
    }

    public static bool IsClash(Exception error) => error is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };
}
