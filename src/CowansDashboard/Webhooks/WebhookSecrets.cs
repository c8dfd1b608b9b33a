using System.Collections.Concurrent;
using CowansDashboard.Shopify;
using CowansDashboard.Stores;
using Npgsql;
using NpgsqlTypes;

namespace CowansDashboard.Webhooks;

/// <summary>
/// With what a shop signs: the client secret of its connection, or one typed for a shop that has only a token, and for a while
/// the one before it. Kept in memory for some seconds, so that the door needs no database to tell friend from stranger.
/// </summary>
public sealed class WebhookSecrets(NpgsqlDataSource database, SealedCredentials credentials, TimeProvider clock)
{
    /// <summary>How long an earlier secret is taken after a new one came. Shopify says an hour; its queue holds retries of four.</summary>
    public static readonly TimeSpan PreviousFor = TimeSpan.FromHours(24);

    // Strangers may name any number of shops: they are kept apart from those that are connected, and so many are looked up in a second.
    private const int MostStrangers = 1_000;
    private const int MostLookUps = 50;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Remembered> _shops = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, long> _strangers = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _gate = new();
    private (long Since, int Count) _lookUps;
    private (long Since, Task<HashSet<string>>? Read) _connected;

    /// <summary>How many shops that nobody connected are remembered.</summary>
    internal int Strangers => _strangers.Count;

    /// <summary>Null when no such shop is connected.</summary>
    public async ValueTask<SigningKeys?> Of(string shop, CancellationToken cancel)
    {
        if (_shops.TryGetValue(shop, out var known))
        {
            // Whoever comes late looks anew; the others need not wait for it.
            if (clock.GetElapsedTime(known.Since) > Fresh && known.TakeTurn())
                _ = RefreshQuietly(shop, known);
            return known.Keys;
        }
        if (_strangers.TryGetValue(shop, out var since) && clock.GetElapsedTime(since) <= Fresh)
            return null;
        return MayLookUp() || await IsConnected(shop, cancel) ? await Load(shop, cancel) : null;
    }

    // In a crowd of strangers all names are read at once, a second apart, and no connected shop waits behind them.
    private async Task<bool> IsConnected(string shop, CancellationToken cancel)
    {
        Task<HashSet<string>> names;
        lock (_gate)
        {
            if (_connected.Read is null || clock.GetElapsedTime(_connected.Since) > TimeSpan.FromSeconds(1))
                _connected = (clock.GetTimestamp(), Names());
            names = _connected.Read!;
        }
        return (await names.WaitAsync(cancel)).Contains(shop);
    }

    private async Task<HashSet<string>> Names()
    {
        await using var command = database.CreateCommand("select shop from stores");
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
        while (await reader.ReadAsync(CancellationToken.None))
            names.Add(reader.GetString(0));
        return names;
    }

    private bool MayLookUp()
    {
        lock (_gate)
        {
            if (clock.GetElapsedTime(_lookUps.Since) > TimeSpan.FromSeconds(1))
                _lookUps = (clock.GetTimestamp(), 0);
            return ++_lookUps.Count <= MostLookUps;
        }
    }

    /// <summary>Read from the database now: a signature that did not match may be made with a secret that has just changed.</summary>
    public async Task<SigningKeys?> Anew(string shop, CancellationToken cancel) =>
        _shops.TryGetValue(shop, out var known) && clock.GetElapsedTime(known.Since) < TimeSpan.FromSeconds(1) ? known.Keys : await Load(shop, cancel);

    /// <summary>Those of a store; null when it is not connected.</summary>
    public async Task<SigningKeys?> OfStore(long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select shop from stores where id = $1 and deleted_at is null");
        command.Parameters.Add(new() { Value = storeId });
        return await command.ExecuteScalarAsync(cancel) is string shop ? await Load(shop, cancel) : null;
    }

