using System.Text.Json;
using CowansDashboard.Runs;
using Npgsql;

namespace CowansDashboard.Sync.Reconcile;

public enum ComparisonDepth
{
    /// <summary>Every field of every row, by bulk queries.</summary>
    Full,

    /// <summary>Which products and collections there are, and when each was last changed.</summary>
    Quick,

    /// <summary>Some products and collections, read by id and taken in.</summary>
    Named,
}

public abstract record StartComparisonOutcome
{
    private StartComparisonOutcome()
    {
    }

    public sealed record Started(long RunId) : StartComparisonOutcome;

    /// <summary>A pull or another comparison is unfinished; nothing was started.</summary>
    public sealed record AlreadyActive(long RunId, string Sentence) : StartComparisonOutcome;

    public sealed record Wrong(string Field, string Sentence) : StartComparisonOutcome;
}

/// <summary>Starts a comparison of the copy with Shopify. It and the pulls go one at a time in a shop.</summary>
public sealed class StartComparison(EnqueueRun enqueue, NpgsqlDataSource database)
{
    public const string NeverPulled = "This shop has not been pulled as a whole yet, so there is nothing to compare. Pull everything once.";

    public static readonly RunKind Kind = new("reconcile", "pull");

    /// <summary>What a run of a depth is told.</summary>
    public static JsonElement Parameters(ComparisonDepth depth) => JsonSerializer.SerializeToElement(new { depth = Text(depth) });

    public Task<StartComparisonOutcome> Start(long storeId, ComparisonDepth depth, AskedBy by, CancellationToken cancel) =>
        Start(storeId, Parameters(depth), by, cancel);

    internal async Task<StartComparisonOutcome> Start(long storeId, JsonElement parameters, AskedBy by, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select incremental_since is not null from stores where id = $1 and deleted_at is null");
        command.Parameters.Add(new() { Value = storeId });
        switch (await command.ExecuteScalarAsync(cancel))
        {
            case null:
                return new StartComparisonOutcome.Wrong("storeId", $"There is no store {storeId}.");
            case false:
                return new StartComparisonOutcome.Wrong("kind", NeverPulled);
        }
        return await enqueue.Enqueue(new RunRequest(Kind, storeId, by, parameters), null, cancel) switch
        {
            EnqueueOutcome.Enqueued enqueued => new StartComparisonOutcome.Started(enqueued.RunId),
            EnqueueOutcome.AlreadyActive active => new StartComparisonOutcome.AlreadyActive(active.Run.Id, active.Sentence),
            _ => throw new InvalidOperationException("Enqueueing has no other outcome."),
        };
    }

    internal static string Text(ComparisonDepth depth) => depth.ToString().ToLowerInvariant();
}
