namespace CowansDashboard.Shopify.Throttling;

/// <summary>
/// What one node may use of a shop's budget. Alone it has everything (<see cref="WholeBudget"/>);
/// several nodes lease shares and bulk slots from a place they all see, with expiry, so that a dead node's share returns.
/// </summary>
public interface IBudgetLease
{
    /// <summary>The share held now; its fraction is zero when none is. Asked for often and under a lock: answer from memory.</summary>
    BudgetShare Current { get; }

    /// <summary>Takes or prolongs the share. Called before the current one ends, and as long as none is held.</summary>
    /// <param name="demand">How many requests this node has waiting and under way, so that an idle node gets little.</param>
    /// <param name="cancel">Stops the attempt.</param>
    ValueTask<BudgetShare> Renew(int demand, CancellationToken cancel);

    /// <summary>Takes one of the shop's bulk slots, or null when all are taken.</summary>
    ValueTask<IBulkSlot?> TryTakeSlot(BulkSlotKind kind, CancellationToken cancel);
}

/// <summary>One bulk slot, held until disposed. A holder that vanishes loses it after a while.</summary>
public interface IBulkSlot : IAsyncDisposable
{
    /// <summary>Keeps it; called at every poll of the operation. False when it was lost to another node.</summary>
    ValueTask<bool> Renew(CancellationToken cancel);
}

/// <summary>Shopify counts bulk queries and bulk mutations apart, five of each per app and shop.</summary>
public enum BulkSlotKind
{
    /// <summary>A bulk query.</summary>
    Query,

    /// <summary>A bulk mutation.</summary>
    Mutation,
}

/// <summary>A part of the bucket and of what flows into it.</summary>
/// <param name="Fraction">From 0 to 1.</param>
/// <param name="Until">When it ends unless renewed.</param>
public readonly record struct BudgetShare(double Fraction, DateTimeOffset Until)
{
    /// <summary>No share.</summary>
    public static readonly BudgetShare None = new(0, DateTimeOffset.MinValue);

    /// <summary>Everything, for ever.</summary>
    public static readonly BudgetShare Whole = new(1, DateTimeOffset.MaxValue);

    /// <summary>The part that may be used at this time.</summary>
    public double At(DateTimeOffset now) => now < Until ? Math.Clamp(Fraction, 0, 1) : 0;
}
