using CowansDashboard.Runs;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Sync.Reconcile;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>Reads where collections are published, after the collections: publishing one does not touch it, so no list of changes names it.</summary>
public sealed class PullCollectionPublications(RunContext run, NpgsqlDataSource database, ShopifyAdmin admin)
{
    /// <summary>Where Shopify's lists end.</summary>
    private const int MostListed = 25_000;

    public async Task Pull(CancellationToken cancel)
    {
        await using (var connection = await database.OpenConnectionAsync(cancel))
            if (!(await ReadPurpose.Of(connection, run.StoreId, run.RunId, cancel)).TakesIn)
                return;
        foreach (var (id, shopifyId) in await Publications(cancel))
        {
            await using var next = database.CreateCommand("select nextval('tickets')");
            var ticket = (long)(await next.ExecuteScalarAsync(cancel))!;
            var (named, isCutOff) = await Named(shopifyId, cancel);
            await using var transaction = await run.Begin(cancel);
            await Write(transaction.Connection, id, named, isCutOff, ticket, cancel);
            await transaction.Commit(cancel);
        }
    }

    private async Task Write(NpgsqlConnection connection, long publication, List<long> named, bool isCutOff, long ticket, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            with named as (
                select id from collections where store_id = $1 and shopify_id = any($3) and deleted_at is null),
            gone as (
                delete from collection_publications t
                where t.store_id = $1 and (t.publication_id = $2 and not $5 and t.ticket < $4 and not exists (select from named n where n.id = t.collection_id)
                    or exists (select from publications p where p.id = t.publication_id and p.deleted_at is not null)))
            insert into collection_publications (collection_id, publication_id, store_id, ticket)
            select id, $2, $1, $4 from named
            on conflict do nothing
            """, connection);
        command.Parameters.Add(new() { Value = run.StoreId });
        command.Parameters.Add(new() { Value = publication });
        command.Parameters.Add(new() { Value = named.ToArray() });
        command.Parameters.Add(new() { Value = ticket });
        command.Parameters.Add(new() { Value = isCutOff });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task<(List<long> Collections, bool IsCutOff)> Named(long publication, CancellationToken cancel)
    {
        var named = new List<long>();
        for (string? after = null; ;)
        {
            await run.CheckFence(cancel);
            var answer = await admin.Send(Queries.PublicationCollections(new ShopifyId("Publication", publication), after), Lane.Background, cancel);
            // Gone meanwhile: the next list of places says so.
            if (answer.Data.Publication?.Collections is not { } page)
                return (named, true);
            named.AddRange(page.Nodes.Select(collection => collection.Id.Number));
            if (!page.PageInfo.HasNextPage)
                return (named, false);
            if (named.Count >= MostListed)
                return (named, true);
            after = page.PageInfo.EndCursor;
        }
    }

    private async Task<List<(long Id, long ShopifyId)>> Publications(CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select id, shopify_id from publications where store_id = $1 and deleted_at is null order by id");
        command.Parameters.Add(new() { Value = run.StoreId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var places = new List<(long, long)>();
        while (await reader.ReadAsync(cancel))
            places.Add((reader.GetInt64(0), reader.GetInt64(1)));
        return places;
    }
}
