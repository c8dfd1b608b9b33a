using System.IO.Pipelines;
using System.Text;
using CowansDashboard.Shopify.Bulk;
using FsCheck;
using FsCheck.Fluent;

namespace CowansDashboard.Tests.Shopify;

public sealed class JsonlReaderProperties
{
    private static readonly Gen<string> Lines = Gen.Elements("", "{}", "a", "{\"title\":\"Ünïcödé 🧢\"}", new string('x', 700), new string('y', 3000));
    private static readonly Gen<string> Ends = Gen.Elements("\n", "\n", "\n", "\r\n");

    [Fact]
    public void Any_chunking_gives_the_same_lines() => Prop.ForAll(
        Lines.Zip(Ends).ArrayOf().Zip(Gen.Elements(true, false)).Zip(Gen.Choose(1, 900).NonEmptyListOf()).ToArbitrary(),
        given =>
        {
            var ((parts, open), chunks) = given;
            var text = string.Concat(parts.Select(part => part.Item1 + part.Item2));
            text = open ? text + "{\"cut" : text;
            var file = Encoding.UTF8.GetBytes(text);
            var expected = text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n').Where(line => line.Length > 0);

            var (lines, offsets, lastIsOpen) = Read(new Chunked(file, [.. chunks]));

            return lines.SequenceEqual(expected)
                && lastIsOpen == open
                && lines.Zip(offsets).All(pair => file.AsSpan((int)pair.Second).StartsWith(Encoding.UTF8.GetBytes(pair.First)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task A_line_longer_than_any_buffer_is_one_line()
    {
        var longLine = new string('z', 3_000_000);
        using var reader = new JsonlReader(PipeReader.Create(new MemoryStream(Encoding.UTF8.GetBytes($"a\n{longLine}\nb\n"))));

        (await reader.MoveNext(CancellationToken.None)).ShouldBeTrue();
        (await reader.MoveNext(CancellationToken.None)).ShouldBeTrue();
        reader.Line.Length.ShouldBe(3_000_000);
        reader.Offset.ShouldBe(2);
        (await reader.MoveNext(CancellationToken.None)).ShouldBeTrue();
        reader.Offset.ShouldBe(3_000_003);
        reader.NextOffset.ShouldBe(3_000_005);
        (await reader.MoveNext(CancellationToken.None)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_line_above_the_limit_is_refused_with_its_place()
    {
        using var reader = new JsonlReader(new MemoryStream(Encoding.UTF8.GetBytes("ab\n" + new string('z', 5_000_000))), longestLine: 1_000_000);

        (await reader.MoveNext(CancellationToken.None)).ShouldBeTrue();

        (await Should.ThrowAsync<InvalidDataException>(async () => await reader.MoveNext(CancellationToken.None)))
            .Message.ShouldContain("byte 3 ");
    }

    [Fact]
    public async Task A_reader_taken_up_at_the_next_offset_goes_on_with_the_next_line()
    {
        var file = Encoding.UTF8.GetBytes("one\ntwo\nthree\n");
        using var first = new JsonlReader(new MemoryStream(file));
        await first.MoveNext(CancellationToken.None);

        using var second = new JsonlReader(new MemoryStream(file[(int)first.NextOffset..]), first.NextOffset);
        await second.MoveNext(CancellationToken.None);

        Encoding.UTF8.GetString(second.Line.Span).ShouldBe("two");
        second.Offset.ShouldBe(4);
    }

    [Fact]
    public async Task Lines_are_read_without_an_allocation_each()
    {
        var file = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"id\":\"gid://shopify/Product/1\"}\n", 200_000)));
        using var reader = new JsonlReader(new MemoryStream(file));
        await reader.MoveNext(CancellationToken.None);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var count = 1;
        while (await reader.MoveNext(CancellationToken.None))
        {
            count++;
        }

        count.ShouldBe(200_000);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(200_000);
    }

    private static (List<string> Lines, List<long> Offsets, bool LastIsOpen) Read(Stream source)
    {
        using var reader = new JsonlReader(source);
        var lines = new List<string>();
        var offsets = new List<long>();
        while (reader.MoveNext(CancellationToken.None).AsTask().GetAwaiter().GetResult())
        {
            lines.Add(Encoding.UTF8.GetString(reader.Line.Span));
            offsets.Add(reader.Offset);
        }

        return (lines, offsets, reader.LastLineIsOpen);
    }

    /// <summary>Gives its bytes in the pieces it is told to, over and over.</summary>
    private sealed class Chunked(byte[] bytes, int[] sizes) : MemoryStream(bytes)
    {
        private int turn;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, sizes[turn++ % sizes.Length])], cancellationToken);
    }
}
