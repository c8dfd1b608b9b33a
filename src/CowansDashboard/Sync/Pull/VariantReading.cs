using System.Buffers;

namespace CowansDashboard.Sync.Pull;

/// <summary>
/// Variants with the ids of their media. Media arrive as lines of their own after the variant, usually at once: a
/// variant is therefore held until the next one. Those that come later were found by <see cref="StrayMedia"/> before.
/// </summary>
public sealed class VariantReading(long storeId, IdMap products, StrayMedia strays) : RowReading(CatalogueTable.Variants, Shape)
{
    private static readonly WireShape Shape = WireShape.Of("""
        __typename product{id} id title sku barcode price compareAtPrice position taxable inventoryPolicy createdAt updatedAt
        selectedOptions unitPrice unitPriceMeasurement inventoryItem{id tracked requiresShipping unitCost{amount}
        harmonizedSystemCode countryCodeOfOrigin measurement{weight{unit value}}} __parentId
        """.ReplaceLineEndings(" "));

    private static readonly int Product = Shape.Slot("product.id"), Id = Shape.Slot("id"), Title = Shape.Slot("title"), Sku = Shape.Slot("sku"),
        Barcode = Shape.Slot("barcode"), Price = Shape.Slot("price"), CompareAt = Shape.Slot("compareAtPrice"), Position = Shape.Slot("position"),
        Taxable = Shape.Slot("taxable"), Policy = Shape.Slot("inventoryPolicy"), CreatedAt = Shape.Slot("createdAt"),
        UpdatedAt = Shape.Slot("updatedAt"), Selected = Shape.Slot("selectedOptions"), UnitPrice = Shape.Slot("unitPrice"),
        UnitMeasurement = Shape.Slot("unitPriceMeasurement"), Item = Shape.Slot("inventoryItem.id"), Tracked = Shape.Slot("inventoryItem.tracked"),
        Shipping = Shape.Slot("inventoryItem.requiresShipping"), Cost = Shape.Slot("inventoryItem.unitCost.amount"),
        Harmonized = Shape.Slot("inventoryItem.harmonizedSystemCode"), Country = Shape.Slot("inventoryItem.countryCodeOfOrigin"),
        WeightUnit = Shape.Slot("inventoryItem.measurement.weight.unit"), Weight = Shape.Slot("inventoryItem.measurement.weight.value"),
        ParentId = Shape.Slot("__parentId");

    private static readonly WireShape SelectedShape = WireShape.Of("name value");
    private static readonly int SelectedValue = SelectedShape.Slot("value");

    /// <summary>Filled before the first line is read.</summary>
    public StrayMedia Strays => strays;

    private readonly WireSlot[] _selectedSlots = new WireSlot[SelectedShape.Slots];
    private readonly ArrayBufferWriter<byte> _held = new(4096);
    private readonly List<long> _media = [];
    private long _heldId;
    private long _heldParent;

    public override bool Wants(ReadOnlySpan<byte> typeName) => IsVariant(typeName) || StrayMedia.IsMedia(typeName);

    public override bool BelongsTo(ReadOnlySpan<byte> line, IReadOnlySet<long> products)
    {
        if (!IsVariant(TypeOf(line)))
            return true;
        var node = Node(line);
        return products.Contains(node.Id(Product) is var named && named != 0 ? named : node.Id(ParentId));
    }

    public override bool MayEndBefore(ReadOnlySpan<byte> typeName) => IsVariant(typeName);

    public override void Read(ReadOnlySpan<byte> line, StagedRows into, long parent = 0)
    {
        var type = TypeOf(line);
        if (!type.IsEmpty && !IsVariant(type))
        {
            var (variant, media) = StrayMedia.Link(line);
            if (variant == _heldId)
                _media.Add(media);
            return;
        }
        var id = Node(line).Id(Id);
        try
        {
            Complete(into);
        }
        finally
        {
            // Also when the one before could not be read: this one can.
            _held.Write(line);
            _heldId = id;
            _heldParent = parent;
        }
    }

    /// <summary>Stages a variant of a direct answer, which names its media inside the node.</summary>
    public void Read(ReadOnlySpan<byte> node, ReadOnlySpan<long> media, StagedRows into, long parent)
    {
        Complete(into);
        _media.AddRange(media);
        Stage(node, into, parent);
        _media.Clear();
    }

    public override void Complete(StagedRows into)
    {
        if (_held.WrittenCount > 0)
        {
            // Cleared first: a variant that cannot be read must not be read for ever.
            var line = _held.WrittenSpan;
            strays.AddTo(_media, _heldId);
            try
            {
                Stage(line, into, _heldParent);
            }
            finally
            {
                _held.ResetWrittenCount();
                _media.Clear();
                _heldId = 0;
            }
        }
    }

    private static bool IsVariant(ReadOnlySpan<byte> typeName) => typeName.SequenceEqual("ProductVariant"u8);

    private void Stage(ReadOnlySpan<byte> line, StagedRows into, long parent)
    {
        var node = Node(line);
        var id = Required(node.Id(Id), "variant id");
        var product = node.Id(Product) is var named && named != 0 ? named : node.Id(ParentId) is var above && above != 0 ? above : parent;
        if (!products.TryGet(product, out var productId))
        {
            into.Orphan(product);
            return;
        }

        var row = into.Begin();
        row.Bigint(storeId);
        row.Bigint(productId);
        into.BeginHashed();
        row.Bigint(id);
        node.IdOrNull(Item, row);
        node.TextOrEmpty(Title, row);
        WriteSelected(node, row);
        row.Number(node.IsNull(Position) ? 0 : node.Number(Position));
        node.Text(Sku, row);
        node.Text(Barcode, row);
        row.NumericOrZero(node.IsNull(Price) ? default : node.Raw(Price));
        node.Numeric(CompareAt, row);
        node.Numeric(Cost, row);
        WriteUnitPrice(node, row);
        row.Bool(node.True(Taxable));
        row.Bytes(node.IsNull(Policy) ? "DENY"u8 : node.Raw(Policy));
        row.Bool(node.True(Tracked));
        row.Bool(node.IsNull(Shipping) || node.True(Shipping));
        node.Numeric(Weight, row);
        node.Text(WeightUnit, row);
        node.Text(Harmonized, row);
        node.Text(Country, row);
        row.BigintArray(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_media));
        node.Timestamp(CreatedAt, row);
        if (!into.Differs(id, out var place))
            return;
        node.Timestamp(UpdatedAt, row);
        into.End(place, productId);
    }

    private void WriteSelected(WireNode node, CopyBuffer row)
    {
        var selected = node.IsNull(Selected) ? default : node.Raw(Selected);
        var count = 0;
        foreach (var _ in new JsonElements(selected))
            count++;
        var start = row.BeginArray(elementType: 25, count);
        foreach (var element in new JsonElements(selected))
            WireNode.Read(element, SelectedShape, _selectedSlots).TextOrEmpty(SelectedValue, row);
        row.EndField(start);
    }

    private static void WriteUnitPrice(WireNode node, CopyBuffer row)
    {
        if (node.IsNull(UnitPrice) && node.IsNull(UnitMeasurement))
        {
            row.Null();
            return;
        }
        var start = row.BeginJson();
        row.Raw("{\"measurement\":"u8);
        JsonText.Canonical(node.IsNull(UnitMeasurement) ? "null"u8 : node.Raw(UnitMeasurement), row);
        row.Raw(",\"price\":"u8);
        JsonText.Canonical(node.IsNull(UnitPrice) ? "null"u8 : node.Raw(UnitPrice), row);
        row.Raw("}"u8);
        row.EndField(start);
    }
}