    /// <summary>What a settings page says of a store's secret; null when the store is not connected.</summary>
    public async Task<WebhookSecretState?> State(long storeId, CancellationToken cancel)
    {
        await OfStore(storeId, cancel);
        await using var command = database.CreateCommand("""
            select s.credential_kind, w.kind, w.current_since, case when w.previous_until > now() then w.previous_until end
            from stores s left join webhook_secrets w on w.store_id = s.id where s.id = $1 and s.deleted_at is null
            """);
        command.Parameters.Add(new() { Value = storeId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? new(reader.GetString(0) == "client", !reader.IsDBNull(1), Time(reader, 2), Time(reader, 3))
            : null;
    }

    /// <summary>Keeps a secret that somebody typed for a shop that is connected with a token. Answers why not, or null.</summary>
    public async Task<string?> Type(long storeId, string typed, CancellationToken cancel)
    {
        var secret = typed.Trim();
        if (secret.Length == 0)
            return "The secret is missing. It stands in Shopify beside the client ID of the app that posts the webhooks.";
        if (secret.Length > 500 || secret.Any(letter => letter is <= ' ' or > '~'))
            return "The secret holds a space or another character that none has. Copy it again from Shopify.";
        if (await Read("s.id = $1", storeId, cancel) is not { IsRemoved: false } row)
            return "This shop is not connected any more.";
        if (credentials.Open(row.Shop, row.Credentials) is ShopifyCredentials.Client)
            return "This shop is connected with client ID and client secret, and Shopify signs with that secret. Change it in the shop’s connection.";
        if (row.Current is null || credentials.OpenSecret(row.Shop, row.Current) != secret)
            await Keep(row, "typed", secret, cancel);
        await Load(row.Shop, cancel);
        return null;
    }

    private async Task RefreshQuietly(string shop, Remembered known)
    {
        try
        {
            await Load(shop, CancellationToken.None);
        }
        // Whatever it was: a turn that ended without a new look would be the last.
        catch (Exception)
        {
            // What is remembered serves until the database is back.
            _shops[shop] = new Remembered(known.Keys, clock.GetTimestamp());
        }
    }

    private async Task<SigningKeys?> Load(string shop, CancellationToken cancel)
    {
        var since = clock.GetTimestamp();
        var keys = await Read("lower(s.shop) = $1", shop.ToLowerInvariant(), cancel) is { } row ? await Open(row, cancel) : null;
        if (keys is null)
        {
            _shops.TryRemove(shop, out _);
            if (_strangers.Count >= MostStrangers)
                _strangers.Clear();
            _strangers[shop] = since;
            return null;
        }
        _strangers.TryRemove(shop, out _);
        _shops[shop] = new Remembered(keys, since);
        return keys;
    }

    private async Task<SigningKeys> Open(SecretRow row, CancellationToken cancel)
    {
        var secrets = new List<string?>();
        var current = row.Current is null ? null : credentials.OpenSecret(row.Shop, row.Current);
        if (!row.IsRemoved && credentials.Open(row.Shop, row.Credentials) is ShopifyCredentials.Client client)
        {
            secrets.Add(client.Secret);
            // Somebody changed the connection: Shopify may sign with the secret of before for a while.
            if (current != client.Secret)
                await Keep(row, "client", client.Secret, cancel);
        }
        secrets.Add(current);
        if (row.PreviousUntil > clock.GetUtcNow() && row.Previous is not null)
            secrets.Add(credentials.OpenSecret(row.Shop, row.Previous));
        return new SigningKeys(row.StoreId, [.. secrets.OfType<string>().Distinct().Select(SigningKeys.Bytes)]) { IsOfRemoved = row.IsRemoved };
    }

    // Two nodes that notice the same change keep it once: the second finds another current one than it read.
    private async Task Keep(SecretRow row, string kind, string secret, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            insert into webhook_secrets as kept (store_id, kind, current) values ($1, $2, $3)
            on conflict (store_id) do update set kind = excluded.kind, current = excluded.current, current_since = now(), previous = kept.current, previous_until = now() + $5
            where kept.current = $4
            """);
        command.Parameters.Add(new() { Value = row.StoreId });
        command.Parameters.Add(new() { Value = kind });
        command.Parameters.Add(new() { Value = credentials.SealSecret(row.Shop, secret) });
        command.Parameters.Add(new() { Value = (object?)row.Current ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea });
        command.Parameters.Add(new() { Value = PreviousFor });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task<SecretRow?> Read(string which, object value, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"""
            select s.id, s.shop, s.credentials, w.current, w.previous, w.previous_until, s.deleted_at is not null
            from stores s left join webhook_secrets w on w.store_id = s.id where {which} order by s.deleted_at nulls first limit 1
            """);
        command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? new(reader.GetInt64(0), reader.GetString(1), reader.GetFieldValue<byte[]>(2), Bytes(reader, 3), Bytes(reader, 4), Time(reader, 5), reader.GetBoolean(6))
            : null;
    }

    private static byte[]? Bytes(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<byte[]>(column);

    private static DateTimeOffset? Time(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);

    private sealed record SecretRow(long StoreId, string Shop, byte[] Credentials, byte[]? Current, byte[]? Previous, DateTimeOffset? PreviousUntil, bool IsRemoved);

    private sealed class Remembered(SigningKeys keys, long since)
    {
        private int _taken;

        public SigningKeys Keys => keys;

        public long Since => since;

        public bool TakeTurn() => Interlocked.Exchange(ref _taken, 1) == 0;
    }
}

/// <summary>What is known of a shop's secret without showing it.</summary>
/// <param name="IsClients">The shop is connected with client id and secret; nothing is to be typed.</param>
/// <param name="IsKnown">Deliveries can be told from forgeries.</param>
/// <param name="Since">When the current secret was first known here.</param>
/// <param name="PreviousUntil">Until when the one before it is taken too; null when there is none.</param>
public sealed record WebhookSecretState(bool IsClients, bool IsKnown, DateTimeOffset? Since, DateTimeOffset? PreviousUntil);
