namespace CowansDashboard.Web.Components.Kit;

/// <summary>A search that is asked while somebody types: after a short pause, and only for the last words.</summary>
public sealed class WhileTyping : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(180);

    private CancellationTokenSource? last;
    private bool gone;

    /// <summary>Lets go of what was asked before and asks once nothing was typed for a moment; the first question is asked at once.</summary>
    public async Task Ask(Func<CancellationToken, Task> ask)
    {
        if (gone)
            return;
        var (own, isFirst) = (new CancellationTokenSource(), last is null);
        if (last is not null)
            await last.CancelAsync();
        last = own;
        try
        {
            if (!isFirst)
                await Task.Delay(Pause, own.Token);
            await ask(own.Token);
        }
        catch (Exception letGo) when (own.IsCancellationRequested && letGo is OperationCanceledException or System.Data.Common.DbException)
        {
            // Something else was typed, or the page was left.
        }
    }

    public void Dispose()
    {
        gone = true;
        last?.Cancel();
        last?.Dispose();
    }
}
