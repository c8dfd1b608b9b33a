using System.Buffers.Text;
using System.Text.Json;

namespace CowansDashboard.Sync.Pull;

/// <summary>Where a value stands in its line.</summary>
public struct WireSlot
{
    public int Start { get; set; }
    public int Length { get; set; }
    public JsonTokenType Type { get; set; }
    public bool Escaped { get; set; }
}

/// <summary>
/// One node as Shopify sent it (a line of a bulk result, or a node of a direct answer): the bytes, and where the
/// fields of its shape stand. Absent and null are the same, also in fields that the schema calls non-null.
/// </summary>
public readonly ref struct WireNode
{
    private readonly ReadOnlySpan<byte> _json;
    private readonly ReadOnlySpan<WireSlot> _slots;

    private WireNode(ReadOnlySpan<byte> json, ReadOnlySpan<WireSlot> slots)
    {
        _json = json;
        _slots = slots;
    }

    /// <summary>Reads the object in <paramref name="json"/>; <paramref name="slots"/> is scratch space for at least the shape's slots.</summary>
    /// <exception cref="JsonException">The bytes are no JSON object.</exception>
    public static WireNode Read(ReadOnlySpan<byte> json, WireShape shape, Span<WireSlot> slots)
    {
        slots = slots[..shape.Slots];
        slots.Clear();
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("The line is no JSON object.");
        Read(ref reader, shape, slots);
        return new WireNode(json, slots);
    }

    public bool IsNull(int slot) => _slots[slot].Type is JsonTokenType.None or JsonTokenType.Null;

    /// <summary>The bytes between the quotes, or of the number, still escaped; for raw fields the JSON itself.</summary>
    public ReadOnlySpan<byte> Raw(int slot) => _json.Slice(_slots[slot].Start, _slots[slot].Length);

    public bool True(int slot) => _slots[slot].Type == JsonTokenType.True;

    public int Number(int slot) => Utf8Parser.TryParse(Raw(slot), out int value, out _) ? value : 0;

    public bool Is(int slot, ReadOnlySpan<byte> text) => _slots[slot].Type == JsonTokenType.String && Raw(slot).SequenceEqual(text);

    /// <summary>The number of a gid or a plain id; 0 where there is none.</summary>
    public long Id(int slot) => IsNull(slot) ? 0 : GidNumber(Raw(slot));

    /// <summary>The number at the end of gid://shopify/Kind/123, or before its question mark.</summary>
    public static long GidNumber(ReadOnlySpan<byte> gid)
    {
        var question = gid.IndexOf((byte)'?');
        if (question >= 0)
            gid = gid[..question];
        var slash = gid.LastIndexOf((byte)'/');
        return Utf8Parser.TryParse(gid[(slash + 1)..], out long number, out var used) && used == gid.Length - slash - 1 ? number : 0;
    }

    /// <summary>Writes a text field; null where Shopify sent none.</summary>
    public void Text(int slot, CopyBuffer to)
    {
        if (IsNull(slot))
            to.Null();
        else
            TextOrEmpty(slot, to);
    }

    /// <summary>Writes a text field for a column that takes no null.</summary>
    public void TextOrEmpty(int slot, CopyBuffer to)
    {
        var start = to.BeginField();
        Unescaped(slot, to);
        to.EndField(start);
    }

    /// <summary>Appends the text without a length, for building values.</summary>
    public void Unescaped(int slot, CopyBuffer to)
    {
        if (IsNull(slot))
            return;
        if (_slots[slot].Escaped)
            JsonText.Unescape(Raw(slot), to);
        else
            to.Raw(Raw(slot));
    }

    public void Numeric(int slot, CopyBuffer to)
    {
        if (IsNull(slot))
            to.Null();
        else
            to.Numeric(Raw(slot));
    }

    public void Timestamp(int slot, CopyBuffer to) => to.Timestamp(IsNull(slot) ? default : Raw(slot));

    public void IdOrNull(int slot, CopyBuffer to)
    {
        var id = Id(slot);
        to.Bigint(id == 0 ? null : id);
    }

    private static void Read(ref Utf8JsonReader reader, WireShape shape, Span<WireSlot> slots)
    {
        var expected = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = shape.Find(ref reader, expected);
            reader.Read();
            if (field < 0)
            {
                reader.Skip();
                continue;
            }
            expected = field + 1;
            if (shape.ChildAt(field) is { } child)
            {
                if (reader.TokenType == JsonTokenType.StartObject)
                    Read(ref reader, child, slots);
                else
                    reader.Skip();
                continue;
            }
            Keep(ref reader, ref slots[shape.SlotAt(field)]);
        }
    }

    private static void Keep(ref Utf8JsonReader reader, ref WireSlot slot)
    {
        var start = (int)reader.TokenStartIndex;
        slot.Type = reader.TokenType;
        if (reader.TokenType == JsonTokenType.String)
        {
            slot.Escaped = reader.ValueIsEscaped;
            slot.Start = start + 1;
            slot.Length = reader.ValueSpan.Length;
            return;
        }
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            reader.Skip();
        slot.Start = start;
        slot.Length = (int)reader.BytesConsumed - start;
    }
}
