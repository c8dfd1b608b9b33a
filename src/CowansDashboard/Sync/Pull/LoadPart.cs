using CowansDashboard.Shopify.Bulk;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Brings one part of one result file into the copy, from a byte offset to the end. What the copy holds is loaded
/// first and compared in memory, so that unchanged rows never reach PostgreSQL.
/// </summary>
public sealed class LoadPart(NpgsqlDataSource database, PullMaps maps, long storeId)
{
    /// <param name="part">What to read.</param>
    /// <param name="known">What the copy holds of it; keeps note of what was seen.</param>
    /// <param name="result">The file.</param>
    /// <param name="commit">Commits a batch with its place in the file, all or nothing.</param>
    /// <param name="cancel">Stops between two batches.</param>
    public async Task Load(PullPart part, KnownRows known, ResultPlace result, Func<ResultBatch, CancellationToken, Task> commit, CancellationToken cancel)
    {
        var reading = await part.Reading(maps, storeId, cancel);
        if (reading is VariantReading variants)
            await FindStrays(variants.Strays, result, cancel);
        var reader = new ReadResult(reading, known, result.Ticket)
        {
            IsPartial = result.IsPartial,
            OnlyProducts = result.OnlyProducts,
            MostRows = result.MostRows,
            Reserve = reading is ProductReading products ? (count, stop) => Reserve(products.Ids, count, stop) : null,
        };
        await reader.Read(result.Open, result.From, commit, cancel);
    }

    private async Task Reserve(ReservedIds ids, int count, CancellationToken cancel)
    {
        if (ids.Left >= count)
            return;
        await using var connection = await database.OpenConnectionAsync(cancel);
        await ids.Fill(connection, count, cancel);
    }

    private static async Task FindStrays(StrayMedia strays, ResultPlace result, CancellationToken cancel)
    {
        await using var stream = result.Open(0);
        using var lines = new JsonlReader(stream);
        while (await lines.MoveNext(cancel))
        {
            try
            {
                strays.Look(lines.Line.Span);
            }
            catch (Exception broken) when (broken is System.Text.Json.JsonException or InvalidOperationException or FormatException)
            {
                // The pass that follows counts it.
            }
        }
        strays.Sort();
    }
}

/// <summary>A result file, where reading begins, and the ticket of its query.</summary>
public sealed record ResultPlace(Func<long, Stream> Open, long Ticket, long From = 0, bool IsPartial = false)
{
    /// <summary>Rows in one transaction.</summary>
    public int MostRows { get; init; } = 8_000;

    /// <summary>Shopify's ids of the products that a partial result holds completely; null takes every line.</summary>
    public IReadOnlySet<long>? OnlyProducts { get; init; }
}
