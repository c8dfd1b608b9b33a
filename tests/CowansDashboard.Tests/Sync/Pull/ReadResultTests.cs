using System.Text;
using CowansDashboard.Sync.Pull;

namespace CowansDashboard.Tests.Sync.Pull;

public sealed class ReadResultTests
{
    private static readonly IdMap Product = new([1], [100]);

    [Fact]
    public async Task Every_line_that_cannot_be_read_is_counted()
    {
        var file = string.Concat(Enumerable.Range(0, 57).Select(i => $"{{\"__typename\":\"ProductVariant\",\"id\":\"gid://shopify/ProductVariant/{i + 1}\",\"pro\n"))
            + Variant(90);

        var (rows, broken, lines, described) = await Read(new VariantReading(7, Product, new StrayMedia()), file);

        (rows, broken, lines).ShouldBe((1, 57, 58));
        described.ShouldBe(20);
    }

    [Fact]
    public async Task A_variant_that_cannot_be_read_takes_neither_the_next_one_nor_the_batch_with_it()
    {
        var file = Variant(1) + "{\"__typename\":\"ProductVariant\",\"product\":{\"id\":\"gid://shopify/Product/1\"},\"title\":\"no id\"}\n" + Variant(2) + Variant(3)
            + "{\"__typename\":\"ProductVariant\",\"product\":{\"id\":\"gid://shopify/Product/1\"},\"title\":\"no id\"}\n";

        var (rows, broken, lines, _) = await Read(new VariantReading(7, Product, new StrayMedia()), file);

        (rows, broken, lines).ShouldBe((3, 2, 5));
    }

    [Fact]
    public async Task A_restart_passes_over_a_broken_line_and_counts_positions_behind_it()
    {
        var before = Member(1) + "{\"__typename\":\"Product\",\"id\":\"gid://shopify/Pro\n";
        var file = before + Member(1);
        var reading = new MemberReading(7, new IdMap([5], [500]), Product);

        var (rows, broken, _, _) = await Read(reading, file, Encoding.UTF8.GetByteCount(before));

        (rows, broken).ShouldBe((1, 0));
    }

    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(1200, 0, "1,200 rows fewer have come than Shopify has written.")]
    [InlineData(0, 3, "3 lines could not be read.")]
    [InlineData(1, 3, "1 rows fewer have come than Shopify has written. 3 lines could not be read.")]
    public void Only_a_result_whose_every_line_was_read_says_what_is_gone(long missing, long broken, string? sentence) =>
        UnreadLines.Sentence(missing, broken).ShouldBe(sentence);

    [Fact]
    public void A_row_named_twice_in_a_batch_is_written_once_as_it_was_named_last()
    {
        var rows = new StagedRows(CatalogueTable.Members, KnownRows.None, ticket: 9);
        foreach (var (key, value) in new[] { (1L, 10), (2L, 20), (1L, 11), (3L, 30), (2L, 21) })
        {
            var row = rows.Begin();
            row.Bigint(key);
            rows.BeginHashed();
            row.Number(value);
            rows.Differs(key, out var place).ShouldBeTrue();
            rows.End(place, 0);
        }

        rows.New.Count.ShouldBe(3);
        Enumerable.Range(0, 3).Select(i => Values(rows.New.Rows(i, i + 1).Span)).ShouldBe([(1, 11), (3, 30), (2, 21)]);
        Enumerable.Range(0, 3).Sum(i => rows.New.Rows(i, i + 1).Length).ShouldBe(rows.New.Buffer.Length);
        rows.Clear();
        rows.New.Count.ShouldBe(0);
    }

    // Two bytes of field count, then each field after its length.
    private static (long Key, int Value) Values(ReadOnlySpan<byte> row) =>
        (System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(row[6..]), System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(row[18..]));

    private static string Variant(int id) =>
        $"{{\"__typename\":\"ProductVariant\",\"product\":{{\"id\":\"gid://shopify/Product/1\"}},\"id\":\"gid://shopify/ProductVariant/{id}\",\"title\":\"v{id}\",\"price\":\"1.00\"}}\n";

    private static string Member(int product) =>
        $"{{\"__typename\":\"Product\",\"id\":\"gid://shopify/Product/{product}\",\"__parentId\":\"gid://shopify/Collection/5\"}}\n";

    private static async Task<(int Rows, long Broken, long Lines, int Described)> Read(RowReading reading, string file, long from = 0)
    {
        var bytes = Encoding.UTF8.GetBytes(file);
        var (rows, broken, lines, described) = (0, 0L, 0L, 0);
        await new ReadResult(reading, KnownRows.None, ticket: 9).Read(at => new MemoryStream(bytes[(int)at..]), from, (batch, _) =>
        {
            rows += batch.Rows.Rows;
            broken += batch.BrokenLines;
            lines += batch.Lines;
            described += batch.Broken.Count;
            return Task.CompletedTask;
        }, default);
        return (rows, broken, lines, described);
    }
}
