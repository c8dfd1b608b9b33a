namespace CowansDashboard.Webhooks.Handling;

/// <summary>What a re-read did to one product, and what came of the deliveries about it. Pure.</summary>
/// <param name="Existed">The copy held it, alive, before.</param>
/// <param name="IsGone">Shopify answered with null.</param>
/// <param name="Written">A row of it, or one that hangs on it, was written.</param>
/// <param name="Recorded">A field that people see has another value: the history says so.</param>
/// <param name="Conflicts">A field that both sides changed was found by this read.</param>
/// <param name="Pushed">This dashboard sent changes of it shortly before the delivery came.</param>
internal sealed record ProductSeen(bool Existed, bool IsGone, bool Written, bool Recorded, bool Conflicts, bool Pushed)
{
    /// <summary>Collections with rules, and those that sort by fields, may hold it elsewhere now: also after a change that came from here.</summary>
    public bool MayHaveMoved => !IsGone && (Recorded || !Existed || Conflicts || Pushed);

    public string Outcome => this switch
    {
        { IsGone: true, Existed: true } => DeliveryOutcome.Deleted,
        { IsGone: true } => DeliveryOutcome.Unchanged,
        { Conflicts: true } => DeliveryOutcome.Conflict,
        { Recorded: true } or { Existed: false } => DeliveryOutcome.Changed,
        { Pushed: true } => DeliveryOutcome.Own,
        { Written: true } => DeliveryOutcome.Changed,
        _ => DeliveryOutcome.Unchanged,
    };
}
