using System.Collections.Concurrent;

namespace CowansDashboard.Shopify.Bulk;

/// <summary>
/// Wakes whoever watches a bulk operation when somebody has heard that it ended. Word of it may come twice, early or never: it only
/// leads to a look, and without it the looks come by themselves.
/// </summary>
public sealed class BulkBell
{
    private readonly ConcurrentDictionary<Ear, bool> ears = new();

    /// <summary>Somebody heard that an operation of a shop has ended.</summary>
    public void Ring(string shop, long operation)
    {
        foreach (var ear in ears.Keys.Where(ear => ear.Operation == operation && string.Equals(ear.Shop, shop, StringComparison.OrdinalIgnoreCase)))
        {
            ear.Hear();
        }
    }

    /// <summary>Listens until it is disposed.</summary>
    internal Ear Listen(string shop, ShopifyId operation)
    {
        var ear = new Ear(this, shop, operation.Number);
        ears[ear] = true;
        return ear;
    }

    /// <summary>One who waits for one operation.</summary>
    internal sealed class Ear(BulkBell bell, string shop, long operation) : IDisposable
    {
        private readonly SemaphoreSlim heard = new(0, 1);

        public string Shop => shop;

        public long Operation => operation;

        public void Hear()
        {
            lock (heard)
            {
                if (heard.CurrentCount == 0)
                {
                    heard.Release();
                }
            }
        }

        /// <summary>Waits as long as that, or until the bell has rung since the last wait; answers whether it has.</summary>
        public async Task<bool> Wait(TimeSpan pause, TimeProvider clock, CancellationToken cancel)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var rung = heard.WaitAsync(over.Token);
            var passed = Task.Delay(pause, clock, over.Token);
            await Task.WhenAny(rung, passed);
            await over.CancelAsync();
            await Task.WhenAll(rung, passed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancel.ThrowIfCancellationRequested();
            return rung.IsCompletedSuccessfully;
        }

        public void Dispose() => bell.ears.TryRemove(this, out _);
    }
}
