using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Bulk;
using CowansDashboard.Shopify.Throttling;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Stores;

/// <summary>Where a node's share of one store's budget comes from. Several nodes share it through PostgreSQL.</summary>
public delegate IBudgetLease LeaseBudget(long storeId);

/// <summary>
/// Gives the one client of a store in this process. A changed connection, also one changed on another node, gives a
/// new client on the same budget; whoever still holds the old one finishes with it.
/// </summary>
public sealed class ConnectStore(
    NpgsqlDataSource database, SealedCredentials credentials, ShopifyHttp http, LeaseBudget lease, BudgetHistory budgets, BulkBell bulkEnds, TimeProvider clock, ILoggerFactory logs)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, Connected> _connected = [];

    /// <exception cref="StoreNotConnectedException">The store was removed, its credentials cannot be opened, or the app was taken out of the shop.</exception>
    public async Task<ShopifyAdmin> Connect(long storeId, CancellationToken cancel)
    {
        var row = await Read(storeId, cancel);
        if (row.LostReason is { } lost)
            throw new StoreNotConnectedException(lost);
        lock (_gate)
        {
            var known = _connected.GetValueOrDefault(storeId);
            if (known is null || !known.Row.Equals(row))
                _connected[storeId] = known = Open(row, known?.Admin.Governor ?? Govern(storeId));
            return known.Admin;
        }
    }

    private ThrottleGovernor Govern(long storeId)
    {
        var governor = new ThrottleGovernor(clock, lease(storeId));
        budgets.Follow(storeId, governor);
        return governor;
    }

    private Connected Open(ConnectionRow row, ThrottleGovernor governor)
    {
        var opened = credentials.Open(row.Shop, row.Credentials) ?? throw new StoreNotConnectedException(
            $"The credentials of {row.Shop} cannot be opened with the keys of this server. Enter them again in Settings.");
        return new(row, new ShopifyAdmin(row.With(opened), http.Client, governor, clock, logs.CreateLogger<ShopifyAdmin>()) { BulkEnds = bulkEnds });
    }

    internal async Task<ConnectionRow> Read(long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select shop, api_version, base_url, credentials, connection_lost_reason from stores where id = $1 and deleted_at is null
            """);
        command.Parameters.Add(new() { Value = storeId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
            throw new StoreNotConnectedException("This shop is not connected any more.");
        return new(reader.GetString(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.GetFieldValue<byte[]>(3))
        {
            LostReason = reader.IsDBNull(4) ? null : reader.GetString(4),
        };
    }

    private sealed record Connected(ConnectionRow Row, ShopifyAdmin Admin);
}

/// <summary>A store cannot be reached because of what we know about it, not because of Shopify.</summary>
public sealed class StoreNotConnectedException(string message) : Exception(message);

/// <summary>How a store is reached, as the database holds it.</summary>
internal sealed record ConnectionRow(string Shop, string ApiVersion, string? BaseUrl, byte[] Credentials)
{
    /// <summary>Why Shopify lets us in no more; null while it does.</summary>
    public string? LostReason { get; init; }

    public ShopifyConnection With(ShopifyCredentials opened) => new(Shop, opened, ApiVersion, BaseUrl is null ? null : new Uri(BaseUrl));

    // Ciphertexts are compared by their bytes.
    public bool Equals(ConnectionRow? other) => other is not null
        && (Shop, ApiVersion, BaseUrl) == (other.Shop, other.ApiVersion, other.BaseUrl)
        && Credentials.AsSpan().SequenceEqual(other.Credentials);

    public override int GetHashCode() => HashCode.Combine(Shop, ApiVersion, BaseUrl);
}

/// <summary>The HTTP clients for every shop: one for requests, one for results of bulk operations.</summary>
public sealed class ShopifyHttp : IDisposable
{
    public HttpClient Client { get; } = Open(System.Net.DecompressionMethods.All);

    /// <summary>Asks for bytes as they are stored: a download that goes on at byte K must mean the same bytes.</summary>
    public HttpClient Downloads { get; } = Open(System.Net.DecompressionMethods.None);

    public void Dispose()
    {
        Client.Dispose();
        Downloads.Dispose();
    }

    private static HttpClient Open(System.Net.DecompressionMethods decompression) => new(new SocketsHttpHandler
    {
        // The token is a header of its own: a redirect would carry it to another host.
        AllowAutoRedirect = false,
        AutomaticDecompression = decompression,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxConnectionsPerServer = 32,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestHeaders = { { "User-Agent", "Cowans-Product-Dashboard" } },
    };
}
