using System.Threading.Channels;
using CowansDashboard.Webhooks;

namespace CowansDashboard.Web.Components.Layout;

/// <summary>Lets the pages of one browser tab hear that Shopify told of a change, on whichever node it was handled, until the tab looks at another store.</summary>
public sealed class FollowWebhooks(WebhookFeed webhooks, ShellFeed feed, TimeProvider clock)
{
    // A busy shop must not keep a page reading; a quiet one shows a change at once.
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(400);

    /// <param name="onHeard">Called after the pages were told: other figures of the frame may be newer now too.</param>
    public async Task Follow(long storeId, Func<Task> onHeard, CancellationToken cancel)
    {
        var heard = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        using var watch = webhooks.Subscribe(storeId, () => heard.Writer.TryWrite(true));
        try
        {
            while (await heard.Reader.WaitToReadAsync(cancel))
            {
                heard.Reader.TryRead(out _);
                feed.Set(state => state with { Heard = state.Heard + 1 });
                await onHeard();
                await Task.Delay(Pause, clock, cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The tab is gone, or looks at another store.
        }
    }
}
