using System.Text.Json.Nodes;

namespace CowansDashboard.Sync.Push;

/// <summary>
/// Where the time of a bulk push goes. Its stages overlap, and each goes on in several places at once: a stage's time is that
/// during which it went on anywhere.
/// </summary>
public sealed class PushStages(TimeProvider clock)
{
    public const string Ends = "before and after Shopify";

    public PushStage Looking { get; } = new(clock);

    public PushStage Uploading { get; } = new(clock);

    /// <summary>Operations that Shopify ran.</summary>
    public PushStage Running { get; } = new(clock);

    /// <summary>Fetching and writing what Shopify answered.</summary>
    public PushStage Confirming { get; } = new(clock);

    public PushStage LookingAgain { get; } = new(clock);

    private readonly long _began = clock.GetTimestamp();

    /// <summary>Seconds before Shopify had anything to do and after it had done all: what grows with the first and the last round only.</summary>
    public double AtTheEnds => Running.Began is not { } first || Running.Ended is not { } last ? 0
        : Math.Round((clock.GetElapsedTime(_began, first) + clock.GetElapsedTime(last)).TotalSeconds, 3);

    /// <summary>Seconds by stage.</summary>
    public JsonObject Seconds() => new()
    {
        [Ends] = AtTheEnds,
        ["looking"] = Looking.Seconds,
        ["uploading"] = Uploading.Seconds,
        ["running"] = Running.Seconds,
        ["confirming"] = Confirming.Seconds,
        ["looking again"] = LookingAgain.Seconds,
    };
}

/// <summary>One stage.</summary>
public sealed class PushStage(TimeProvider clock)
{
    private readonly Lock _one = new();
    private TimeSpan _over;
    private int _going;
    private long _since;
    private long? _first;
    private long? _last;

    /// <summary>When it went on for the first time; null when it never did.</summary>
    public long? Began
    {
        get
        {
            lock (_one)
                return _first;
        }
    }

    /// <summary>When it ended for the last time.</summary>
    public long? Ended
    {
        get
        {
            lock (_one)
                return _last;
        }
    }

    public double Seconds
    {
        get
        {
            lock (_one)
                return Math.Round((_over + (_going > 0 ? clock.GetElapsedTime(_since) : TimeSpan.Zero)).TotalSeconds, 3);
        }
    }

    /// <summary>It goes on until what is returned is disposed.</summary>
    public IDisposable Begin()
    {
        lock (_one)
            if (_going++ == 0)
            {
                _since = clock.GetTimestamp();
                _first ??= _since;
            }
        return new Going(this);
    }

    private void End()
    {
        lock (_one)
            if (--_going == 0)
            {
                _last = clock.GetTimestamp();
                _over += clock.GetElapsedTime(_since, _last.Value);
            }
    }

    private sealed class Going(PushStage stage) : IDisposable
    {
        private bool _ended;

        public void Dispose()
        {
            if (_ended)
                return;
            _ended = true;
            stage.End();
        }
    }
}
