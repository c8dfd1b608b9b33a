using CowansDashboard.Data;
using CowansDashboard.History;
using CowansDashboard.Search;
using CowansDashboard.Shopify.Errors;

namespace CowansDashboard.Sync.Push;

/// <summary>
/// Sends a few products one after the other and writes down what came of it every second or so. When it has to stop, what was
/// answered is written, and what was not sent waits as before.
/// </summary>
public sealed class PushProducts(PushScope scope, TimeProvider clock)
{
    private const int ConfirmAtOnce = 25;
    private const int WholeAtOnce = 10;
    private static readonly TimeSpan ConfirmAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PatienceAtStop = TimeSpan.FromSeconds(20);

    private readonly SendOperations _send = new(scope.Admin, scope.Lane, scope.Run.CheckFence);
    private readonly ConfirmProducts _confirm = new(scope);

    public async Task Push(long[] products, bool plain, CancellationToken cancel)
    {
        var prepare = new PrepareProducts(scope);
        var claimed = await prepare.Claim(products, cancel);
        if (claimed.Length == 0)
            return;
        var left = new Queue<PushProduct>(await prepare.Prepare(claimed, plain, cancel));
        var sent = new List<SentProduct>();
        try
        {
            var (since, ticket) = (clock.GetTimestamp(), await scope.Ticket(cancel));
            while (left.TryPeek(out var product))
            {
                cancel.ThrowIfCancellationRequested();
                var one = new SentProduct(product, ticket);
                left.Dequeue();
                sent.Add(one);
                await _send.Send(product, one, cancel);
                if (sent.Count >= (plain ? ConfirmAtOnce : WholeAtOnce) || clock.GetElapsedTime(since) >= ConfirmAfter)
                {
                    await Confirm(sent, plain, cancel);
                    (since, ticket) = (clock.GetTimestamp(), await scope.Ticket(cancel));
                }
            }
            await Confirm(sent, plain, cancel);
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or ShopifyFaultException)
        {
            await Stop(sent, left, plain);
            throw;
        }
    }

    // What nobody knows stays marked as sent: the next round reads it again first.
    private async Task Confirm(List<SentProduct> sent, bool plain, CancellationToken cancel)
    {
        if (sent.Count == 0)
            return;
        if (plain)
            await _confirm.Plain(sent, cancel);
        else
            await _confirm.Whole(sent, cancel);
        sent.Clear();
    }

    private async Task Stop(List<SentProduct> sent, IEnumerable<PushProduct> waiting, bool plain)
    {
        using var patience = new CancellationTokenSource(PatienceAtStop, clock);
        PushProduct[] left = [.. sent.Where(one => one.IsUntouched).Select(one => one.Product), .. waiting];
        sent.RemoveAll(one => one.IsUntouched);
        await Try(() => Unsend(left, patience.Token));
        // What was answered is written before anybody else asks: a product that was created must not come back as a stranger.
        await Try(() => Confirm(sent, plain, patience.Token));
    }

    private Task Unsend(PushProduct[] left, CancellationToken cancel) => left.Length == 0 ? Task.CompletedTask : scope.Write(async transaction =>
    {
        long[] products = [.. left.Select(product => product.ProductId)];
        await HoldProducts.Hold(transaction.Connection, products, cancel);
        await PushItems.Unsend(transaction.Connection, [.. left.SelectMany(product => product.Entities).Select(entity => entity.ItemId)], cancel);
        await new PrepareProducts(scope).Release(transaction.Connection, products, cancel);
        await RefreshSummaries.Refresh(transaction.Connection, products, cancel);
        return true;
    }, cancel);

    private static async Task Try(Func<Task> last)
    {
        try
        {
            await last();
        }
        catch (Exception hindered) when (hindered is OperationCanceledException or ShopifyFaultException or Runs.RunFencedException or Npgsql.NpgsqlException)
        {
            // Then it is marked as sent, and read again before anything else.
        }
    }
}
