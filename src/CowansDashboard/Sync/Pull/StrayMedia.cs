namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Media of variants that do not follow their variant's line at once. An ungrouped result promises no order, and a
/// variant's row and hash need all of its media: one quick look through the file finds those few beforehand.
/// </summary>
public sealed class StrayMedia
{
    private static readonly WireShape Shape = WireShape.Of("__typename id __parentId");
    private static readonly int Id = Shape.Slot("id"), ParentId = Shape.Slot("__parentId");

    private readonly List<long> _variants = [];
    private readonly List<long> _media = [];
    private long[] _sorted = [];
    private long[] _inOrder = [];
    private long _lastVariant;

    public static bool IsMedia(ReadOnlySpan<byte> typeName) =>
        typeName.SequenceEqual("MediaImage"u8) || typeName.SequenceEqual("Video"u8)
        || typeName.SequenceEqual("ExternalVideo"u8) || typeName.SequenceEqual("Model3d"u8);

    /// <summary>Looks at a line of the first pass.</summary>
    public void Look(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> type;
        try
        {
            type = RowReading.TypeOf(line);
        }
        catch (System.Text.Json.JsonException)
        {
            // The pass that follows reports it.
            return;
        }
        if (type.SequenceEqual("ProductVariant"u8))
        {
            _lastVariant = IdOf(line);
            return;
        }
        if (!IsMedia(type))
            return;
        var (variant, media) = Link(line);
        if (variant == _lastVariant)
            return;
        _variants.Add(variant);
        _media.Add(media);
    }

    /// <summary>The first pass is over.</summary>
    public void Sort()
    {
        _sorted = [.. _variants];
        _inOrder = [.. _media];
        _variants.Clear();
        _variants.TrimExcess();
        _media.Clear();
        _media.TrimExcess();
        if (IdMap.IsSorted(_sorted))
            return;
        // By variant and then by place in the file: each variant's media stay in Shopify's order.
        var places = Enumerable.Range(0, _sorted.Length).ToArray();
        var variants = _sorted;
        Array.Sort(places, (left, right) => variants[left] != variants[right] ? variants[left].CompareTo(variants[right]) : left.CompareTo(right));
        _inOrder = Array.ConvertAll(places, place => _inOrder[place]);
        _sorted = Array.ConvertAll(places, place => variants[place]);
    }

    public void AddTo(List<long> media, long variant)
    {
        if (_sorted.Length == 0)
            return;
        var at = Array.BinarySearch(_sorted, variant);
        if (at < 0)
            return;
        while (at > 0 && _sorted[at - 1] == variant)
            at--;
        for (; at < _sorted.Length && _sorted[at] == variant; at++)
            media.Add(_inOrder[at]);
    }

    /// <summary>The variant and the medium that a child line connects.</summary>
    public static (long Variant, long Media) Link(ReadOnlySpan<byte> line)
    {
        Span<WireSlot> slots = stackalloc WireSlot[3];
        var node = WireNode.Read(line, Shape, slots);
        return (node.Id(ParentId), node.Id(Id));
    }

    // Without reading the whole line: this look passes over every variant of the shop.
    private static long IdOf(ReadOnlySpan<byte> line)
    {
        var mark = "\"id\":\"gid://shopify/ProductVariant/"u8;
        var at = line.IndexOf(mark);
        if (at < 0)
            return 0;
        var gid = line[(at + mark.Length)..];
        return WireNode.GidNumber(gid[..Math.Max(0, gid.IndexOf((byte)'"'))]);
    }
}
