using System.Runtime.ExceptionServices;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Throttling;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Works through items side by side: by as many workers as the shop's budget bears at the moment, from two to ten,
/// looked at again after every item and every second. After the first error no item is begun; it is thrown when
/// the others have ended.
/// </summary>
public sealed class PacedWorkers(Func<BudgetReading> budget, TimeProvider clock)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    public static PacedWorkers For(ShopifyAdmin admin) => new(() => admin.Governor.Reading, admin.Clock);

    /// <summary>At most so many; a benchmark compares ten with one.</summary>
    public int Most { get; init; } = ThrottleMath.MaximumWorkers;

    /// <summary>How something is read, with the number of workers: "by id, 4 workers".</summary>
    public static string Say(string how, int workers) => workers == 1 ? $"{how}, 1 worker" : $"{how}, {workers} workers";

    /// <param name="items">Taken one after the other, each once.</param>
    /// <param name="work">What a worker does with one.</param>
    /// <param name="show">Gets the number of workers whenever it changes.</param>
    /// <param name="cancel">Begins no further item; the work itself gets it too.</param>
    public async Task Run<T>(IEnumerable<T> items, Func<T, CancellationToken, Task> work, Action<int>? show, CancellationToken cancel)
    {
        using var left = items.GetEnumerator();
        using var over = new CancellationTokenSource();
        var running = new List<Task>();
        var (wanted, shown, refused) = (0, 0, budget().Throttled);
        var more = left.MoveNext();
        Exception? first = null;
        var look = Task.CompletedTask;
        while (true)
        {
            var reading = budget();
            wanted = Next(wanted, reading, reading.Throttled > refused, Most);
            refused = reading.Throttled;
            while (more && first is null && running.Count < wanted && !cancel.IsCancellationRequested)
            {
                running.Add(Begin(left.Current, work, cancel));
                more = left.MoveNext();
            }
            if (running.Count == 0)
                break;
            // The last few that end one after the other are no smaller crew.
            if (running.Count != shown && (more || shown == 0))
                show?.Invoke(shown = running.Count);

            if (look.IsCompleted)
                look = Task.Delay(LookAgain, clock, over.Token);
            await Task.WhenAny([.. running, look]);
            foreach (var done in running.Where(one => one.IsCompleted && !one.IsCompletedSuccessfully))
                first ??= done.Exception?.InnerException ?? new OperationCanceledException(cancel);
            running.RemoveAll(one => one.IsCompleted);
        }
        await over.CancelAsync();
        if (first is not null)
            ExceptionDispatchInfo.Throw(first);
        cancel.ThrowIfCancellationRequested();
    }

    /// <summary>
    /// How many workers there should be after a look at the budget. The governor counts requests under way; a worker
    /// also writes to the copy between two of them, so that more are wanted as long as no request waits for points.
    /// </summary>
    public static int Next(int now, BudgetReading reading, bool refused, int most)
    {
        var wanted = reading switch
        {
            _ when now == 0 => reading.Workers,
            _ when refused => now / 2,
            { Waiting: 0 } => Math.Max(now + 1, reading.Workers),
            { Waiting: > 2 } => now - 1,
            _ => now,
        };
        return Math.Min(Math.Clamp(wanted, ThrottleMath.MinimumWorkers, ThrottleMath.MaximumWorkers), most);
    }

    private static async Task Begin<T>(T item, Func<T, CancellationToken, Task> work, CancellationToken cancel) => await work(item, cancel);
}
