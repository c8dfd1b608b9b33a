using CowansDashboard.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace CowansDashboard.Stores;

/// <summary>Forgets how a shop is reached, its credentials at once. The copy stays, and is there again when the shop is connected again.</summary>
public sealed partial class RemoveStore(
    IDbContextFactory<DashboardContext> contexts, ShopifyOptions options, TimeProvider clock, ILogger<RemoveStore> log)
{
    public async Task<StoreChange> Remove(long id, CancellationToken cancel)
    {
        await using var database = await contexts.CreateDbContextAsync(cancel);
        var store = await database.Set<Store>().FirstOrDefaultAsync(known => known.Id == id && known.DeletedAt == null, cancel);
        if (store is null)
            return new StoreChange.Refused(nameof(id), "This shop is not connected any more.");
        if (store.Shop == options.Domain)
            return new StoreChange.Refused(nameof(id), "This shop comes from the server's setting Shopify__Shop and would be back at the next start. Take it out there first.");

        store.Credentials = [];
        store.DeletedAt = store.UpdatedAt = clock.GetUtcNow();
        await database.SaveChangesAsync(cancel);
        LogRemoved(id, store.Shop);
        return new StoreChange.Done(StoreRow.Of(store, options));
    }

    [LoggerMessage(5103, LogLevel.Information, "Store {Store} was removed: {Shop}")]
    private partial void LogRemoved(long store, string shop);
}
