namespace CowansDashboard.Webhooks;

/// <summary>How far a delivery is.</summary>
public static class DeliveryState
{
    /// <summary>Waits to be handled, or to be tried again.</summary>
    public const string Queued = "queued";

    public const string Done = "done";

    /// <summary>Given up after many attempts; somebody can have it handled again.</summary>
    public const string Dead = "dead";
}

/// <summary>What came of a delivery.</summary>
public static class DeliveryOutcome
{
    /// <summary>The copy was brought up to date.</summary>
    public const string Changed = "changed";

    /// <summary>The copy knew it already.</summary>
    public const string Unchanged = "unchanged";

    /// <summary>It told of what this dashboard itself had just sent.</summary>
    public const string Own = "own";

    /// <summary>Both sides had changed the same field.</summary>
    public const string Conflict = "conflict";

    /// <summary>Shopify no longer has it.</summary>
    public const string Deleted = "deleted";

    /// <summary>A signal that nothing in the copy depends on.</summary>
    public const string Noted = "noted";

    /// <summary>A topic, a shop or a thing that this dashboard does not keep.</summary>
    public const string Ignored = "ignored";
}
