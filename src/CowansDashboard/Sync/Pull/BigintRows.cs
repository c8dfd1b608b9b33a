using System.Buffers.Binary;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>Reads rows of bigint columns, and one bytea at the end if there is one, by binary COPY: a million in well under a second.</summary>
public static class BigintRows
{
    private const int HeaderLength = 19;

    public delegate void OnRow(ReadOnlySpan<long> numbers, ReadOnlySpan<byte> bytes);

    public static async Task Read(NpgsqlConnection connection, string query, OnRow onRow, CancellationToken cancel)
    {
        await using var stream = await connection.BeginRawBinaryCopyAsync($"copy ({query}) to stdout (format binary)", cancel);
        var buffer = new byte[1 << 18];
        var filled = 0;
        var position = -1;
        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(filled), cancel);
            filled += read;
            if (position < 0 && filled >= HeaderLength)
                position = HeaderLength;
            if (position >= 0)
            {
                if (Rows(buffer.AsSpan(0, filled), ref position, onRow))
                    return;
                buffer.AsSpan(position, filled - position).CopyTo(buffer);
                filled -= position;
                position = 0;
            }
            if (read == 0)
                throw new EndOfStreamException("PostgreSQL ended a COPY before its last row.");
        }
    }

    /// <summary>True at the end marker; else position stands at the first incomplete row.</summary>
    private static bool Rows(ReadOnlySpan<byte> buffer, ref int position, OnRow onRow)
    {
        Span<long> numbers = stackalloc long[8];
        while (buffer.Length - position >= 2)
        {
            var fields = BinaryPrimitives.ReadInt16BigEndian(buffer[position..]);
            if (fields < 0)
                return true;
            var at = position + 2;
            var count = 0;
            ReadOnlySpan<byte> bytes = default;
            for (var field = 0; field < fields; field++)
            {
                if (buffer.Length - at < 4)
                    return false;
                var length = BinaryPrimitives.ReadInt32BigEndian(buffer[at..]);
                at += 4;
                if (length > 0 && buffer.Length - at < length)
                    return false;
                if (length == 8)
                    numbers[count++] = BinaryPrimitives.ReadInt64BigEndian(buffer[at..]);
                else if (length > 0)
                    bytes = buffer.Slice(at, length);
                else
                    numbers[count++] = 0;
                at += Math.Max(length, 0);
            }
            onRow(numbers[..count], bytes);
            position = at;
        }
        return false;
    }
}
