namespace CowansDashboard.Web.Components.Kit;

/// <summary>A line about what was done, in the past tense, with a way back where there is one. Failures never toast.</summary>
public sealed record Toast(string Text, string? ActionTitle = null, Func<Task>? Action = null)
{
    public Guid Id { get; } = Guid.NewGuid();
}

/// <summary>The toasts of one browser tab.</summary>
public sealed class Toasts
{
    readonly Lock gate = new();
    Action? changed;

    public IReadOnlyList<Toast> Now { get; private set; } = [];

    public void Say(string text, string? actionTitle = null, Func<Task>? action = null) =>
        Change(now => [.. now.TakeLast(2), new Toast(text, actionTitle, action)]);

    public void Close(Guid id) => Change(now => [.. now.Where(toast => toast.Id != id)]);

    public IDisposable Subscribe(Action onChange)
    {
        lock (gate)
        {
            changed += onChange;
        }
        return new Subscription(this, onChange);
    }

    void Change(Func<IReadOnlyList<Toast>, IReadOnlyList<Toast>> change)
    {
        lock (gate)
        {
            Now = change(Now);
        }
        changed?.Invoke();
    }

    sealed class Subscription(Toasts toasts, Action onChange) : IDisposable
    {
        public void Dispose()
        {
            lock (toasts.gate)
            {
                toasts.changed -= onChange;
            }
        }
    }
}
