using CowansDashboard.Runs;
using Npgsql;

namespace CowansDashboard.Schedules.Recurring;

/// <summary>Starts the run of a recurring work, inside the transaction of whoever moves its row on.</summary>
public sealed class StartRecurringWork(EnqueueRun enqueue)
{
    internal async Task<RecurringStart> Start(long storeId, RecurringKind kind, AskedBy by, NpgsqlTransaction transaction, CancellationToken cancel)
    {
        if (kind.NeedsPulledShop && !await IsPulled(storeId, transaction, cancel))
            return new RecurringStart.NotNeeded("The shop has not been pulled as a whole yet.");
        if (kind.Run is not { } run)
            return new RecurringStart.AtOnce();
        return await enqueue.Enqueue(new RunRequest(run, storeId, by, kind.Parameters), transaction, cancel) switch
        {
            EnqueueOutcome.Enqueued started => new RecurringStart.Started(started.RunId),
            EnqueueOutcome.AlreadyActive active when kind.SameAs.Contains(active.Run.Kind) => new RecurringStart.NotNeeded($"{Title(active.Run.Kind)} {Is(active.Run.Status)} and reads the same."),
            EnqueueOutcome.AlreadyActive active => new RecurringStart.Waits($"{Title(active.Run.Kind)} {Is(active.Run.Status)}: one at a time in a shop."),
            _ => throw new InvalidOperationException("Enqueueing has no other outcome."),
        };
    }

    private static async Task<bool> IsPulled(long storeId, NpgsqlTransaction transaction, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select incremental_since is not null from stores where id = $1", transaction.Connection, transaction);
        command.Parameters.Add(new() { Value = storeId });
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    private static string Title(string run) => run switch
    {
        "pull-full" => "Pull everything",
        "pull-incremental" => "Pull changes",
        "pull-selection" => "Pull selected products",
        "reconcile" => "A comparison",
        _ => $"A run ({run})",
    };

    private static string Is(RunStatus status) => status is RunStatus.Paused ? "stands paused" : "was running";
}

/// <summary>What became of a start.</summary>
internal abstract record RecurringStart
{
    private RecurringStart()
    {
    }

    public sealed record Started(long RunId) : RecurringStart;

    /// <summary>It has no run: whoever asked does it after the commit.</summary>
    public sealed record AtOnce : RecurringStart;

    public sealed record NotNeeded(string Sentence) : RecurringStart;

    /// <summary>Another run has to end first.</summary>
    public sealed record Waits(string Sentence) : RecurringStart;
}
