using System.Data.Common;
using System.Text.Json.Nodes;

namespace CowansDashboard.Web.Components.Products.Editing;

/// <summary>Where typed, unsaved values are kept; a null content removes them.</summary>
public delegate Task WriteDraft(JsonObject? content, CancellationToken cancel);

/// <summary>
/// Keeps what is typed on one page on the server, a second after the last key. One writing at a time, so that an older
/// draft never lands over a newer one; while the database is away it tries again.
/// </summary>
/// <param name="clock">Measures the second, and says when a draft was kept.</param>
/// <param name="snapshot">What is typed at that moment; null when nothing is.</param>
/// <param name="keep">Writes or removes the draft.</param>
public sealed class DraftKeeper(TimeProvider clock, Func<Task<JsonObject?>> snapshot, WriteDraft keep) : IAsyncDisposable
{
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _one = new(1, 1);
    private ITimer? _timer;
    private Action? _changed;
    private int _asked, _kept;
    private bool _ended;

    /// <summary>When the draft on the server was last written; null while there is none.</summary>
    public DateTimeOffset? KeptAt { get; private set; }

    public bool Failed { get; private set; }

    /// <summary>Nothing is typed that the server does not have.</summary>
    public bool IsKept => Volatile.Read(ref _asked) == Volatile.Read(ref _kept);

    public IDisposable Subscribe(Action onChange)
    {
        lock (_gate)
            _changed += onChange;
        return new Subscription(this, onChange);
    }

    /// <summary>A draft that the server holds already, from an earlier visit.</summary>
    public void Found(DateTimeOffset at) => KeptAt = at;

    /// <summary>Something was typed, taken back or saved.</summary>
    public void Touch()
    {
        Interlocked.Increment(ref _asked);
        After(Pause);
    }

    /// <summary>At once, for what must not wait: a save or a leave.</summary>
    public async Task Flush()
    {
        await _one.WaitAsync();
        try
        {
            await Write();
        }
        finally
        {
            _one.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _ended = true;
            _timer?.Dispose();
        }
        if (!IsKept)
            await Flush();
    }

    private void After(TimeSpan pause)
    {
        lock (_gate)
        {
            if (_ended)
                return;
            _timer?.Dispose();
            _timer = clock.CreateTimer(_ => _ = Flush(), null, pause, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task Write()
    {
        var asked = Volatile.Read(ref _asked);
        if (asked == _kept)
            return;
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            var content = await snapshot();
            await keep(content, patience.Token);
            KeptAt = content is null ? null : clock.GetUtcNow();
            Failed = false;
            Volatile.Write(ref _kept, asked);
        }
        catch (Exception failure) when (failure is DbException or TimeoutException or OperationCanceledException or ObjectDisposedException)
        {
            Failed = true;
            After(Again);
        }
        _changed?.Invoke();
    }

    private sealed class Subscription(DraftKeeper keeper, Action onChange) : IDisposable
    {
        public void Dispose()
        {
            lock (keeper._gate)
                keeper._changed -= onChange;
        }
    }
}
