using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace CowansDashboard.Shopify.Bulk;

/// <summary>
/// Splits a stream of UTF-8 JSON lines without making a string or an object per line. Each line is one piece of memory,
/// good until the next one is asked for, and knows its place in the file.
/// </summary>
public sealed class JsonlReader : IDisposable
{
    /// <summary>Longer lines are refused. Shopify's longest value is a 10 MB metafield, escaped.</summary>
    public const int DefaultLongestLine = 128 * 1024 * 1024;

    private const int FirstBuffer = 512 * 1024;

    private readonly Stream source;
    private readonly int longestLine;
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
    private int start;
    private int searched;
    private int filled;
    private long offsetOfBuffer;
    private bool ended;

    /// <summary>Reads lines from a stream.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="offset">The place in the file of the stream's first byte, which must begin a line.</param>
    /// <param name="longestLine">The length above which a line is refused.</param>
    public JsonlReader(Stream source, long offset = 0, int longestLine = DefaultLongestLine)
    {
        this.source = source;
        this.longestLine = longestLine;
        offsetOfBuffer = offset;
    }

    /// <summary>Reads lines from a pipe.</summary>
    public JsonlReader(PipeReader source, long offset = 0, int longestLine = DefaultLongestLine)
        : this(source.AsStream(leaveOpen: true), offset, longestLine)
    {
    }

    /// <summary>The line, without its end. Overwritten by the next <see cref="MoveNext"/>: copy what must stay.</summary>
    public ReadOnlyMemory<byte> Line { get; private set; }

    /// <summary>The place of the line's first byte in the file.</summary>
    public long Offset { get; private set; }

    /// <summary>The place of the byte after the line's end: where a resumed reader starts.</summary>
    public long NextOffset => offsetOfBuffer + start;

    /// <summary>
    /// True once the file's last line came without a line end. It may be whole, or cut off:
    /// only its JSON and the file's size can tell.
    /// </summary>
    public bool LastLineIsOpen { get; private set; }

    /// <summary>Goes to the next line that is not empty; false at the end.</summary>
    /// <exception cref="InvalidDataException">A line is longer than allowed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<bool> MoveNext(CancellationToken cancel) => TakeLine() ? new(true) : Fetch(cancel);

    /// <summary>Gives the buffer back; the stream is the caller's.</summary>
    public void Dispose()
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = [];
            start = searched = filled = 0;
            ended = true;
            Line = default;
        }
    }

    private bool TakeLine()
    {
        while (true)
        {
            var end = buffer.AsSpan(searched, filled - searched).IndexOf((byte)'\n');
            if (end < 0)
            {
                searched = filled;
                return false;
            }

            var first = start;
            var length = searched + end - first;
            start = searched = first + length + 1;
            if (length > 0 && buffer[first + length - 1] == (byte)'\r')
            {
                length--;
            }

            if (length > 0)
            {
                Line = new ReadOnlyMemory<byte>(buffer, first, length);
                Offset = offsetOfBuffer + first;
                return true;
            }
        }
    }

    private async ValueTask<bool> Fetch(CancellationToken cancel)
    {
        while (!ended)
        {
            MakeRoom();
            var read = await source.ReadAsync(buffer.AsMemory(filled), cancel);
            filled += read;
            ended = read == 0;
            if (TakeLine())
            {
                return true;
            }

            if (filled - start > longestLine)
            {
                throw new InvalidDataException($"The line at byte {offsetOfBuffer + start} is longer than {longestLine} bytes.");
            }
        }

        if (start == filled)
        {
            return false;
        }

        LastLineIsOpen = true;
        Line = new ReadOnlyMemory<byte>(buffer, start, filled - start);
        Offset = offsetOfBuffer + start;
        start = searched = filled;
        return true;
    }

    private void MakeRoom()
    {
        if (filled < buffer.Length && start < buffer.Length / 2)
        {
            return;
        }

        var rest = filled - start;
        var target = buffer;
        if (rest > buffer.Length / 2)
        {
            target = ArrayPool<byte>.Shared.Rent((int)Math.Min(Array.MaxLength, buffer.Length * 2L));
        }

        buffer.AsSpan(start, rest).CopyTo(target);
        if (target != buffer)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = target;
        }

        offsetOfBuffer += start;
        searched -= start;
        filled = rest;
        start = 0;
    }
}
