using CowansDashboard.Runs;

namespace CowansDashboard.Webhooks;

/// <summary>Has every delivery of a filtered list handled once more, the newest first.</summary>
public sealed class ReplayFiltered(ReadDeliveries read, ReplayDeliveries replay)
{
    /// <summary>Beyond it a pull is quicker than reading thing by thing.</summary>
    public const int Most = 100_000;

    private const int AtOnce = 1_000;

    /// <summary>How many are handled again, at most <see cref="Most"/>.</summary>
    public async Task<long> Replay(long storeId, DeliveryFilter filter, AskedBy by, CancellationToken cancel)
    {
        var again = 0L;
        long? after = null;
        do
        {
            var ids = await read.Ids(storeId, filter, after, AtOnce, cancel);
            if (ids.Count > 0)
                again += await replay.Of(storeId, ids, by, cancel);
            after = ids.Count == AtOnce ? ids[^1] : null;
        }
        while (after is not null && again < Most);
        return again;
    }
}
