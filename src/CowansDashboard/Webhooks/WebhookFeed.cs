using System.Collections.Concurrent;
using System.Threading.Channels;

namespace CowansDashboard.Webhooks;

/// <summary>
/// Word inside one process: to the handlers that something was heard, to the pages that the copy of a store has changed.
/// <see cref="ListenForWebhooks"/> brings what other nodes say.
/// </summary>
public sealed class WebhookFeed
{
    private readonly Channel<bool> _heard = Signal();
    private readonly Channel<bool> _told = Signal();
    private readonly ConcurrentDictionary<Watch, bool> _watches = new();

    /// <summary>Calls back, from any thread, whenever what was heard has changed the copy of a store. Until it is disposed.</summary>
    public IDisposable Subscribe(long storeId, Action changed) => new Watch(this, storeId, changed);

    /// <summary>Something new is in the inbox: handlers here look at once, other nodes are told soon.</summary>
    internal void Heard()
    {
        _heard.Writer.TryWrite(true);
        _told.Writer.TryWrite(true);
    }

    /// <summary>Another node said so.</summary>
    internal void HeardElsewhere() => _heard.Writer.TryWrite(true);

    internal ChannelReader<bool> ToHandle => _heard.Reader;

    internal ChannelReader<bool> ToTell => _told.Reader;

    internal void Applied(long storeId)
    {
        foreach (var watch in _watches.Keys)
            watch.Tell(storeId);
    }

    private static Channel<bool> Signal() => Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    private sealed class Watch : IDisposable
    {
        private readonly WebhookFeed _feed;
        private readonly long _storeId;
        private readonly Action _changed;

        public Watch(WebhookFeed feed, long storeId, Action changed)
        {
            (_feed, _storeId, _changed) = (feed, storeId, changed);
            feed._watches[this] = true;
        }

        public void Tell(long storeId)
        {
            if (storeId == _storeId)
                _changed();
        }

        public void Dispose() => _feed._watches.TryRemove(this, out _);
    }
}
