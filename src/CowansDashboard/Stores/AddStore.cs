using CowansDashboard.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Stores;

/// <summary>What a person says about a shop to connect.</summary>
/// <param name="Shop">The shop, as typed.</param>
/// <param name="Credentials">What Shopify gave.</param>
/// <param name="ApiVersion">The version to ask for.</param>
/// <param name="Host">Another host for the Admin API. Only the one that the server's own settings name, so that no page can make the server call an inner address.</param>
public sealed record NewStore(string Shop, TypedCredentials Credentials, string ApiVersion = Stores.ApiVersion.Current, Uri? Host = null)
{
    /// <summary>What is wrong before anybody is asked; null when nothing is.</summary>
    internal StoreChange.Refused? Refusal(ShopifyOptions options)
    {
        if (!ShopDomain.TryParse(Shop, out _))
            return new(nameof(Shop), $"“{Shop}” is no shop. {ShopDomain.Right}");
        if (!Stores.ApiVersion.IsWellFormed(ApiVersion))
            return new(nameof(ApiVersion), $"“{ApiVersion}” is no version. {Stores.ApiVersion.Right}");
        if (Host is not null && Host != options.Host)
            return new(nameof(Host), $"{Host} is not the host that this server's setting Shopify__BaseUrl names.");
        return CredentialRules.Refusal(Credentials.Credentials);
    }
}

/// <summary>Connects a shop. One that was removed before comes back with the copy it had.</summary>
public sealed partial class AddStore(
    IDbContextFactory<DashboardContext> contexts, SealedCredentials credentials, ShopifyOptions options, TimeProvider clock, ILogger<AddStore> log)
{
    public async Task<StoreChange> Add(NewStore wanted, CancellationToken cancel)
    {
        if (wanted.Refusal(options) is { } refusal)
            return refusal;
        var shop = ShopDomain.TryParse(wanted.Shop, out var domain) ? domain : throw new InvalidOperationException("A shop that is no shop was not refused.");

        await using var database = await contexts.CreateDbContextAsync(cancel);
        // The newest row of this shop: connected now, or removed before.
        var store = await database.Set<Store>().Where(known => known.Shop == shop).OrderByDescending(known => known.Id).FirstOrDefaultAsync(cancel);
        if (store is { DeletedAt: null })
            return new StoreChange.Refused(nameof(wanted.Shop), $"{shop} is connected already. Change its connection in the list of shops.");

        var now = clock.GetUtcNow();
        if (store is null)
            database.Add(store = new Store { Shop = shop, Name = ShopDomain.NameOf(shop), CreatedAt = now });
        store.DeletedAt = null;
        (store.ConnectionLostAt, store.ConnectionLostReason) = (null, null);
        store.ApiVersion = wanted.ApiVersion;
        store.BaseUrl = wanted.Host?.GetLeftPart(UriPartial.Authority);
        store.CredentialKind = SealedCredentials.KindOf(wanted.Credentials.Credentials);
        store.Credentials = credentials.Seal(shop, wanted.Credentials.Credentials);
        store.UpdatedAt = now;
        try
        {
            await database.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException failure) when (failure.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            return new StoreChange.Refused(nameof(wanted.Shop), $"{shop} was connected by somebody else just now.");
        }
        LogAdded(store.Id, shop);
        return new StoreChange.Done(StoreRow.Of(store, options));
    }

    [LoggerMessage(5101, LogLevel.Information, "Store {Store} was connected: {Shop}")]
    private partial void LogAdded(long store, string shop);
}
