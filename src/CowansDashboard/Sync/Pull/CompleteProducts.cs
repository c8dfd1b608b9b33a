using CowansDashboard.Shopify.Bulk;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Which products a partial result holds completely: those with as many variants, or media, as Shopify says they
/// have. Of the others nothing is taken, since half of a product would look like a change.
/// </summary>
public static class CompleteProducts
{
    private static readonly WireShape Shape = WireShape.Of("__typename id product{id} __parentId");
    private static readonly int Product = Shape.Slot("product.id"), ParentId = Shape.Slot("__parentId");

    /// <summary>Shopify's ids; null where every line stands for itself.</summary>
    public static async Task<HashSet<long>?> Of(PullPart part, ResultFile file, PullMaps maps, NpgsqlDataSource database, long storeId, CancellationToken cancel)
    {
        var column = part == PullPart.Variants ? "remote_variants_count" : part == PullPart.Media ? "remote_media_count" : null;
        if (column is null)
            return null;

        var found = new Dictionary<long, int>();
        await using (var stream = file.Open(0))
        {
            using var lines = new JsonlReader(stream);
            while (await lines.MoveNext(cancel))
                if (ProductOf(lines.Line.Span) is var product && product != 0)
                    found[product] = found.GetValueOrDefault(product) + 1;
        }

        await using var connection = await database.OpenConnectionAsync(cancel);
        var expected = await IdMap.Load(connection,
            $"select shopify_id, coalesce({column}, 0)::bigint from products where store_id = {storeId} and shopify_id is not null", found.Count, cancel);
        return [.. found.Where(pair => expected.TryGet(pair.Key, out var count) && count == pair.Value).Select(pair => pair.Key)];
    }

    private static long ProductOf(ReadOnlySpan<byte> line)
    {
        try
        {
            var type = RowReading.TypeOf(line);
            Span<WireSlot> slots = stackalloc WireSlot[4];
            if (type.SequenceEqual("ProductVariant"u8))
                return WireNode.Read(line, Shape, slots) is var variant && variant.Id(Product) is var named && named != 0 ? named : variant.Id(ParentId);
            return StrayMedia.IsMedia(type) && WireNode.Read(line, Shape, slots) is var medium ? medium.Id(ParentId) : 0;
        }
        catch (System.Text.Json.JsonException)
        {
            // The line where the file was cut off.
            return 0;
        }
    }
}
