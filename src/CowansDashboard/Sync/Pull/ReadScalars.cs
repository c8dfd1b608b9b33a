using System.Text.Json;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Products and variants without what hangs on them, as Shopify answered: cheap for many at once. The ticket was taken
/// before the first request.
/// </summary>
public sealed class ScalarsRead(long ticket)
{
    public long Ticket => ticket;

    public List<JsonElement> Products { get; } = [];

    public List<JsonElement> Variants { get; } = [];

    /// <summary>Shopify's ids under which nothing lives any more.</summary>
    public List<long> GoneProducts { get; } = [];

    public List<long> GoneVariants { get; } = [];
}

/// <summary>Reads products and variants by id, a few hundred at a time, without their lists.</summary>
public sealed class ReadScalars(ShopifyAdmin admin, NpgsqlDataSource database, Lane lane)
{
    private const int AtOnce = 250;

    public async Task<ScalarsRead> Read(IReadOnlyCollection<long> products, IReadOnlyCollection<long> variants, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select nextval('tickets')");
        var read = new ScalarsRead((long)(await command.ExecuteScalarAsync(cancel))!);
        await Task.WhenAll(
            Nodes(products, ids => Queries.ProductScalars([.. ids.Select(ShopifyId.Product)]).AsRaw(), read.Products, read.GoneProducts, cancel),
            Nodes(variants, ids => Queries.VariantScalars([.. ids.Select(ShopifyId.Variant)]).AsRaw(), read.Variants, read.GoneVariants, cancel));
        return read;
    }

    private async Task Nodes(
        IReadOnlyCollection<long> ids, Func<long[], Operation<JsonElement>> ask, List<JsonElement> found, List<long> gone, CancellationToken cancel)
    {
        foreach (var some in ids.Distinct().Chunk(AtOnce))
        {
            var nodes = (await admin.Send(ask(some), lane, cancel)).Data.GetProperty("nodes");
            for (var i = 0; i < some.Length; i++)
                if (nodes[i].ValueKind == JsonValueKind.Object && nodes[i].TryGetProperty("id", out _))
                    found.Add(nodes[i]);
                else
                    gone.Add(some[i]);
        }
    }
}
