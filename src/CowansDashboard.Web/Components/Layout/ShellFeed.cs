namespace CowansDashboard.Web.Components.Layout;

/// <summary>Holds the frame's state for one browser tab and tells the frame when it changed.</summary>
public sealed class ShellFeed
{
    readonly Lock gate = new();
    Action? changed;

    public ShellState State { get; private set; } = ShellState.Empty;

    /// <summary>What a choice in the store switcher does; <see cref="CurrentStore"/> listens.</summary>
    public Func<long, Task> OnChoose { get; set; } = _ => Task.CompletedTask;

    public void Set(Func<ShellState, ShellState> change)
    {
        lock (gate)
        {
            var next = change(State);
            if (next == State)
            {
                return;
            }
            State = next;
        }
        changed?.Invoke();
    }

    public IDisposable Subscribe(Action onChange)
    {
        lock (gate)
        {
            changed += onChange;
        }
        return new Subscription(() =>
        {
            lock (gate)
            {
                changed -= onChange;
            }
        });
    }

    sealed class Subscription(Action end) : IDisposable
    {
        Action? end = end;

        public void Dispose() => Interlocked.Exchange(ref end, null)?.Invoke();
    }
}
