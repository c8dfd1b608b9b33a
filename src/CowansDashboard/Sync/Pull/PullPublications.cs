using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Sync.Reconcile;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>Reads the list of places where products are sold, before the products that name them.</summary>
public sealed class PullPublications(RunContext run, NpgsqlDataSource database, ShopifyAdmin admin)
{
    /// <summary>Where Shopify's lists end.</summary>
    private const int MostListed = 25_000;

    public async Task Pull(CancellationToken cancel)
    {
        await using var next = database.CreateCommand("select nextval('tickets')");
        var ticket = (long)(await next.ExecuteScalarAsync(cancel))!;
        var nodes = new List<JsonElement>();
        for (string? after = null; ;)
        {
            var page = (await admin.Send(Queries.PublicationsPage(after).AsRaw(), Lane.Background, cancel)).Data.GetProperty("publications");
            nodes.AddRange(page.GetProperty("nodes").EnumerateArray().Where(node => node.ValueKind == JsonValueKind.Object));
            if (!page.GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean())
                break;
            after = page.GetProperty("pageInfo").GetProperty("endCursor").GetString();
        }

        await using var transaction = await run.Begin(cancel);
        var known = await LoadKnown.Rows(transaction.Connection, CatalogueTable.Publications, run.StoreId, cancel);
        var rows = new StagedRows(CatalogueTable.Publications, known, ticket);
        var reading = new PublicationReading(run.StoreId);
        foreach (var node in nodes)
            reading.Read(JsonMarshal.GetRawUtf8Value(node), rows);
        await new MergeRows(run.StoreId, run.RunId).Merge(transaction.Connection, rows, cancel);
        await MarkGone.Rows(transaction.Connection, new RemoteSource(run.StoreId, run.RunId), CatalogueTable.Publications, known.Unseen().ToArray(), ticket, cancel);
        await SettleDrift.Kind(transaction.Connection, run.StoreId, run.RunId, CatalogueTable.Publications.Entity, cancel);
        await WithoutPublication(transaction.Connection, cancel);
        await transaction.Commit(cancel);
        // Read again after a crash in between: what a place holds is known when it says so.
        foreach (var (id, shopifyId, title) in await NotRead(cancel))
            await Products(id, shopifyId, title, cancel);
    }

    /// <summary>The products of a place that is new here: Shopify does not touch them when it is added, so no list of changes names them.</summary>
    private async Task Products(long publication, long shopifyId, string title, CancellationToken cancel)
    {
        await using var next = database.CreateCommand("select nextval('tickets')");
        var ticket = (long)(await next.ExecuteScalarAsync(cancel))!;
        var (named, isCutOff) = await Named(shopifyId, cancel);
        await using var transaction = await run.Begin(cancel);
        await using var insert = new NpgsqlCommand("""
            with added as (
                insert into product_publications (store_id, publication_id, product_id, ticket)
                select $1, $2, p.id, $4 from products p where p.store_id = $1 and p.shopify_id = any($3) and p.deleted_at is null
                on conflict do nothing returning product_id),
            read as (update publications set products_read = true where id = $2)
            select count(*) from added
            """, transaction.Connection) { CommandTimeout = 0 };
        insert.Parameters.Add(new() { Value = run.StoreId });
        insert.Parameters.Add(new() { Value = publication });
        insert.Parameters.Add(new() { Value = named.ToArray() });
        insert.Parameters.Add(new() { Value = ticket });
        var added = (long)(await insert.ExecuteScalarAsync(cancel))!;
        transaction.Count(RunCounter.Inserted, added);
        await transaction.Commit(cancel);
        run.Progress.Log(isCutOff ? RunLogLevel.Warning : RunLogLevel.Info, string.Create(CultureInfo.InvariantCulture,
            $"{title} is a new place to sell at, with {named.Count:N0} products.{(isCutOff ? " Shopify lists no more than these page by page; a full pull reads the rest." : "")}"));
    }

    private async Task<(List<long> Products, bool IsCutOff)> Named(long publication, CancellationToken cancel)
    {
        var named = new List<long>();
        for (string? after = null; ;)
        {
            await run.CheckFence(cancel);
            var answer = await admin.Send(Queries.PublicationProducts(new ShopifyId("Publication", publication), after), Lane.Background, cancel);
            if (answer.Data.Publication?.IncludedProducts is not { } page)
                return (named, false);
            named.AddRange(page.Nodes.Select(product => product.Id.Number));
            if (!page.PageInfo.HasNextPage)
                return (named, false);
            if (named.Count >= MostListed)
                return (named, true);
            after = page.PageInfo.EndCursor;
        }
    }

    private async Task<List<(long Id, long ShopifyId, string Title)>> NotRead(CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "select id, shopify_id, title from publications where store_id = $1 and deleted_at is null and shopify_id is not null and not products_read order by id");
        command.Parameters.Add(new() { Value = run.StoreId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var places = new List<(long, long, string)>();
        while (await reader.ReadAsync(cancel))
            places.Add((reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2)));
        return places;
    }

    private async Task WithoutPublication(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            with gone as (update publications set products_read = false where store_id = $1 and deleted_at is not null and products_read)
            delete from product_publications t using publications p
            where p.id = t.publication_id and p.store_id = $1 and p.deleted_at is not null and t.mark <> 1
            """, connection);
        command.Parameters.Add(new() { Value = run.StoreId });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
