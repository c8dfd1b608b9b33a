using System.Text.Json;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>Reads whole collections by id: fields, all members in order, metafields, sources with their selections.</summary>
public sealed class ReadCollections(ShopifyAdmin admin, NpgsqlDataSource database)
{
    /// <summary>How many collections one call to <see cref="Read"/> takes.</summary>
    public const int AtOnce = 10;

    public async Task<CollectionsRead> Read(IReadOnlyCollection<long> shopifyIds, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shopifyIds.Count, AtOnce);
        await using var next = database.CreateCommand("select nextval('tickets')");
        var read = new CollectionsRead((long)(await next.ExecuteScalarAsync(cancel))!);
        long[] asked = [.. shopifyIds];
        var nodes = (await admin.Send(Queries.CollectionsById([.. asked.Select(ShopifyId.Collection)]).AsRaw(), Lane.Background, cancel)).Data.GetProperty("nodes");
        var sources = new ReadSources(admin);
        for (var i = 0; i < asked.Length; i++)
        {
            var node = nodes[i];
            if (node.ValueKind != JsonValueKind.Object || !node.TryGetProperty("id", out _))
            {
                read.Gone.Add(asked[i]);
                continue;
            }
            var id = ShopifyId.Collection(asked[i]);
            var members = await Members(id, cancel);
            var metafields = await Metafields(id, node.GetProperty("metafields"), cancel);
            read.Collections.Add(new(asked[i], node, members, metafields, await sources.Of(node, cancel)));
        }
        return read;
    }

    private async Task<List<long>> Members(ShopifyId collection, CancellationToken cancel)
    {
        var members = new List<long>();
        for (string? after = null; ;)
        {
            var page = (await admin.Send(Queries.CollectionMembers(collection, after), Lane.Background, cancel)).Data.Collection?.Products;
            members.AddRange(page?.Nodes.Select(product => product.Id.Number) ?? []);
            if (page is not { PageInfo: { HasNextPage: true } info } || members.Count >= WholeCollection.WhereListsEnd)
                return members;
            after = info.EndCursor;
        }
    }

    /// <summary>Those of the first page, and of the pages behind it.</summary>
    private async Task<List<JsonElement>> Metafields(ShopifyId collection, JsonElement page, CancellationToken cancel)
    {
        for (var metafields = new List<JsonElement>(); ;)
        {
            metafields.AddRange(page.GetProperty("nodes").EnumerateArray());
            var info = page.GetProperty("pageInfo");
            if (!info.GetProperty("hasNextPage").GetBoolean())
                return metafields;
            var answer = await admin.Send(Queries.MetafieldsOfCollection(collection, info.GetProperty("endCursor").GetString()).AsRaw(), Lane.Background, cancel);
            // Gone meanwhile: the next list of collections says so.
            if (answer.Data.GetProperty("collection") is not { ValueKind: JsonValueKind.Object } found)
                return metafields;
            page = found.GetProperty("metafields");
        }
    }
}
