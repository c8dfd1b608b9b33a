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

    /// <summary>Every place.</summary>
    public Task Pull(CancellationToken cancel) => Pull(everything: true, cancel);

    /// <summary>
    /// Every place once Shopify named a collection as changed; else only those that were never listed or not for six hours, and
    /// all when a collection is new here: a shop in which no collection moves is not listed again by every pull.
    /// </summary>
    /// <param name="haveMoved">Shopify named a changed collection. The copy need not differ by it, so no row tells of it.</param>
    /// <param name="cancel">Gives up.</param>
    public Task PullDue(bool haveMoved, CancellationToken cancel) => Pull(haveMoved, cancel);

    private async Task Pull(bool everything, CancellationToken cancel)
    {
        await using (var connection = await database.OpenConnectionAsync(cancel))
            if (!(await ReadPurpose.Of(connection, run.StoreId, run.RunId, cancel)).TakesIn)
                return;
        await Forget(cancel);
        await PacedWorkers.For(admin).Run(await Publications(everything, cancel), Read, null, cancel);
    }

    /// <summary>What hung on places that are gone; one that comes back is listed anew.</summary>
    private async Task Forget(CancellationToken cancel)
    {
        await using var transaction = await run.Begin(cancel);
        await using var command = new NpgsqlCommand("""
            with gone as (
                delete from collection_publication_reads r using publications p
                where r.store_id = $1 and p.id = r.publication_id and p.deleted_at is not null returning r.publication_id)
            delete from collection_publications t using gone where t.publication_id = gone.publication_id
            """, transaction.Connection);
        command.Parameters.Add(new() { Value = run.StoreId });
        await command.ExecuteNonQueryAsync(cancel);
        await transaction.Commit(cancel);
    }

    private async Task Read((long Id, long ShopifyId) publication, CancellationToken cancel)
    {
        var (ticket, now) = await Ticket(cancel);
        if (await Named(publication.ShopifyId, cancel) is not { } read)
            return;
        await using var transaction = await run.Begin(cancel);
        await Write(transaction.Connection, publication.Id, read, ticket, now, cancel);
        await transaction.Commit(cancel);
    }

    private async Task<(long Ticket, DateTime Now)> Ticket(CancellationToken cancel)
    {
        await using var next = database.CreateCommand("select nextval('tickets'), clock_timestamp()");
        await using var reader = await next.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return (reader.GetInt64(0), reader.GetDateTime(1));
    }

    private async Task Write(NpgsqlConnection connection, long publication, ReadPlace read, long ticket, DateTime now, CancellationToken cancel)
    {
        await using (var hold = new NpgsqlCommand("select from collection_publications where store_id = $1 and publication_id = $2 order by id for update", connection))
        {
            hold.Parameters.Add(new() { Value = run.StoreId });
            hold.Parameters.Add(new() { Value = publication });
            await hold.ExecuteNonQueryAsync(cancel);
        }
        // What somebody published here waits until Shopify has done it, and what was taken back here until Shopify no longer shows it.
        // One that was looked at since the list began may have been taken back in between. A collection that is removed here is taken from every place, also from those that are heard of later.
        await using var command = new NpgsqlCommand("""
            with named as (
                select id, case when removal is null then 0 else 2 end as mark, places_ticket > $4 as is_later from collections where store_id = $1 and shopify_id = any($3) and deleted_at is null),
            gone as (
                delete from collection_publications t
                where t.store_id = $1 and t.publication_id = $2 and not $5 and t.mark <> 1 and t.ticket < $4 and not exists (select from named n where n.id = t.collection_id)),
            listed as (
                insert into collection_publication_reads (publication_id, store_id, read_at) values ($2, $1, $6)
                on conflict (publication_id) do update set read_at = excluded.read_at)
            insert into collection_publications as held (collection_id, publication_id, store_id, ticket, mark)
            select id, $2, $1, $4, mark from named where not is_later
            on conflict (collection_id, publication_id) do update set ticket = excluded.ticket, mark = case held.mark when 2 then 2 else excluded.mark end
                where held.ticket < excluded.ticket
            """, connection);
        command.Parameters.Add(new() { Value = run.StoreId });
        command.Parameters.Add(new() { Value = publication });
        command.Parameters.Add(new() { Value = read.Collections.ToArray() });
        command.Parameters.Add(new() { Value = ticket });
        command.Parameters.Add(new() { Value = read.IsCutOff });
        command.Parameters.Add(new() { Value = now });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Null when the place is gone meanwhile: the next list of places says so.</summary>
    private async Task<ReadPlace?> Named(long publication, CancellationToken cancel)
    {
        var named = new List<long>();
        for (string? after = null; ;)
        {
            await run.CheckFence(cancel);
            var answer = await admin.Send(Queries.PublicationCollections(new ShopifyId("Publication", publication), after), Lane.Background, cancel);
            if (answer.Data.Publication?.Collections is not { } page)
                return null;
            named.AddRange(page.Nodes.Select(collection => collection.Id.Number));
            if (!page.PageInfo.HasNextPage || named.Count >= MostListed)
                return new(named, page.PageInfo.HasNextPage);
            after = page.PageInfo.EndCursor;
        }
    }

    private async Task<List<(long Id, long ShopifyId)>> Publications(bool everything, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select p.id, p.shopify_id from publications p left join collection_publication_reads r on r.publication_id = p.id
            where p.store_id = $1 and p.deleted_at is null
                and ($2 or r.read_at is null or r.read_at < now() - interval '6 hours'
                    or exists (select from collections c where c.store_id = $1 and c.deleted_at is null and c.created_at >= r.read_at))
            order by p.id
            """);
        command.Parameters.Add(new() { Value = run.StoreId });
        command.Parameters.Add(new() { Value = everything });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var places = new List<(long, long)>();
        while (await reader.ReadAsync(cancel))
            places.Add((reader.GetInt64(0), reader.GetInt64(1)));
        return places;
    }

    /// <summary>What a place holds.</summary>
    private sealed record ReadPlace(List<long> Collections, bool IsCutOff);
}
