using System.Text.Json;
using CowansDashboard.Runs;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>What a pull reads: the whole shop, what changed since the last one, or named products.</summary>
public enum PullScope
{
    Full,
    Incremental,
    Selection,
}

public sealed record PullRequest(long StoreId, PullScope Scope, AskedBy AskedBy)
{
    /// <summary>For a selection: ids of products here.</summary>
    public IReadOnlyList<long> ProductIds { get; init; } = [];

    /// <summary>For a selection: Shopify's ids, also of products that the copy does not have yet.</summary>
    public IReadOnlyList<long> ShopifyIds { get; init; } = [];

    /// <summary>For a selection: our ids of collections that are read whole, with every product in them.</summary>
    public IReadOnlyList<long> CollectionIds { get; init; } = [];

    /// <summary>For changes: look back to here at least, even where a pull has looked since. It never looks back less far than the last pull.</summary>
    public DateTimeOffset? Since { get; init; }
}

public abstract record StartPullOutcome
{
    private StartPullOutcome()
    {
    }

    public sealed record Started(long RunId) : StartPullOutcome;

    /// <summary>One pull at a time in a shop; nothing was started.</summary>
    public sealed record AlreadyActive(long RunId, string Sentence) : StartPullOutcome;

    /// <summary>Something asked for cannot be; nothing was started.</summary>
    public sealed record Wrong(string Field, string Sentence) : StartPullOutcome;
}

/// <summary>Starts a pull of one store, unless one is unfinished there.</summary>
public sealed class StartPull(EnqueueRun enqueue, NpgsqlDataSource database)
{
    /// <summary>Beyond this a full pull is quicker than reading product by product.</summary>
    public const int MostSelected = 25_000;

    /// <summary>Why changes alone cannot be pulled yet.</summary>
    public const string NeverPulled = "This shop has not been pulled as a whole yet, so nobody knows since when to look for changes. Pull everything once; after that, changes can be pulled alone.";

    public static readonly RunKind Full = new("pull-full", "pull");
    public static readonly RunKind Incremental = new("pull-incremental", "pull");
    public static readonly RunKind Selection = new("pull-selection", "pull");

    public async Task<StartPullOutcome> Start(PullRequest request, CancellationToken cancel)
    {
        if (!await Exists(request.StoreId, cancel))
            return new StartPullOutcome.Wrong("storeId", $"There is no store {request.StoreId}.");

        if (request.Scope is PullScope.Incremental && !await IsPulled(request.StoreId, cancel))
            return new StartPullOutcome.Wrong("kind", NeverPulled);

        JsonElement? parameters = null;
        if (request.Scope is PullScope.Selection)
        {
            var ids = (await ShopifyIdsOf(request, cancel)).Union(request.ShopifyIds).ToList();
            var collections = await CollectionsOf(request, cancel);
            if (ids.Count + collections.Count == 0 && request.CollectionIds.Count > 0)
                return new StartPullOutcome.Wrong("collectionIds", "No collection is named that Shopify knows.");
            if (ids.Count + collections.Count == 0)
                return new StartPullOutcome.Wrong("productIds", "No product is selected that Shopify knows. Name at least one id.");
            if (ids.Count > MostSelected)
                return new StartPullOutcome.Wrong("productIds", $"{ids.Count} products are selected; at most {MostSelected} can be pulled one by one. Pull everything instead: it is quicker.");
            parameters = JsonSerializer.SerializeToElement(new { shopifyIds = ids, collections });
        }

        if (request is { Scope: PullScope.Incremental, Since: { } since })
            parameters = JsonSerializer.SerializeToElement(new { since = since.ToUniversalTime() });

        var kind = request.Scope switch
        {
            PullScope.Full => Full,
            PullScope.Incremental => Incremental,
            _ => Selection,
        };
        return await enqueue.Enqueue(new RunRequest(kind, request.StoreId, request.AskedBy, parameters), null, cancel) switch
        {
            EnqueueOutcome.Enqueued enqueued => new StartPullOutcome.Started(enqueued.RunId),
            EnqueueOutcome.AlreadyActive active => new StartPullOutcome.AlreadyActive(active.Run.Id, active.Sentence),
            _ => throw new InvalidOperationException("Enqueueing has no other outcome."),
        };
    }

    private async Task<bool> Exists(long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select exists (select from stores where id = $1 and deleted_at is null)");
        command.Parameters.Add(new() { Value = storeId });
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    private async Task<bool> IsPulled(long storeId, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select incremental_since is not null from stores where id = $1");
        command.Parameters.Add(new() { Value = storeId });
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    private async Task<IReadOnlyList<long>> CollectionsOf(PullRequest request, CancellationToken cancel)
    {
        if (request.CollectionIds.Count == 0)
            return [];
        await using var command = database.CreateCommand(
            "select coalesce(array_agg(shopify_id order by id), '{}') from collections where store_id = $1 and id = any ($2) and shopify_id is not null and deleted_at is null");
        command.Parameters.Add(new() { Value = request.StoreId });
        command.Parameters.Add(new() { Value = request.CollectionIds.ToArray() });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }

    private async Task<IReadOnlyList<long>> ShopifyIdsOf(PullRequest request, CancellationToken cancel)
    {
        if (request.ProductIds.Count == 0)
            return [];
        await using var command = database.CreateCommand(
            "select shopify_id from products where store_id = $1 and id = any ($2) and shopify_id is not null");
        command.Parameters.Add(new() { Value = request.StoreId });
        command.Parameters.Add(new() { Value = request.ProductIds.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var ids = new List<long>();
        while (await reader.ReadAsync(cancel))
            ids.Add(reader.GetInt64(0));
        return ids;
    }
}
