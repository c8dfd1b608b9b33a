using System.Buffers.Binary;
using System.Numerics;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// The hash of a row's canonical fields: MurmurHash3 (x64, 128 bits) over their COPY encoding, seeded with the
/// version of the mapping. It tells changed rows from unchanged ones; it is no defence against forgery.
/// </summary>
public readonly record struct RowHash(ulong High, ulong Low)
{
    /// <summary>Raise it when a column is added to or changes its meaning in a mapping: every row then differs once.</summary>
    public const uint MappingVersion = 1;

    private const ulong C1 = 0x87c37b91114253d5;
    private const ulong C2 = 0x4cf5ad432745937f;

    public static RowHash Of(ReadOnlySpan<byte> data) => Of(data, MappingVersion);

    public static RowHash Of(ReadOnlySpan<byte> data, uint seed)
    {
        ulong h1 = seed, h2 = seed;
        var length = (ulong)data.Length;
        for (; data.Length >= 16; data = data[16..])
        {
            h1 ^= Mix1(BinaryPrimitives.ReadUInt64LittleEndian(data));
            h1 = ((BitOperations.RotateLeft(h1, 27) + h2) * 5) + 0x52dce729;
            h2 ^= Mix2(BinaryPrimitives.ReadUInt64LittleEndian(data[8..]));
            h2 = ((BitOperations.RotateLeft(h2, 31) + h1) * 5) + 0x38495ab5;
        }

        Span<byte> tail = stackalloc byte[16];
        tail.Clear();
        data.CopyTo(tail);
        if (data.Length > 8)
            h2 ^= Mix2(BinaryPrimitives.ReadUInt64LittleEndian(tail[8..]));
        if (data.Length > 0)
            h1 ^= Mix1(BinaryPrimitives.ReadUInt64LittleEndian(tail));

        h1 ^= length;
        h2 ^= length;
        h1 += h2;
        h2 += h1;
        h1 = Finish(h1);
        h2 = Finish(h2);
        h1 += h2;
        h2 += h1;
        return new RowHash(h1, h2);
    }

    /// <summary>One key for a pair of ids, such as an inventory item at a location.</summary>
    public static long Pair(long first, long second) =>
        (long)(Finish((ulong)first + 0x9e3779b97f4a7c15) ^ BitOperations.RotateLeft(Finish((ulong)second + 0xd1b54a32d192ed03), 17));

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, High);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Low);
    }

    private static ulong Mix1(ulong k) => BitOperations.RotateLeft(k * C1, 31) * C2;

    private static ulong Mix2(ulong k) => BitOperations.RotateLeft(k * C2, 33) * C1;

    private static ulong Finish(ulong k)
    {
        k = (k ^ (k >> 33)) * 0xff51afd7ed558ccd;
        k = (k ^ (k >> 33)) * 0xc4ceb9fe1a85ec53;
        return k ^ (k >> 33);
    }
}
