using System.Buffers.Binary;
using System.Buffers.Text;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Rows in PostgreSQL's binary COPY format, written straight from UTF-8 without strings in between.
/// The same bytes feed the row hash, so that equal content always means an equal hash.
/// </summary>
public sealed class CopyBuffer(int capacity = 4096)
{
    private static readonly long PostgresEpochTicks = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    private byte[] _bytes = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    public ReadOnlySpan<byte> Span(int start) => _bytes.AsSpan(start, Length - start);

    public void Clear() => Length = 0;

    public void Truncate(int length) => Length = length;

    /// <summary>Takes bytes out of the middle.</summary>
    public void Cut(int from, int length)
    {
        _bytes.AsSpan((from + length)..Length).CopyTo(_bytes.AsSpan(from));
        Length -= length;
    }

    /// <summary>Room for at least <paramref name="size"/> bytes; <see cref="Advance"/> says how many were used.</summary>
    public Span<byte> Room(int size)
    {
        if (_bytes.Length - Length < size)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + size));
        return _bytes.AsSpan(Length);
    }

    public void Advance(int used) => Length += used;

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    public void Raw16(short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(Room(2), value);
        Length += 2;
    }

    public void Raw32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(Room(4), value);
        Length += 4;
    }

    public void Raw64(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(Room(8), value);
        Length += 8;
    }

    public void Null() => Raw32(-1);

    public void Bigint(long value)
    {
        Raw32(8);
        Raw64(value);
    }

    public void Bigint(long? value)
    {
        if (value is { } known)
            Bigint(known);
        else
            Null();
    }

    public void Number(int value)
    {
        Raw32(4);
        Raw32(value);
    }

    public void Bool(bool value)
    {
        Raw32(1);
        Room(1)[0] = value ? (byte)1 : (byte)0;
        Length++;
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Raw32(value.Length);
        Raw(value);
    }

    /// <summary>A field whose length is known only when it is complete: begin, write, end.</summary>
    public int BeginField()
    {
        Raw32(0);
        return Length - 4;
    }

    public void EndField(int start) =>
        BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(start), Length - start - 4);

    /// <summary>Parses Shopify's ISO 8601 in UTF-8; what is no time becomes null.</summary>
    public void Timestamp(ReadOnlySpan<byte> iso)
    {
        if (iso.IsEmpty || !TryTimestamp(iso, out var ticks))
            Null();
        else
            Bigint((ticks - PostgresEpochTicks) / 10);
    }

    /// <summary>
    /// A decimal in UTF-8 as numeric without trailing zeros: 12.50 and 12.5 are one value with one hash.
    /// What is no number becomes null.
    /// </summary>
    public void Numeric(ReadOnlySpan<byte> text)
    {
        if (!NumericDigits.TryRead(text, out var number))
        {
            Null();
            return;
        }
        Raw32(8 + (2 * number.Count));
        Raw16((short)number.Count);
        Raw16((short)number.Weight);
        Raw16(number.Negative ? (short)0x4000 : (short)0);
        Raw16((short)number.Scale);
        for (var i = 0; i < number.Count; i++)
            Raw16(number.Digits[i]);
    }

    public void NumericOrZero(ReadOnlySpan<byte> text) => Numeric(text.IsEmpty ? "0"u8 : text);

    public void BigintArray(ReadOnlySpan<long> values)
    {
        var start = BeginArray(elementType: 20, values.Length);
        foreach (var value in values)
            Bigint(value);
        EndField(start);
    }

    /// <summary>Begins a one-dimensional array field; write each element as a field, then EndField.</summary>
    public int BeginArray(int elementType, int count)
    {
        var start = BeginField();
        Raw32(count == 0 ? 0 : 1);
        Raw32(0);
        Raw32(elementType);
        if (count == 0)
            return start;
        Raw32(count);
        Raw32(1);
        return start;
    }

    public int BeginJson()
    {
        var start = BeginField();
        Room(1)[0] = 1;
        Length++;
        return start;
    }

    private static bool TryTimestamp(ReadOnlySpan<byte> iso, out long ticks)
    {
        // 2026-11-01T08:15:30Z, the shape of nearly all of them, without the general parser.
        if (iso.Length == 20 && iso[19] == 'Z' && iso[10] == 'T'
            && Digits(iso[..4], out var year) && Digits(iso[5..7], out var month) && Digits(iso[8..10], out var day)
            && Digits(iso[11..13], out var hour) && Digits(iso[14..16], out var minute) && Digits(iso[17..19], out var second)
            && year > 0 && month is > 0 and <= 12 && day > 0 && day <= DateTime.DaysInMonth(year, month) && hour < 24 && minute < 60 && second < 60)
        {
            ticks = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks;
            return true;
        }
        var parsed = DateTimeOffset.TryParse(System.Text.Encoding.UTF8.GetString(iso), System.Globalization.CultureInfo.InvariantCulture,
            System.Globalization.DateTimeStyles.AssumeUniversal, out var general);
        ticks = general.UtcTicks;
        return parsed;
    }

    private static bool Digits(ReadOnlySpan<byte> digits, out int value) =>
        Utf8Parser.TryParse(digits, out value, out var used) && used == digits.Length;
}
