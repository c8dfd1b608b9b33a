namespace CowansDashboard.Collections;

/// <summary>How far the removal of a collection is.</summary>
/// <param name="Hours">How long it can be restored once Shopify publishes it nowhere.</param>
/// <param name="ConfirmedAt">Since when Shopify publishes it nowhere; null while that waits for a push.</param>
/// <param name="EndsAt">When Shopify deletes it.</param>
/// <param name="IsGoing">Shopify is deleting it; it cannot be restored any more.</param>
/// <param name="Problem">Why Shopify did not delete it although its time is over.</param>
/// <param name="Changed">What was changed in Shopify since: it is kept until a person has decided.</param>
public sealed record CollectionRemoval(int Hours, DateTimeOffset? ConfirmedAt, DateTimeOffset? EndsAt, bool IsGoing, string? Problem, IReadOnlyList<string> Changed);
