using CowansDashboard.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace CowansDashboard.Stores;

/// <summary>What a person changes about a store. Null keeps what is there.</summary>
public sealed record StoreEdit(string? Name = null, string? ApiVersion = null, TypedCredentials? Credentials = null);

/// <summary>Changes a store's name or connection. The shop itself stays: another shop is another store.</summary>
public sealed partial class ChangeStore(
    IDbContextFactory<DashboardContext> contexts, SealedCredentials credentials, ShopifyOptions options, TimeProvider clock, ILogger<ChangeStore> log)
{
    public async Task<StoreChange> Change(long id, StoreEdit edit, CancellationToken cancel)
    {
        if (edit.Name is not null && edit.Name.Trim().Length is 0 or > 100)
            return new StoreChange.Refused(nameof(edit.Name), "Give the shop a name of up to 100 characters.");
        if (edit.ApiVersion is not null && !ApiVersion.IsWellFormed(edit.ApiVersion))
            return new StoreChange.Refused(nameof(edit.ApiVersion), $"“{edit.ApiVersion}” is no version. {ApiVersion.Right}");
        if (edit.Credentials is not null && CredentialRules.Refusal(edit.Credentials.Credentials) is { } refusal)
            return refusal;

        await using var database = await contexts.CreateDbContextAsync(cancel);
        var store = await database.Set<Store>().FirstOrDefaultAsync(known => known.Id == id && known.DeletedAt == null, cancel);
        if (store is null)
            return new StoreChange.Refused(nameof(id), "This shop is not connected any more.");
        if (store.Shop == options.Domain && (edit.ApiVersion ?? store.ApiVersion, edit.Credentials) != (store.ApiVersion, null))
            return new StoreChange.Refused(nameof(edit.Credentials), "The connection of this shop comes from the server's settings (Shopify__…) and is set again at every start. Change it there.");

        store.Name = edit.Name?.Trim() ?? store.Name;
        store.ApiVersion = edit.ApiVersion ?? store.ApiVersion;
        if (edit.Credentials is not null)
        {
            store.CredentialKind = SealedCredentials.KindOf(edit.Credentials.Credentials);
            store.Credentials = credentials.Seal(store.Shop, edit.Credentials.Credentials);
            (store.ConnectionLostAt, store.ConnectionLostReason) = (null, null);
        }
        store.UpdatedAt = clock.GetUtcNow();
        await database.SaveChangesAsync(cancel);
        LogChanged(id);
        return new StoreChange.Done(StoreRow.Of(store, options));
    }

    [LoggerMessage(5102, LogLevel.Information, "The connection of store {Store} was changed")]
    private partial void LogChanged(long store);
}
