using Npgsql;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// From Shopify's ids to our own: two sorted arrays, 16 bytes an entry, because a shop of a million products has
/// to fit. Shopify's results come in the order of their ids, so the entry after the last answer is tried first.
/// </summary>
public sealed class IdMap(long[] keys, long[] ids)
{
    private int _last = -1;

    public int Count => keys.Length;

    /// <summary>Runs a query of two bigint columns, Shopify's id and ours.</summary>
    /// <param name="connection">Where to ask.</param>
    /// <param name="query">What to ask.</param>
    /// <param name="expected">About how many rows: arrays of the right size from the start leave no large garbage.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<IdMap> Load(NpgsqlConnection connection, string query, long expected, CancellationToken cancel)
    {
        var keys = new long[Math.Clamp(expected, 64, 1 << 28)];
        var ids = new long[keys.Length];
        var count = 0;
        await BigintRows.Read(connection, query, (row, _) =>
        {
            if (count == keys.Length)
            {
                Array.Resize(ref keys, count + (count / 2));
                Array.Resize(ref ids, count + (count / 2));
            }
            keys[count] = row[0];
            ids[count++] = row[1];
        }, cancel);
        if (count < keys.Length)
        {
            Array.Resize(ref keys, count);
            Array.Resize(ref ids, count);
        }
        return From(keys, ids);
    }

    public static IdMap From(long[] keys, long[] ids)
    {
        if (!IsSorted(keys))
            Array.Sort(keys, ids);
        return new IdMap(keys, ids);
    }

    /// <summary>A copy that shares the arrays, for another thread: the place of the last answer is each one's own.</summary>
    public IdMap Fork() => new(keys, ids);

    public bool TryGet(long key, out long id) => TryGet(key, out id, out _);

    public bool TryGet(long key, out long id, out int index)
    {
        index = _last;
        if (index < 0 || keys[index] != key)
        {
            index++;
            if (index >= keys.Length || keys[index] != key)
                index = Array.BinarySearch(keys, key);
        }
        if (index < 0)
        {
            id = 0;
            return false;
        }
        _last = index;
        id = ids[index];
        return true;
    }

    internal static bool IsSorted(ReadOnlySpan<long> keys)
    {
        for (var i = 1; i < keys.Length; i++)
            if (keys[i] < keys[i - 1])
                return false;
        return true;
    }
}
