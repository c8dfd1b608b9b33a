using System.Threading.Channels;

namespace CowansDashboard.Webhooks;

/// <summary>
/// Keeps a delivery, once, and answers when it is committed. Deliveries of the same moment share one insert: Shopify posts side
/// by side, and a commit costs the same for one row as for thirty.
/// </summary>
public sealed class ReceiveDelivery(TimeProvider clock, WebhookOptions options)
{
    private const int LongestLine = 10_000;

    private readonly Channel<WaitingDelivery> _line = Channel.CreateBounded<WaitingDelivery>(
        new BoundedChannelOptions(LongestLine) { FullMode = BoundedChannelFullMode.Wait });

    internal ChannelReader<WaitingDelivery> Line => _line.Reader;

    /// <summary>True when it is kept, now or since an earlier delivery of the same id; false when the database cannot take it at the moment.</summary>
    public async Task<bool> Receive(Delivery delivery, CancellationToken cancel)
    {
        var waiting = new WaitingDelivery(delivery, clock.GetTimestamp());
        if (!_line.Writer.TryWrite(waiting))
            return false;
        try
        {
            return await waiting.Kept.Task.WaitAsync(options.AnswerWithin, clock, cancel);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}

/// <summary>A delivery whose sender waits for the commit.</summary>
internal sealed record WaitingDelivery(Delivery Delivery, long Since)
{
    public TaskCompletionSource<bool> Kept { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
