using CowansDashboard.Shopify.Throttling;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CowansDashboard.Stores;

/// <summary>
/// This process's share of a shop's budget and bulk slots, leased from PostgreSQL, where all nodes see them. The
/// shares that are held at one time never add up to more than the whole; what a dead node holds expires.
/// </summary>
public sealed partial class LeasedBudget(long storeId, NpgsqlDataSource database, TimeProvider clock, ILogger<LeasedBudget> log) : IBudgetLease
{
    // Short, since a killed process that starts again waits for its own earlier share to end; the governor renews five
    // seconds before the end.
    internal static readonly TimeSpan ShareLasts = TimeSpan.FromSeconds(7);

    // Longer than a node may take between two looks at its bulk operation.
    internal static readonly TimeSpan SlotLasts = TimeSpan.FromMinutes(1);

    private readonly Guid _holder = Guid.NewGuid();

    /// <inheritdoc/>
    public BudgetShare Current { get; private set; } = BudgetShare.None;

    /// <inheritdoc/>
    public async ValueTask<BudgetShare> Renew(int demand, CancellationToken cancel)
    {
        // Counted from before the question, so that it ends here before it ends in the database.
        var until = clock.GetUtcNow() + ShareLasts;
        try
        {
            await using var lease = database.CreateCommand("select lease_budget($1, $2, $3, $4)");
            lease.Parameters.Add(new() { Value = storeId });
            lease.Parameters.Add(new() { Value = _holder });
            lease.Parameters.Add(new() { Value = demand });
            lease.Parameters.Add(new() { Value = ShareLasts });
            Current = new BudgetShare((double)(await lease.ExecuteScalarAsync(cancel))!, until);
        }
        catch (NpgsqlException error)
        {
            // The share held ends by itself; then requests wait until the database is back.
            LogUnleased(storeId, error.Message);
        }
        return Current;
    }

    /// <inheritdoc/>
    public async ValueTask<IBulkSlot?> TryTakeSlot(BulkSlotKind kind, CancellationToken cancel)
    {
        var holder = Guid.NewGuid();
        await using var take = database.CreateCommand("select take_bulk_slot($1, $2, $3, $4, $5)");
        take.Parameters.Add(new() { Value = storeId });
        take.Parameters.Add(new() { Value = kind == BulkSlotKind.Query ? "query" : "mutation" });
        take.Parameters.Add(new() { Value = holder });
        take.Parameters.Add(new() { Value = WholeBudget.ShopifysSlots });
        take.Parameters.Add(new() { Value = SlotLasts });
        return await take.ExecuteScalarAsync(cancel) is int ? new Slot(database, holder) : null;
    }

    private sealed class Slot(NpgsqlDataSource database, Guid holder) : IBulkSlot
    {
        public async ValueTask<bool> Renew(CancellationToken cancel)
        {
            await using var renew = database.CreateCommand("update bulk_slots set held_until = clock_timestamp() + $2 where holder = $1");
            renew.Parameters.Add(new() { Value = holder });
            renew.Parameters.Add(new() { Value = SlotLasts });
            return await renew.ExecuteNonQueryAsync(cancel) == 1;
        }

        public async ValueTask DisposeAsync()
        {
            try
            {
                await using var free = database.CreateCommand("delete from bulk_slots where holder = $1");
                free.Parameters.Add(new() { Value = holder });
                await free.ExecuteNonQueryAsync();
            }
            catch (NpgsqlException)
            {
                // It expires by itself.
            }
        }
    }

    [LoggerMessage(2050, LogLevel.Warning, "The share of the budget of store {Store} could not be prolonged: {Error}")]
    private partial void LogUnleased(long store, string error);
}
