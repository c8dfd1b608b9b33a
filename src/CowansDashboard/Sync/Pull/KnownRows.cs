using System.Buffers.Binary;
using System.Collections;
using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// What the copy already holds of one kind: key, hash and id of each row, and which of them a result named. Two
/// sorted arrays of 24 bytes an entry together, because the stock of a large shop has millions.
/// </summary>
public sealed class KnownRows
{
    private readonly long[] _keys;
    private readonly Entry[] _entries;
    private readonly int _count;
    private readonly BitArray _seen;
    private int _last = -1;

    private KnownRows(long[] keys, Entry[] entries, int count, int alive)
    {
        (_keys, _entries, _count, Alive) = (keys, entries, count, alive);
        _seen = new BitArray(count);
    }

    /// <summary>All rows of the copy, gone ones among them.</summary>
    public int Count => _count;

    /// <summary>Rows that a complete result should name.</summary>
    public int Alive { get; }

    /// <summary>How many of the rows the run that reads has added itself, before a restart.</summary>
    public long OfThisRun { get; set; }

    public static KnownRows None { get; } = new([], [], 0, 0);

    /// <summary>
    /// The query gives key, or the two parts of a key, then alive (1 or 0), id and row_hash. A row without a hash of
    /// sixteen bytes always counts as changed.
    /// </summary>
    /// <param name="connection">Where to ask.</param>
    /// <param name="query">What to ask.</param>
    /// <param name="expected">About how many rows: arrays of the right size from the start leave no large garbage.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<KnownRows> Load(NpgsqlConnection connection, string query, long expected, CancellationToken cancel)
    {
        var keys = new long[Math.Clamp(expected, 64, 1 << 28)];
        var entries = new Entry[keys.Length];
        var (count, alive) = (0, 0);
        await BigintRows.Read(connection, query, (row, hash) =>
        {
            if (count == keys.Length)
            {
                Array.Resize(ref keys, count + (count / 2));
                Array.Resize(ref entries, count + (count / 2));
            }
            var living = row[^2] == 1;
            alive += living ? 1 : 0;
            keys[count] = row.Length == 4 ? RowHash.Pair(row[0], row[1]) : row[0];
            entries[count++] = new Entry(living ? row[^1] : -row[^1], hash.Length == 16 ? BinaryPrimitives.ReadUInt64BigEndian(hash) : 0);
        }, cancel);

        if (!IdMap.IsSorted(keys.AsSpan(0, count)))
            Array.Sort(keys, entries, 0, count);
        return new KnownRows(keys, entries, count, alive);
    }

    /// <summary>True when the copy holds a row under this key; notes that a result named it.</summary>
    public bool See(long key, out long id, out ulong hash)
    {
        var index = Find(key);
        if (index < 0)
        {
            id = 0;
            hash = 0;
            return false;
        }
        id = Math.Abs(_entries[index].SignedId);
        hash = _entries[index].Hash;
        _seen[index] = true;
        return true;
    }

    /// <summary>The ids of living rows that no result named.</summary>
    public IEnumerable<long> Unseen()
    {
        for (var i = 0; i < _count; i++)
            if (!_seen[i] && _entries[i].SignedId > 0)
                yield return _entries[i].SignedId;
    }

    private int Find(long key)
    {
        var next = _last + 1;
        if (next < _count && _keys[next] == key)
            return _last = next;
        var index = Array.BinarySearch(_keys, 0, _count, key);
        if (index >= 0)
            _last = index;
        return index;
    }

    /// <summary>An id below zero is that of a row which is gone.</summary>
    private readonly record struct Entry(long SignedId, ulong Hash);
}
