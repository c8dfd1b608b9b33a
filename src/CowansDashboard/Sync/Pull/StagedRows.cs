namespace CowansDashboard.Sync.Pull;

/// <summary>
/// A batch of rows of one table on their way into the copy, encoded for COPY: new rows in one buffer, rows that the
/// copy holds with another content in a second. Unchanged rows leave nothing but their key.
/// </summary>
public sealed class StagedRows(CatalogueTable table, KnownRows known, long ticket)
{
    private readonly short _fields = (short)table.Columns.Length;
    private readonly CopyBuffer _row = new();
    private readonly Dictionary<long, (Encoded In, int At)> _staged = [];
    private int _hashFrom;
    private long _key;

    public CatalogueTable Table => table;

    /// <summary>Rows of a table that comes inside the nodes of this one: the options of products.</summary>
    public StagedRows? Children { get; } = table == CatalogueTable.Products ? new StagedRows(CatalogueTable.Options, KnownRows.None, ticket) : null;

    public long Ticket => ticket;

    public Encoded New { get; } = new();

    public Encoded Changed { get; } = new();

    /// <summary>Keys of rows that the result named and that stay as they are. The others carry the ticket of this read.</summary>
    public List<long> UnchangedKeys { get; } = [];

    /// <summary>Our ids of the products whose rows are new or changed.</summary>
    public List<long> Products { get; } = [];

    /// <summary>Products that a line names as its parent and the copy does not hold: read again at the end.</summary>
    public List<long> OrphansOf { get; } = [];

    /// <summary>Shopify's inventory items with stock at a location that the copy does not hold.</summary>
    public HashSet<long> OrphanedItems { get; } = [];

    public long Orphans { get; private set; }

    public int Rows => New.Count + Changed.Count;

    public int Bytes => New.Buffer.Length + Changed.Buffer.Length + (Children?.Bytes ?? 0);

    /// <summary>Starts a row: its owner columns come next.</summary>
    public CopyBuffer Begin()
    {
        _row.Clear();
        _row.Raw16(_fields);
        return _row;
    }

    /// <summary>Starts the columns that are hashed.</summary>
    public void BeginHashed() => _hashFrom = _row.Length;

    /// <summary>
    /// Ends the hashed columns. False when the copy holds the same already: then the row is done, and its loose
    /// columns are not written. <paramref name="more"/> enters the hash, but no column.
    /// </summary>
    public bool Differs(long key, out RowPlace place, ReadOnlySpan<byte> more = default)
    {
        var end = _row.Length;
        _row.Raw(more);
        var hash = RowHash.Of(_row.Span(_hashFrom));
        _row.Truncate(end);

        // Named twice in one batch: the later line counts. PostgreSQL would refuse to write one row twice.
        if (_staged.Remove(key, out var earlier))
            Drop(earlier.In, earlier.At);
        _key = key;
        var exists = known.See(key, out var id, out var knownHash);
        place = new RowPlace(exists, id, hash);
        if (!exists || hash.High != knownHash)
            return true;
        UnchangedKeys.Add(key);
        return false;
    }

    /// <summary>Ends a row after its loose columns; a new row takes <paramref name="reserved"/> as its id where the table reserves ids.</summary>
    public void End(RowPlace place, long productId, long reserved = 0)
    {
        _row.Raw32(16);
        place.Hash.Write(_row.Room(16));
        _row.Advance(16);
        _row.Bigint(ticket);
        var target = place.Exists ? Changed : New;
        var withId = place.Exists || table.ReservesIds;
        if (withId)
            _row.Bigint(place.Exists ? place.Id : reserved);
        _staged[_key] = (target, target.Count);
        target.Add(_row.Span(0), withId ? (short)(_fields + 1) : _fields);
        if (productId != 0 && (Products.Count == 0 || Products[^1] != productId))
            Products.Add(productId);
    }

    /// <summary>A row without its parent: counted, and its product read again by id at the end.</summary>
    public void Orphan(long productShopifyId)
    {
        Orphans++;
        if (productShopifyId != 0 && (OrphansOf.Count == 0 || OrphansOf[^1] != productShopifyId))
            OrphansOf.Add(productShopifyId);
    }

    public void Clear()
    {
        _staged.Clear();
        Children?.Clear();
        Orphans = 0;
        OrphansOf.Clear();
        OrphanedItems.Clear();
        New.Clear();
        Changed.Clear();
        UnchangedKeys.Clear();
        Products.Clear();
    }

    private void Drop(Encoded from, int at)
    {
        from.Remove(at);
        foreach (var (key, place) in _staged.Where(row => row.Value.In == from && row.Value.At > at).ToList())
            _staged[key] = (from, place.At - 1);
    }

    /// <summary>Whether a row exists, its id then, and the hash of what was read.</summary>
    public readonly record struct RowPlace(bool Exists, long Id, RowHash Hash);

    /// <summary>Rows in COPY format, and where each begins.</summary>
    public sealed class Encoded
    {
        public CopyBuffer Buffer { get; } = new(1 << 16);

        public List<int> Starts { get; } = [];

        public int Count => Starts.Count;

        public ReadOnlyMemory<byte> Rows(int from, int to) =>
            Buffer.Memory[Starts[from]..(to < Count ? Starts[to] : Buffer.Length)];

        internal void Add(ReadOnlySpan<byte> row, short fields)
        {
            Starts.Add(Buffer.Length);
            Buffer.Raw16(fields);
            Buffer.Raw(row[2..]);
        }

        internal void Remove(int at)
        {
            var from = Starts[at];
            var length = (at + 1 < Count ? Starts[at + 1] : Buffer.Length) - from;
            Buffer.Cut(from, length);
            Starts.RemoveAt(at);
            for (var i = at; i < Starts.Count; i++)
                Starts[i] -= length;
        }

        internal void Clear()
        {
            Buffer.Clear();
            Starts.Clear();
        }
    }
}
