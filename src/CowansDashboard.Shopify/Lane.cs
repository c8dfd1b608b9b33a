namespace CowansDashboard.Shopify;

/// <summary>Who waits for an answer. Both lanes share one budget; a person's click passes background work.</summary>
public enum Lane
{
    /// <summary>Pulls, pushes, reconciliation.</summary>
    Background,

    /// <summary>Somebody is looking at the screen.</summary>
    Interactive,
}
