using CowansDashboard.Runs;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Media that Shopify was still making when they were read last. Shopify finishes them without touching their product, so each
/// pull of changes asks about them by id and notes the products of those that are ready or failed by now. What is gone is another matter.
/// </summary>
public sealed class UnreadyMedia(RunContext run, NpgsqlDataSource database, ShopifyAdmin admin)
{
    private const int AskedAtOnce = 250;

    public async Task Note(CancellationToken cancel)
    {
        foreach (var chunk in (await Unready(cancel)).Chunk(AskedAtOnce))
        {
            await run.CheckFence(cancel);
            var nodes = (await admin.Send(Queries.MediaStates([.. chunk.Select(medium => medium.Id)]), Lane.Background, cancel)).Data.Nodes;
            var moved = chunk.Where((medium, i) => nodes[i] is { Status: { } status } && status != medium.Status).Select(medium => medium.Product).Distinct().ToArray();
            if (moved.Length == 0)
                continue;
            await using var transaction = await run.Begin(cancel);
            await NoteProducts.Note(transaction, run.RunId, moved, "a medium is no longer being made", cancel);
            await transaction.Commit(cancel);
        }
    }

    private async Task<List<(ShopifyId Id, string Status, long Product)>> Unready(CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            select m.media_type, m.shopify_id, m.status, p.shopify_id
            from media m join products p on p.id = m.product_id
            where m.store_id = $1 and m.status in ('UPLOADED', 'PROCESSING') and m.deleted_at is null and m.shopify_id is not null
                and p.deleted_at is null and p.shopify_id is not null
            order by m.id
            """);
        command.Parameters.Add(new() { Value = run.StoreId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var media = new List<(ShopifyId, string, long)>();
        while (await reader.ReadAsync(cancel))
            media.Add((new ShopifyId(MediaKind.Of(reader.GetString(0)), reader.GetInt64(1)), reader.GetString(2), reader.GetInt64(3)));
        return media;
    }
}
