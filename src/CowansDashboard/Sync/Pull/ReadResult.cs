using System.Text.Json;
using System.Threading.Channels;
using CowansDashboard.Shopify.Bulk;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Streams one result file through one reading into batches, and hands each to be committed while the next is read:
/// parsing and PostgreSQL work side by side, and memory holds two batches, however large the file.
/// </summary>
public sealed class ReadResult(RowReading reading, KnownRows known, long ticket)
{
    private const int MostBytes = 6 << 20;
    private const int MostLinesPerRow = 8;

    /// <summary>Ids for new rows of tables that reserve them, topped up before each batch.</summary>
    public Func<int, CancellationToken, Task>? Reserve { get; init; }

    /// <summary>New and changed rows in one batch; unchanged lines count an eighth.</summary>
    public int MostRows { get; init; } = 8_000;

    /// <summary>The last line may be cut off: the result holds only a part.</summary>
    public bool IsPartial { get; init; }

    /// <summary>Products to take from a partial result; null takes all.</summary>
    public IReadOnlySet<long>? OnlyProducts { get; init; }

    public async Task Read(Func<long, Stream> open, long from, Func<ResultBatch, CancellationToken, Task> commit, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var full = Channel.CreateBounded<ResultBatch>(new BoundedChannelOptions(1) { SingleReader = true, SingleWriter = true });
        var empty = Channel.CreateBounded<ResultBatch>(new BoundedChannelOptions(2) { SingleReader = true, SingleWriter = true });
        for (var i = 0; i < 2; i++)
            empty.Writer.TryWrite(new ResultBatch(new StagedRows(reading.Table, known, ticket)));

        var parsing = Parse(open, from, empty.Reader, full.Writer, stop.Token);
        try
        {
            await foreach (var batch in full.Reader.ReadAllAsync(cancel))
            {
                await commit(batch, cancel);
                batch.Clear();
                await empty.Writer.WriteAsync(batch, cancel);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await parsing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await parsing;
    }

    private async Task Parse(Func<long, Stream> open, long from, ChannelReader<ResultBatch> empty, ChannelWriter<ResultBatch> full, CancellationToken cancel)
    {
        try
        {
            await Task.Yield();
            if (from > 0)
                await Skim(open, from, cancel);
            await using var stream = open(from);
            using var lines = new JsonlReader(stream, from);
            var batch = await NextBatch(empty, cancel);
            batch.NextOffset = from;
            while (await lines.MoveNext(cancel))
            {
                if (IsFull(batch) && reading.MayEndBefore(TypeOf(lines.Line.Span)))
                {
                    Complete(batch, lines.Offset);
                    batch.NextOffset = lines.Offset;
                    await full.WriteAsync(batch, cancel);
                    batch = await NextBatch(empty, cancel);
                }
                Take(lines, batch);
            }
            Complete(batch, lines.NextOffset);
            batch.NextOffset = lines.NextOffset;
            await full.WriteAsync(batch, cancel);
            full.Complete();
        }
        catch (Exception error)
        {
            full.Complete(error);
            throw;
        }
    }

    private void Take(JsonlReader lines, ResultBatch batch)
    {
        batch.Lines++;
        var type = TypeOf(lines.Line.Span);
        try
        {
            if (type.IsEmpty)
                throw new JsonException("The line names neither a type nor an id.");
            if (reading.Wants(type) && (OnlyProducts is null || reading.BelongsTo(lines.Line.Span, OnlyProducts)))
                reading.Read(lines.Line.Span, batch.Rows);
        }
        catch (Exception broken) when (IsBroken(broken))
        {
            if (!(IsPartial && lines.LastLineIsOpen))
                batch.Break($"byte {lines.Offset}: {broken.Message}");
        }
    }

    private void Complete(ResultBatch batch, long at)
    {
        try
        {
            reading.Complete(batch.Rows);
        }
        catch (Exception broken) when (IsBroken(broken))
        {
            batch.Break($"before byte {at}: {broken.Message}");
        }
    }

    private static bool IsBroken(Exception error) => error is JsonException or InvalidOperationException or FormatException;

    private async Task Skim(Func<long, Stream> open, long until, CancellationToken cancel)
    {
        if (!reading.CountsPositions)
            return;
        await using var stream = open(0);
        using var lines = new JsonlReader(stream);
        while (await lines.MoveNext(cancel) && lines.Offset < until)
        {
            try
            {
                if (reading.Wants(TypeOf(lines.Line.Span)))
                    reading.Skim(lines.Line.Span);
            }
            catch (Exception broken) when (IsBroken(broken))
            {
                // Counted when its batch was read.
            }
        }
    }

    private async Task<ResultBatch> NextBatch(ChannelReader<ResultBatch> empty, CancellationToken cancel)
    {
        var batch = await empty.ReadAsync(cancel);
        if (Reserve is { } reserve)
            await reserve(MostRows + 1, cancel);
        return batch;
    }

    private bool IsFull(ResultBatch batch) =>
        batch.Rows.Rows >= MostRows || batch.Rows.Bytes >= MostBytes || batch.Lines >= MostRows * MostLinesPerRow;

    private static ReadOnlySpan<byte> TypeOf(ReadOnlySpan<byte> line)
    {
        try
        {
            return RowReading.TypeOf(line);
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
