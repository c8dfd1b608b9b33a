using System.Text.Json;
using CowansDashboard.Runs;

namespace CowansDashboard.Sync.Pull;

/// <summary>Where an incremental pull stands. Parts that are listed side by side save one after the other, each with what it found.</summary>
public sealed class ChangesCheckpoint(RunContext run) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>As last committed; null in a pull that begins.</summary>
    public ChangesCursor? Cursor { get; private set; } = run.Cursor?.Deserialize(SyncJson.Default.ChangesCursor);

    public async Task Save(Func<ChangesCursor?, ChangesCursor> change, Func<FencedTransaction, Task>? together, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            var changed = change(Cursor);
            await using var transaction = await run.Begin(cancel);
            if (together is not null)
                await together(transaction);
            await transaction.SaveCursor(changed, SyncJson.Default.ChangesCursor, cancel);
            await transaction.Commit(cancel);
            Cursor = changed;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
