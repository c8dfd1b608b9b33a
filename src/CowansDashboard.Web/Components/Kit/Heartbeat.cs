namespace CowansDashboard.Web.Components.Kit;

/// <summary>One slow tick per browser tab, so that ages grow without a timer in every cell.</summary>
public sealed class Heartbeat(TimeProvider clock) : IDisposable
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    readonly Lock gate = new();
    readonly HashSet<Listener> listeners = [];
    ITimer? timer;

    public IDisposable Subscribe(Action onTick)
    {
        var listener = new Listener(this, onTick);
        lock (gate)
        {
            listeners.Add(listener);
            timer ??= clock.CreateTimer(_ => Tick(), null, Every, Every);
        }
        return listener;
    }

    void Tick()
    {
        Listener[] now;
        lock (gate)
        {
            now = [.. listeners];
        }
        foreach (var listener in now)
        {
            listener.OnTick();
        }
    }

    void Leave(Listener listener)
    {
        lock (gate)
        {
            listeners.Remove(listener);
            if (listeners.Count == 0)
            {
                timer?.Dispose();
                timer = null;
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            listeners.Clear();
            timer?.Dispose();
            timer = null;
        }
    }

    sealed class Listener(Heartbeat beat, Action onTick) : IDisposable
    {
        public Action OnTick => onTick;

        public void Dispose() => beat.Leave(this);
    }
}
