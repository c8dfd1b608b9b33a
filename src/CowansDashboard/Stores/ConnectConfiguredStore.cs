using CowansDashboard.Data;
using Microsoft.EntityFrameworkCore;

namespace CowansDashboard.Stores;

/// <summary>Makes the store that the server's settings name, or brings its connection up to date. Nodes that start together make one.</summary>
public sealed class ConnectConfiguredStore(
    IDbContextFactory<DashboardContext> contexts, SealedCredentials credentials, ShopifyOptions options, TimeProvider clock)
{
    private const long LockKey = 0x73746f7265;

    /// <summary>The store's id; null when the settings name no shop.</summary>
    public async Task<long?> Connect(CancellationToken cancel)
    {
        if (!options.NamesAShop)
            return null;

        await using var database = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await database.Database.BeginTransactionAsync(cancel);
        await database.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock({LockKey})", cancel);
        var shop = options.Domain;
        var store = await database.Set<Store>().Where(known => known.Shop == shop).OrderByDescending(known => known.Id).FirstOrDefaultAsync(cancel);
        var now = clock.GetUtcNow();
        if (store is null)
            database.Add(store = new Store { Shop = shop, Name = ShopDomain.NameOf(shop), CreatedAt = now, UpdatedAt = now });
        store.DeletedAt = null;
        store.ApiVersion = options.ApiVersion;
        store.BaseUrl = options.Host?.GetLeftPart(UriPartial.Authority);
        store.CredentialKind = SealedCredentials.KindOf(options.Credentials);
        // A new ciphertext of the same credentials would look like a change to every node.
        if (credentials.Open(shop, store.Credentials) != options.Credentials)
        {
            store.Credentials = credentials.Seal(shop, options.Credentials);
            (store.ConnectionLostAt, store.ConnectionLostReason) = (null, null);
        }
        if (database.ChangeTracker.HasChanges())
            store.UpdatedAt = now;
        await database.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return store.Id;
    }
}
