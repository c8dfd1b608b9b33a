namespace CowansDashboard.Shopify.Throttling;

/// <summary>The budget of a shop that only this process talks to: all points, and five bulk slots of each kind.</summary>
/// <param name="slotsOfEachKind">How many bulk operations Shopify lets run at once.</param>
public sealed class WholeBudget(int slotsOfEachKind = WholeBudget.ShopifysSlots) : IBudgetLease
{
    /// <summary>Since API version 2026-01.</summary>
    public const int ShopifysSlots = 5;

    private readonly int[] taken = new int[2];

    /// <inheritdoc/>
    public BudgetShare Current => BudgetShare.Whole;

    /// <inheritdoc/>
    public ValueTask<BudgetShare> Renew(int demand, CancellationToken cancel) => new(BudgetShare.Whole);

    /// <inheritdoc/>
    public ValueTask<IBulkSlot?> TryTakeSlot(BulkSlotKind kind, CancellationToken cancel)
    {
        if (Interlocked.Increment(ref taken[(int)kind]) <= slotsOfEachKind)
        {
            return new(new Slot(this, kind));
        }

        Interlocked.Decrement(ref taken[(int)kind]);
        return new((IBulkSlot?)null);
    }

    private sealed class Slot(WholeBudget budget, BulkSlotKind kind) : IBulkSlot
    {
        private int released;

        public ValueTask<bool> Renew(CancellationToken cancel) => new(released == 0);

        public ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref released, 1) == 0)
            {
                Interlocked.Decrement(ref budget.taken[(int)kind]);
            }

            return ValueTask.CompletedTask;
        }
    }
}
