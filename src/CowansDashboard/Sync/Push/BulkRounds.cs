namespace CowansDashboard.Sync.Push;

/// <summary>
/// How many products a bulk push looks at and sends together. A small round comes first, because until then Shopify has nothing to
/// do, and a small one last, because nothing is left to do beside the reading of its answers. Pure.
/// </summary>
public static class BulkRounds
{
    /// <summary>Products of the first and of the last round.</summary>
    public const int AtTheEnds = 1_000;

    private const int Most = 4_000;

    /// <param name="before">Products of the round before; 0 for the first.</param>
    /// <param name="left">Products that are not sent yet.</param>
    public static int Next(int before, int left) =>
        before == 0 || left <= AtTheEnds ? AtTheEnds : Math.Min(Most, Math.Max(AtTheEnds, left - AtTheEnds));
}
