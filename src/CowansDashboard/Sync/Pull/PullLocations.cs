using System.Runtime.InteropServices;
using System.Text.Json;
using CowansDashboard.Runs;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>Reads all locations, page by page, before the stock that stands at them.</summary>
public sealed class PullLocations(RunContext run, NpgsqlDataSource database, ShopifyAdmin admin)
{
    public async Task Pull(CancellationToken cancel)
    {
        await using var next = database.CreateCommand("select nextval('tickets')");
        var ticket = (long)(await next.ExecuteScalarAsync(cancel))!;
        var nodes = new List<JsonElement>();
        for (string? after = null; ;)
        {
            var page = (await admin.Send(Queries.LocationsPage(after).AsRaw(), Lane.Background, cancel)).Data.GetProperty("locations");
            nodes.AddRange(page.GetProperty("nodes").EnumerateArray().Where(node => node.ValueKind == JsonValueKind.Object));
            if (!page.GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean())
                break;
            after = page.GetProperty("pageInfo").GetProperty("endCursor").GetString();
        }

        await using var transaction = await run.Begin(cancel);
        var known = await LoadKnown.Rows(transaction.Connection, CatalogueTable.Locations, run.StoreId, cancel);
        var rows = new StagedRows(CatalogueTable.Locations, known, ticket);
        var reading = new LocationReading(run.StoreId);
        foreach (var node in nodes)
            reading.Read(JsonMarshal.GetRawUtf8Value(node), rows);
        await new MergeRows(run.StoreId, run.RunId).Merge(transaction.Connection, rows, cancel);
        await MarkGone.Rows(transaction.Connection, CatalogueTable.Locations, known.Unseen().ToArray(), ticket, cancel);
        await transaction.Commit(cancel);
    }
}
