using System.Text.Json;

namespace CowansDashboard.Sync.Pull;

/// <summary>The options inside a product's node: one row each, their values kept as JSON in Shopify's order.</summary>
public sealed class OptionReading(long storeId)
{
    private static readonly WireShape Shape = WireShape.Of("id name position optionValues");
    private static readonly int Id = Shape.Slot("id"), Name = Shape.Slot("name"), Position = Shape.Slot("position"), Values = Shape.Slot("optionValues");

    private static readonly WireShape ValueShape = WireShape.Of("id name hasVariants linkedMetafieldValue swatch");
    private static readonly int ValueId = ValueShape.Slot("id"), ValueName = ValueShape.Slot("name"),
        HasVariants = ValueShape.Slot("hasVariants"), Linked = ValueShape.Slot("linkedMetafieldValue"), Swatch = ValueShape.Slot("swatch");

    private readonly WireSlot[] _slots = new WireSlot[Shape.Slots];
    private readonly WireSlot[] _valueSlots = new WireSlot[ValueShape.Slots];

    /// <summary>Stages all options of one product; those of an existing product are matched by the merge.</summary>
    public void Read(ReadOnlySpan<byte> options, StagedRows into, long productId, bool productExists)
    {
        var position = 0;
        foreach (var element in new JsonElements(options))
        {
            var node = WireNode.Read(element, Shape, _slots);
            position++;
            var row = into.Begin();
            row.Bigint(storeId);
            row.Bigint(productId);
            into.BeginHashed();
            row.Bigint(node.Id(Id) is var id && id != 0 ? id : throw new JsonException("An option has no id."));
            node.TextOrEmpty(Name, row);
            row.Number(node.IsNull(Position) ? position : node.Number(Position));
            WriteValues(node.IsNull(Values) ? default : node.Raw(Values), row);
            into.Differs(id, out var place);
            into.End(place with { Exists = productExists }, productId);
        }
    }

    private void WriteValues(ReadOnlySpan<byte> values, CopyBuffer row)
    {
        var start = row.BeginJson();
        row.Raw("["u8);
        var first = true;
        foreach (var element in new JsonElements(values))
        {
            if (!first)
                row.Raw(","u8);
            first = false;
            var value = WireNode.Read(element, ValueShape, _valueSlots);
            row.Raw("{\"id\":\""u8);
            row.Raw(System.Text.Encoding.ASCII.GetBytes(value.Id(ValueId).ToString(System.Globalization.CultureInfo.InvariantCulture)));
            row.Raw("\",\"name\":"u8);
            Quoted(value, ValueName, row);
            row.Raw(",\"hasVariants\":"u8);
            row.Raw(value.True(HasVariants) ? "true"u8 : "false"u8);
            if (!value.IsNull(Linked))
            {
                row.Raw(",\"linkedMetafieldValue\":"u8);
                Quoted(value, Linked, row);
            }
            if (!value.IsNull(Swatch))
            {
                row.Raw(",\"swatch\":"u8);
                JsonText.Canonical(value.Raw(Swatch), row);
            }
            row.Raw("}"u8);
        }
        row.Raw("]"u8);
        row.EndField(start);
    }

    private static void Quoted(WireNode node, int slot, CopyBuffer row)
    {
        if (node.IsNull(slot))
            row.Raw("\"\""u8);
        else
            JsonText.Quote(node.Raw(slot), row);
    }
}
