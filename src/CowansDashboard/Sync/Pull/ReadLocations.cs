using System.Text.Json;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>All locations of a shop as one read showed them.</summary>
public sealed record LocationsRead(long Ticket, IReadOnlyList<JsonElement> Nodes);

/// <summary>Reads all locations, page by page.</summary>
public sealed class ReadLocations(ShopifyAdmin admin, NpgsqlDataSource database)
{
    public async Task<LocationsRead> Read(CancellationToken cancel)
    {
        await using var next = database.CreateCommand("select nextval('tickets')");
        var ticket = (long)(await next.ExecuteScalarAsync(cancel))!;
        var nodes = new List<JsonElement>();
        for (string? after = null; ;)
        {
            var page = (await admin.Send(Queries.LocationsPage(after).AsRaw(), Lane.Background, cancel)).Data.GetProperty("locations");
            nodes.AddRange(page.GetProperty("nodes").EnumerateArray().Where(node => node.ValueKind == JsonValueKind.Object));
            if (!page.GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean())
                return new(ticket, nodes);
            after = page.GetProperty("pageInfo").GetProperty("endCursor").GetString();
        }
    }
}
