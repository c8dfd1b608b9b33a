namespace CowansDashboard.Sync.Pull;

/// <summary>Locations, from the pages that name them.</summary>
public sealed class LocationReading(long storeId) : RowReading(CatalogueTable.Locations, Shape)
{
    private static readonly WireShape Shape = WireShape.Of("__typename id name isActive fulfillsOnlineOrders address");

    private static readonly int Id = Shape.Slot("id"), Name = Shape.Slot("name"), Active = Shape.Slot("isActive"),
        Online = Shape.Slot("fulfillsOnlineOrders"), Address = Shape.Slot("address");

    public override bool Wants(ReadOnlySpan<byte> typeName) => typeName.SequenceEqual("Location"u8);

    public override void Read(ReadOnlySpan<byte> line, StagedRows into, long parent = 0)
    {
        var node = Node(line);
        var id = Required(node.Id(Id), "location id");
        var row = into.Begin();
        row.Bigint(storeId);
        into.BeginHashed();
        row.Bigint(id);
        node.TextOrEmpty(Name, row);
        row.Bool(node.IsNull(Active) || node.True(Active));
        row.Bool(node.True(Online));
        var start = row.BeginJson();
        JsonText.Canonical(node.IsNull(Address) ? "{}"u8 : node.Raw(Address), row);
        row.EndField(start);
        if (into.Differs(id, out var place))
            into.End(place, 0);
    }
}
