using System.Text.Json;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Products and variants without what hangs on them, and single metafields, as Shopify answered: cheap for many at once. The
/// ticket was taken before the first request.
/// </summary>
public sealed class ScalarsRead(long ticket)
{
    public long Ticket => ticket;

    public List<JsonElement> Products { get; } = [];

    public List<JsonElement> Variants { get; } = [];

    public List<JsonElement> Metafields { get; } = [];

    /// <summary>Shopify's ids under which nothing lives any more.</summary>
    public List<long> GoneProducts { get; } = [];

    public List<long> GoneVariants { get; } = [];

    public List<long> GoneMetafields { get; } = [];
}

/// <summary>Reads products and variants by id, some hundreds of each in one call, without their lists, and metafields by their own ids.</summary>
public sealed class ReadScalars(ShopifyAdmin admin, NpgsqlDataSource database, Lane lane)
{
    private const int AtOnce = 250;

    public async Task<ScalarsRead> Read(
        IReadOnlyCollection<long> products, IReadOnlyCollection<long> variants, IReadOnlyCollection<long> metafields, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select nextval('tickets')");
        var read = new ScalarsRead((long)(await command.ExecuteScalarAsync(cancel))!);
        var (ofProducts, ofVariants) = (products.Distinct().Chunk(AtOnce).ToArray(), variants.Distinct().Chunk(AtOnce).ToArray());
        for (var i = 0; i < Math.Max(ofProducts.Length, ofVariants.Length); i++)
        {
            var (some, others) = (i < ofProducts.Length ? ofProducts[i] : [], i < ofVariants.Length ? ofVariants[i] : []);
            var data = (await admin.Send(Ask(some, others), lane, cancel)).Data;
            if (some.Length > 0)
                Sort(some, data.GetProperty("products"), read.Products, read.GoneProducts);
            if (others.Length > 0)
                Sort(others, data.GetProperty("variants"), read.Variants, read.GoneVariants);
        }
        foreach (var some in metafields.Distinct().Chunk(AtOnce))
            Sort(some, (await admin.Send(Queries.MetafieldsById([.. some.Select(id => new ShopifyId("Metafield", id))]).AsRaw(), lane, cancel)).Data.GetProperty("nodes"),
                read.Metafields, read.GoneMetafields);
        return read;
    }

    private static Operation<JsonElement> Ask(long[] products, long[] variants) =>
        Queries.Scalars([.. products.Select(ShopifyId.Product)], [.. variants.Select(ShopifyId.Variant)]).AsRaw();

    private static void Sort(long[] asked, JsonElement nodes, List<JsonElement> found, List<long> gone)
    {
        for (var i = 0; i < asked.Length; i++)
            if (nodes[i].ValueKind == JsonValueKind.Object && nodes[i].TryGetProperty("id", out _))
                found.Add(nodes[i]);
            else
                gone.Add(asked[i]);
    }
}
