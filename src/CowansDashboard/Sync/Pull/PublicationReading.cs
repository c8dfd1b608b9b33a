namespace CowansDashboard.Sync.Pull;

/// <summary>Publications: the places where products are sold. The name is that of the catalogue.</summary>
public sealed class PublicationReading(long storeId) : RowReading(CatalogueTable.Publications, Shape)
{
    private static readonly WireShape Shape = WireShape.Of("__typename id autoPublish catalog{title}");

    private static readonly int Id = Shape.Slot("id"), Auto = Shape.Slot("autoPublish"), Title = Shape.Slot("catalog.title");

    public override bool Wants(ReadOnlySpan<byte> typeName) => typeName.SequenceEqual("Publication"u8);

    public override void Read(ReadOnlySpan<byte> line, StagedRows into, long parent = 0)
    {
        var node = Node(line);
        var id = Required(node.Id(Id), "publication id");
        var row = into.Begin();
        row.Bigint(storeId);
        into.BeginHashed();
        row.Bigint(id);
        node.TextOrEmpty(Title, row);
        row.Bool(node.True(Auto));
        if (into.Differs(id, out var place))
            into.End(place, 0);
    }
}

/// <summary>Where each product is published.</summary>
public sealed class ProductPublicationReading(long storeId, IdMap publications, IdMap products)
    : RowReading(CatalogueTable.ProductPublications, ChildShape.Shape)
{
    public override bool Wants(ReadOnlySpan<byte> typeName) => typeName.SequenceEqual("Product"u8);

    public override void Read(ReadOnlySpan<byte> line, StagedRows into, long parent = 0)
    {
        var node = Node(line);
        Read(Required(node.Id(ChildShape.Id), "product id"), node.Id(ChildShape.ParentId) is var above && above != 0 ? above : parent, into);
    }

    /// <summary>Stages a product's place in a publication, both by Shopify's ids.</summary>
    public void Read(long product, long publication, StagedRows into)
    {
        if (!products.TryGet(product, out var productId))
        {
            into.Orphan(product);
            return;
        }
        if (!publications.TryGet(publication, out var publicationId))
        {
            into.Orphan(0);
            return;
        }

        var row = into.Begin();
        row.Bigint(storeId);
        row.Bigint(publicationId);
        row.Bigint(productId);
        into.BeginHashed();
        if (into.Differs(RowHash.Pair(publicationId, productId), out var place))
            into.End(place, productId);
    }
}
