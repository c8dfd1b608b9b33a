namespace CowansDashboard.Shopify.Throttling;

/// <summary>Requests that wait for points: first come, first served, people before background work. Not thread-safe.</summary>
internal sealed class WaitingLine
{
    private static readonly Lane[] Order = [Lane.Interactive, Lane.Background];
    private readonly Queue<Waiter>[] lanes = [new(), new()];

    public int Count => lanes.Sum(lane => lane.Count(waiter => !waiter.Task.IsCompleted));

    public void Join(Lane lane, Waiter waiter) => lanes[(int)lane].Enqueue(waiter);

    /// <summary>Who is next; those who gave up leave the line.</summary>
    public (Lane Lane, Waiter Waiter)? Next()
    {
        foreach (var lane in Order)
        {
            while (lanes[(int)lane].TryPeek(out var waiter))
            {
                if (!waiter.Task.IsCompleted)
                {
                    return (lane, waiter);
                }

                lanes[(int)lane].Dequeue();
            }
        }

        return null;
    }

    /// <summary>Takes the next one of a lane out of the line.</summary>
    public void Leave(Lane lane) => lanes[(int)lane].Dequeue();

    // Continuations must not run under the governor's lock.
    public sealed class Waiter(string costKey, double estimate)
        : TaskCompletionSource<Reservation>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public string CostKey { get; } = costKey;

        public double Estimate { get; } = estimate;
    }
}
