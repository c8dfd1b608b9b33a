using System.Buffers.Text;
using System.Text.Json;

namespace CowansDashboard.Sync.Pull;

/// <summary>Inventory levels: one row per item and location. A level's product is the one of its variant.</summary>
public sealed class LevelReading(long storeId, IdMap variantsByItem, IdMap productOfVariant, IdMap locations) : RowReading(CatalogueTable.Levels, Shape)
{
    private static readonly WireShape Shape = WireShape.Of("__typename id isActive location{id} quantities item{id} __parentId");

    private static readonly int Id = Shape.Slot("id"), Active = Shape.Slot("isActive"), Location = Shape.Slot("location.id"),
        Quantities = Shape.Slot("quantities"), Item = Shape.Slot("item.id"), ParentId = Shape.Slot("__parentId");

    private readonly int?[] _quantities = new int?[8];
    private readonly byte[] _newest = new byte[40];
    private int _newestLength;

    public override bool Wants(ReadOnlySpan<byte> typeName) => typeName.SequenceEqual("InventoryLevel"u8);

    public override void Read(ReadOnlySpan<byte> line, StagedRows into, long parent = 0)
    {
        var node = Node(line);
        var item = node.Id(ParentId) is var above && above != 0 ? above : node.Id(Item) is var own && own != 0 ? own : parent;
        Required(item, "inventory item");
        if (!locations.TryGet(node.Id(Location), out var locationId))
        {
            into.Orphan(0);
            into.OrphanedItems.Add(item);
            return;
        }
        var product = 0L;
        var hasVariant = variantsByItem.TryGet(item, out var variantId) && productOfVariant.TryGet(variantId, out product);

        ReadQuantities(node.IsNull(Quantities) ? default : node.Raw(Quantities));
        var row = into.Begin();
        row.Bigint(storeId);
        into.BeginHashed();
        row.Bigint(hasVariant ? variantId : null);
        row.Bigint(item);
        row.Bigint(locationId);
        row.Bool(node.IsNull(Active) || node.True(Active));
        foreach (var quantity in _quantities)
            if (quantity is { } known)
                row.Number(known);
            else
                row.Null();
        if (!into.Differs(RowHash.Pair(item, locationId), out var place))
            return;
        row.Timestamp(_newest.AsSpan(0, _newestLength));
        into.End(place, product);
    }

    // Token by token: half of what a pull reads are these few words, over and over.
    private void ReadQuantities(ReadOnlySpan<byte> quantities)
    {
        Array.Clear(_quantities);
        _newestLength = 0;
        if (quantities.IsEmpty)
            return;
        var reader = new Utf8JsonReader(quantities);
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            if (reader.TokenType == JsonTokenType.StartObject)
                ReadQuantity(ref reader);
            else
                reader.Skip();
    }

    private void ReadQuantity(ref Utf8JsonReader reader)
    {
        var column = -1;
        int? quantity = null;
        ReadOnlySpan<byte> updated = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = reader.ValueTextEquals("name"u8) ? 'n' : reader.ValueTextEquals("quantity"u8) ? 'q' : reader.ValueTextEquals("updatedAt"u8) ? 'u' : '?';
            reader.Read();
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number))
                reader.Skip();
            else if (field == 'n')
                column = Column(reader.ValueSpan);
            else if (field == 'q')
                quantity = Utf8Parser.TryParse(reader.ValueSpan, out int number, out _) ? number : 0;
            else if (field == 'u')
                updated = reader.ValueSpan;
        }
        if (column < 0 || quantity is null)
            return;
        _quantities[column] = quantity;
        if (updated.Length <= _newest.Length && updated.SequenceCompareTo(_newest.AsSpan(0, _newestLength)) > 0)
        {
            updated.CopyTo(_newest);
            _newestLength = updated.Length;
        }
    }

    private static int Column(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("available"u8) ? 0
        : name.SequenceEqual("on_hand"u8) ? 1
        : name.SequenceEqual("committed"u8) ? 2
        : name.SequenceEqual("incoming"u8) ? 3
        : name.SequenceEqual("reserved"u8) ? 4
        : name.SequenceEqual("damaged"u8) ? 5
        : name.SequenceEqual("safety_stock"u8) ? 6
        : name.SequenceEqual("quality_control"u8) ? 7
        : -1;
}
