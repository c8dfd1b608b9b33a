using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Webhooks;

/// <summary>One writer's connection and its prepared statement, opened when first needed and again after it broke.</summary>
internal sealed class SharedInsert(NpgsqlDataSource database) : IAsyncDisposable
{
    // Sorted by store and id, so that two writers with the same ids wait for each other in one order.
    private const string Insert = """
        insert into webhook_deliveries (store_id, webhook_id, event_id, topic, triggered_at, api_version, is_test, body, repeats, repeated_at)
        select d.*, case when d.repeats > 0 then clock_timestamp() end
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) as d (store_id, webhook_id, event_id, topic, triggered_at, api_version, is_test, body, repeats)
        on conflict (store_id, webhook_id) do update set repeats = webhook_deliveries.repeats + 1 + excluded.repeats, repeated_at = clock_timestamp()
        """;

    private NpgsqlConnection? _connection;
    private NpgsqlCommand? _command;

    /// <summary>Keeps them all, or none and throws.</summary>
    public async Task Keep(IReadOnlyList<Delivery> deliveries, CancellationToken cancel)
    {
        var rows = deliveries.GroupBy(one => (one.StoreId, one.WebhookId))
            .OrderBy(same => same.Key.StoreId).ThenBy(same => same.Key.WebhookId, StringComparer.Ordinal)
            .Select(same => (First: same.First(), Repeats: same.Count() - 1)).ToArray();
        var command = _command ??= await Open(cancel);
        try
        {
            command.Parameters[0].Value = Array.ConvertAll(rows, row => row.First.StoreId);
            command.Parameters[1].Value = Array.ConvertAll(rows, row => row.First.WebhookId);
            command.Parameters[2].Value = Array.ConvertAll(rows, row => row.First.EventId);
            command.Parameters[3].Value = Array.ConvertAll(rows, row => row.First.Topic);
            command.Parameters[4].Value = Array.ConvertAll(rows, row => row.First.TriggeredAt?.UtcDateTime);
            command.Parameters[5].Value = Array.ConvertAll(rows, row => row.First.ApiVersion);
            command.Parameters[6].Value = Array.ConvertAll(rows, row => row.First.IsTest);
            command.Parameters[7].Value = Array.ConvertAll(rows, row => row.First.Body);
            command.Parameters[8].Value = Array.ConvertAll(rows, row => row.Repeats);
            await command.ExecuteNonQueryAsync(cancel);
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    private async Task<NpgsqlCommand> Open(CancellationToken cancel)
    {
        _connection = await database.OpenConnectionAsync(cancel);
        try
        {
            // A migration on another node may hold the table, or wait for it with everybody behind: rather ask again than stand there.
            await using (var impatient = new NpgsqlCommand("set lock_timeout = '1s'; set statement_timeout = '4s'", _connection))
                await impatient.ExecuteNonQueryAsync(cancel);
            var command = new NpgsqlCommand(Insert, _connection);
            foreach (var type in new[]
            {
                NpgsqlDbType.Bigint, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.TimestampTz,
                NpgsqlDbType.Text, NpgsqlDbType.Boolean, NpgsqlDbType.Bytea, NpgsqlDbType.Integer,
            })
                command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | type });
            await command.PrepareAsync(cancel);
            return command;
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_command is not null)
            await _command.DisposeAsync();
        if (_connection is not null)
            await _connection.DisposeAsync();
        (_command, _connection) = (null, null);
    }
}
