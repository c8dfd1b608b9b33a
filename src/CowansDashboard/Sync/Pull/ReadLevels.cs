using System.Text.Json;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>The stock of some inventory items, by Shopify's ids: as one read showed it, or as one event told a part of it.</summary>
public sealed record LevelsRead(long Ticket)
{
    /// <summary>All levels of each item; none where Shopify no longer has it.</summary>
    public Dictionary<long, List<JsonElement>> Items { get; } = [];
}

/// <summary>Reads the stock of inventory items, at all locations.</summary>
public sealed class ReadLevels(ShopifyAdmin admin, NpgsqlDataSource database)
{
    /// <summary>How many items one call to <see cref="Read"/> takes.</summary>
    public const int AtOnce = 50;

    public async Task<LevelsRead> Read(IReadOnlyCollection<long> items, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(items.Count, AtOnce);
        await using var next = database.CreateCommand("select nextval('tickets')");
        var read = new LevelsRead((long)(await next.ExecuteScalarAsync(cancel))!);
        long[] asked = [.. items];
        var nodes = (await admin.Send(Queries.InventoryLevelsOfItems([.. asked.Select(ShopifyId.Item)]).AsRaw(), Lane.Background, cancel)).Data.GetProperty("nodes");
        for (var i = 0; i < asked.Length; i++)
            read.Items[asked[i]] = await Levels(asked[i], nodes[i], cancel);
        return read;
    }

    private async Task<List<JsonElement>> Levels(long item, JsonElement node, CancellationToken cancel)
    {
        var levels = new List<JsonElement>();
        while (node.ValueKind == JsonValueKind.Object && node.TryGetProperty("inventoryLevels", out var page))
        {
            levels.AddRange(page.GetProperty("nodes").EnumerateArray().Where(level => level.ValueKind == JsonValueKind.Object));
            var info = page.GetProperty("pageInfo");
            if (!info.GetProperty("hasNextPage").GetBoolean())
                return levels;
            var more = Queries.InventoryLevelsOfItem(ShopifyId.Item(item), info.GetProperty("endCursor").GetString());
            node = (await admin.Send(more.AsRaw(), Lane.Background, cancel)).Data.GetProperty("inventoryItem");
        }
        return levels;
    }
}
