using System.Globalization;
using System.Text;
using CowansDashboard.Sync.Pull;
using CowansDashboard.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Npgsql;

namespace CowansDashboard.Tests.Sync.Pull;

[Trait("Category", "Integration")]
public sealed class CopyBufferTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Numbers_arrive_exactly_and_without_trailing_zeros()
    {
        (string Sent, string Arrives)[] numbers =
        [
            ("0", "0"), ("0.00", "0"), ("-0.0", "0"), ("1", "1"), ("12.50", "12.5"), ("-12.50", "-12.5"), ("0.01", "0.01"), ("0.0001", "0.0001"),
            ("0.00001", "0.00001"), ("10000", "10000"), ("9999", "9999"), ("99990000", "99990000"), ("1234567890123.456789", "1234567890123.456789"),
            ("100", "100"), ("-0.005", "-0.005"), ("00012.3400", "12.34"), (".5", "0.5"), ("7.", "7"),
            ("123456789012345678901234567890.123456789", "123456789012345678901234567890.123456789"),
        ];

        var read = await RoundTrip("numeric", numbers.Length, (row, i) => row.Numeric(Encoding.UTF8.GetBytes(numbers[i].Sent)), "v::text");

        read.ShouldBe(numbers.Select(number => number.Arrives));
    }

    [Fact]
    public async Task Any_decimal_arrives_as_it_is()
    {
        var numbers = Gen.Sample(ArbMap.Default.GeneratorFor<decimal>(), 400).Where(number => Math.Abs(number) < 1e20m).ToArray();

        var read = await RoundTrip("numeric", numbers.Length,
            (row, i) => row.Numeric(Encoding.UTF8.GetBytes(numbers[i].ToString(CultureInfo.InvariantCulture))), "v::text");

        read.Select(text => decimal.Parse(text!, CultureInfo.InvariantCulture)).ShouldBe(numbers);
    }

    [Fact]
    public async Task What_is_no_number_or_time_is_null()
    {
        (await RoundTrip("numeric", 3, (row, i) => row.Numeric(Encoding.UTF8.GetBytes(new[] { "", "abc", "1e5" }[i])), "v::text"))
            .ShouldAllBe(value => value == null);
        (await RoundTrip("timestamptz", 3, (row, i) => row.Timestamp(Encoding.UTF8.GetBytes(new[] { "", "2026-13-01T00:00:00Z", "yesterday" }[i])), "v::text"))
            .ShouldAllBe(value => value == null);
    }

    [Fact]
    public async Task Times_arrive_in_every_spelling()
    {
        string[] times = ["2026-11-01T08:15:30Z", "2026-11-01T08:15:30.123456Z", "2026-11-01T10:15:30+02:00", "1999-12-31T23:59:59Z", "2024-02-29T00:00:00Z"];

        var read = await RoundTrip("timestamptz", times.Length, (row, i) => row.Timestamp(Encoding.UTF8.GetBytes(times[i])),
            "to_char(v at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')");

        read.ShouldBe(["2026-11-01 08:15:30.000000", "2026-11-01 08:15:30.123456", "2026-11-01 08:15:30.000000", "1999-12-31 23:59:59.000000", "2024-02-29 00:00:00.000000"]);
    }

    [Fact]
    public async Task Text_loses_its_escapes_and_what_PostgreSQL_cannot_hold()
    {
        string[] escaped = [@"plain", @"a\""b\\c\/d", @"caf\u00e9 \ud83d\ude00", @"nul\u0000 here", @"half \ud83d only", @"\n\t\r\b\f", "grün 🎉"];

        var read = await RoundTrip("text", escaped.Length, (row, i) =>
        {
            var start = row.BeginField();
            JsonText.Unescape(Encoding.UTF8.GetBytes(escaped[i]), row);
            row.EndField(start);
        }, "v");

        read.ShouldBe(["plain", "a\"b\\c/d", "café 😀", "nul here", "half \uFFFD only", "\n\t\r\b\f", "grün 🎉"]);
    }

    [Fact]
    public async Task Sets_are_sorted_and_hold_each_element_once()
    {
        string[] sets = ["""["b","a","b",null,"a\u0301"]""", "[]", "null", ""];
        var texts = new SortedTexts();

        var read = await RoundTrip("text[]", sets.Length, (row, i) => texts.Write(Encoding.UTF8.GetBytes(sets[i]), row), "v::text");

        read.ShouldBe(["{a,a\u0301,b}", "{}", "{}", "{}"]);
    }

    private async Task<List<string?>> RoundTrip(string type, int rows, Action<CopyBuffer, int> write, string read)
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        await using (var create = new NpgsqlCommand($"create temporary table round_trip (n int, v {type})", connection))
            await create.ExecuteNonQueryAsync();
        var encoded = new CopyBuffer();
        encoded.Raw([.. "PGCOPY\n"u8, 0xff, .. "\r\n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0]);
        for (var i = 0; i < rows; i++)
        {
            encoded.Raw16(2);
            encoded.Number(i);
            write(encoded, i);
        }
        encoded.Raw16(-1);
        await using (var copy = await connection.BeginRawBinaryCopyAsync("copy round_trip from stdin (format binary)"))
            await copy.WriteAsync(encoded.Memory);
        await using var select = new NpgsqlCommand($"select {read} from round_trip order by n", connection);
        await using var reader = await select.ExecuteReaderAsync();
        var values = new List<string?>();
        while (await reader.ReadAsync())
            values.Add(reader.IsDBNull(0) ? null : reader.GetString(0));
        await reader.CloseAsync();
        await using var drop = new NpgsqlCommand("drop table round_trip", connection);
        await drop.ExecuteNonQueryAsync();
        return values;
    }
}
