using System.Text.Json;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Which Shopify field fills which column, for one table. A reading takes a node as Shopify sent it, a line of a
/// bulk result or a node of a direct answer alike, and stages its row. Not safe for two threads at once.
/// </summary>
public abstract class RowReading(CatalogueTable table, WireShape shape)
{
    private static readonly WireShape KindShape = WireShape.Of("__typename id");
    private readonly WireSlot[] _slots = new WireSlot[shape.Slots];

    public CatalogueTable Table => table;

    /// <summary>Whether a line of this type is for this reading.</summary>
    public abstract bool Wants(ReadOnlySpan<byte> typeName);

    /// <summary>Stages the node. A parent is named by the node itself, or by <paramref name="parent"/> in direct answers.</summary>
    /// <exception cref="JsonException">The line is broken or lacks its id.</exception>
    public abstract void Read(ReadOnlySpan<byte> line, StagedRows into, long parent = 0);

    /// <summary>Whether a line belongs to one of these products; lines that say nothing of products do.</summary>
    public virtual bool BelongsTo(ReadOnlySpan<byte> line, IReadOnlySet<long> products) => true;

    /// <summary>Positions are the order of lines: a restart must pass over the lines before it.</summary>
    public virtual bool CountsPositions => false;

    /// <summary>Passes over a line that was read before a restart, for readings that count positions.</summary>
    public virtual void Skim(ReadOnlySpan<byte> line)
    {
    }

    /// <summary>False while lines that belong to the last row may still follow: a batch must not end here.</summary>
    public virtual bool MayEndBefore(ReadOnlySpan<byte> typeName) => true;

    /// <summary>The batch ends: what is held back goes in.</summary>
    public virtual void Complete(StagedRows into)
    {
    }

    /// <summary>The type that a line names, or the one in its id.</summary>
    public static ReadOnlySpan<byte> TypeOf(ReadOnlySpan<byte> line)
    {
        var prefix = "{\"__typename\":\""u8;
        if (line.StartsWith(prefix))
        {
            var rest = line[prefix.Length..];
            var quote = rest.IndexOf((byte)'"');
            if (quote > 0)
                return rest[..quote];
        }
        Span<WireSlot> slots = stackalloc WireSlot[2];
        slots.Clear();
        var node = WireNode.Read(line, KindShape, slots);
        if (!node.IsNull(0))
            return line.Slice(slots[0].Start, slots[0].Length);
        if (node.IsNull(1))
            return default;
        var gid = line.Slice(slots[1].Start, slots[1].Length);
        var end = gid.LastIndexOf((byte)'/');
        var start = end <= 0 ? -1 : gid[..end].LastIndexOf((byte)'/');
        return start < 0 ? default : gid[(start + 1)..end];
    }

    protected WireNode Node(ReadOnlySpan<byte> line) => WireNode.Read(line, shape, _slots);

    protected static long Required(long id, string what) =>
        id != 0 ? id : throw new JsonException($"The line names no {what}.");
}
