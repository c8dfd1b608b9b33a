using System.Runtime.InteropServices;
using System.Text.Json;
using CowansDashboard.Runs;
using CowansDashboard.Runs.Progress;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>Reads the list of places where products are sold, before the products that name them.</summary>
public sealed class PullPublications(RunContext run, NpgsqlDataSource database, ShopifyAdmin admin)
{
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
        var counts = await new MergeRows(run.StoreId, run.RunId).Merge(transaction.Connection, rows, cancel);
        await MarkGone.Rows(transaction.Connection, CatalogueTable.Publications, known.Unseen().ToArray(), ticket, cancel);
        await WithoutPublication(transaction.Connection, cancel);
        await transaction.Commit(cancel);
        if (counts.Inserted > 0)
            run.Progress.Log(RunLogLevel.Warning,
                $"{counts.Inserted} new place(s) to sell at. Which products they hold is read for products that changed; a full pull reads it for all.");
    }

    private async Task WithoutPublication(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("""
            delete from product_publications t using publications p
            where p.id = t.publication_id and p.store_id = $1 and p.deleted_at is not null and t.mark <> 1
            """, connection);
        command.Parameters.Add(new() { Value = run.StoreId });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
