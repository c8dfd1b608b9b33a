namespace CowansDashboard.Sync.Pull;

/// <summary>Collections themselves; their members come as lines of their own, their sources are read by page.</summary>
public sealed class CollectionReading(long storeId) : RowReading(CatalogueTable.Collections, Shape)
{
    private static readonly WireShape Shape = WireShape.Of("""
        __typename id title handle descriptionHtml sortOrder templateSuffix updatedAt image{url altText} seo{title description} productsCount{count}
        """.ReplaceLineEndings(" "));

    private static readonly int Id = Shape.Slot("id"), Title = Shape.Slot("title"), Handle = Shape.Slot("handle"),
        Description = Shape.Slot("descriptionHtml"), Sort = Shape.Slot("sortOrder"), Template = Shape.Slot("templateSuffix"),
        UpdatedAt = Shape.Slot("updatedAt"), Image = Shape.Slot("image.url"), ImageAlt = Shape.Slot("image.altText"),
        SeoTitle = Shape.Slot("seo.title"), SeoDescription = Shape.Slot("seo.description"), Count = Shape.Slot("productsCount.count");

    public override bool Wants(ReadOnlySpan<byte> typeName) => typeName.SequenceEqual("Collection"u8);

    public override void Read(ReadOnlySpan<byte> line, StagedRows into, long parent = 0)
    {
        var node = Node(line);
        var id = Required(node.Id(Id), "collection id");
        var row = into.Begin();
        row.Bigint(storeId);
        into.BeginHashed();
        row.Bigint(id);
        node.TextOrEmpty(Title, row);
        node.TextOrEmpty(Handle, row);
        node.TextOrEmpty(Description, row);
        node.TextOrEmpty(Sort, row);
        node.Text(Template, row);
        node.Text(SeoTitle, row);
        node.Text(SeoDescription, row);
        WriteUnversioned(node, row);
        node.Text(ImageAlt, row);
        row.Number(node.IsNull(Count) ? 0 : node.Number(Count));
        if (!into.Differs(id, out var place))
            return;
        node.Timestamp(UpdatedAt, row);
        into.End(place, 0);
    }

    private static void WriteUnversioned(WireNode node, CopyBuffer row)
    {
        if (node.IsNull(Image))
        {
            row.Null();
            return;
        }
        var url = node.Raw(Image);
        var question = url.IndexOf((byte)'?');
        var start = row.BeginField();
        JsonText.Unescape(question < 0 ? url : url[..question], row);
        row.EndField(start);
    }
}

/// <summary>The products of collections, in the order of the collection.</summary>
public sealed class MemberReading(long storeId, IdMap collections, IdMap products) : RowReading(CatalogueTable.Members, ChildShape.Shape)
{
    private readonly Positions _positions = new();

    public override bool Wants(ReadOnlySpan<byte> typeName) => typeName.SequenceEqual("Product"u8);

    public override bool CountsPositions => true;

    public override void Skim(ReadOnlySpan<byte> line) => _positions.Next(Node(line).Id(ChildShape.ParentId));

    public override void Read(ReadOnlySpan<byte> line, StagedRows into, long parent = 0)
    {
        var node = Node(line);
        Read(Required(node.Id(ChildShape.Id), "product id"), node.Id(ChildShape.ParentId) is var above && above != 0 ? above : parent, into);
    }

    /// <summary>Stages the next member of a collection, both by Shopify's ids.</summary>
    public void Read(long product, long collection, StagedRows into)
    {
        var position = _positions.Next(collection);
        if (!products.TryGet(product, out var productId))
        {
            into.Orphan(product);
            return;
        }
        if (!collections.TryGet(collection, out var collectionId))
        {
            into.Orphan(0);
            return;
        }

        var row = into.Begin();
        row.Bigint(storeId);
        row.Bigint(collectionId);
        row.Bigint(productId);
        into.BeginHashed();
        row.Number(position);
        if (into.Differs(RowHash.Pair(collectionId, productId), out var place))
            into.End(place, productId);
    }
}

internal static class ChildShape
{
    public static readonly WireShape Shape = WireShape.Of("__typename id __parentId");

    public static readonly int Id = Shape.Slot("id"), ParentId = Shape.Slot("__parentId");
}
