namespace CowansDashboard.Sync.Pull;

/// <summary>Media of products. Shopify sends no position: it is the order of the lines of one product.</summary>
public sealed class MediaReading(long storeId, IdMap products) : RowReading(CatalogueTable.Media, Shape)
{
    private static readonly WireShape Shape = WireShape.Of("""
        __typename id alt mediaContentType status mediaErrors preview{image{url width height}} mimeType image{url width height}
        sources embedUrl originUrl __parentId
        """.ReplaceLineEndings(" "));

    private static readonly int Id = Shape.Slot("id"), Alt = Shape.Slot("alt"), Type = Shape.Slot("mediaContentType"),
        Status = Shape.Slot("status"), Errors = Shape.Slot("mediaErrors"), Preview = Shape.Slot("preview.image.url"),
        PreviewWidth = Shape.Slot("preview.image.width"), PreviewHeight = Shape.Slot("preview.image.height"),
        Mime = Shape.Slot("mimeType"), Url = Shape.Slot("image.url"), Width = Shape.Slot("image.width"), Height = Shape.Slot("image.height"),
        Sources = Shape.Slot("sources"), Embed = Shape.Slot("embedUrl"), Origin = Shape.Slot("originUrl"), ParentId = Shape.Slot("__parentId");

    private static readonly WireShape SourceShape = WireShape.Of("url");

    private readonly Positions _positions = new();
    private readonly CopyBuffer _url = new(512);

    public override bool Wants(ReadOnlySpan<byte> typeName) => StrayMedia.IsMedia(typeName);

    public override bool BelongsTo(ReadOnlySpan<byte> line, IReadOnlySet<long> products) => products.Contains(Node(line).Id(ParentId));

    public override bool CountsPositions => true;

    public override void Skim(ReadOnlySpan<byte> line) => _positions.Next(Node(line).Id(ParentId));

    public override void Read(ReadOnlySpan<byte> line, StagedRows into, long parent = 0)
    {
        var node = Node(line);
        var id = Required(node.Id(Id), "media id");
        var product = node.Id(ParentId) is var above && above != 0 ? above : parent;
        var position = _positions.Next(product);
        if (!products.TryGet(product, out var productId))
        {
            into.Orphan(product);
            return;
        }

        ReadUrl(node);
        var row = into.Begin();
        row.Bigint(storeId);
        row.Bigint(productId);
        into.BeginHashed();
        row.Bigint(id);
        row.Number(position);
        node.TextOrEmpty(Type, row);
        node.Text(Alt, row);
        node.TextOrEmpty(Status, row);
        Pixels(node, Width, PreviewWidth, row);
        Pixels(node, Height, PreviewHeight, row);
        node.Text(Mime, row);
        WriteErrors(node, row);
        // The version behind the question mark moves without any change of the picture's own.
        var path = _url.Span(0);
        var question = path.IndexOf((byte)'?');
        if (!into.Differs(RowHash.Pair(productId, id), out var place, question < 0 ? path : path[..question]))
            return;
        if (_url.Length == 0)
            row.Null();
        else
            row.Bytes(_url.Span(0));
        node.Text(Preview, row);
        into.End(place, productId);
    }

    private void ReadUrl(WireNode node)
    {
        _url.Clear();
        if (!node.IsNull(Url))
            node.Unescaped(Url, _url);
        else if (!node.IsNull(Origin))
            node.Unescaped(Origin, _url);
        else if (!node.IsNull(Embed))
            node.Unescaped(Embed, _url);
        else if (!node.IsNull(Sources))
            FirstSource(node.Raw(Sources));
    }

    private void FirstSource(ReadOnlySpan<byte> sources)
    {
        Span<WireSlot> slots = stackalloc WireSlot[1];
        foreach (var source in new JsonElements(sources))
        {
            WireNode.Read(source, SourceShape, slots).Unescaped(0, _url);
            return;
        }
    }

    private static void Pixels(WireNode node, int own, int preview, CopyBuffer row)
    {
        var slot = node.IsNull(own) ? preview : own;
        if (node.IsNull(slot))
            row.Null();
        else
            row.Number(node.Number(slot));
    }

    private static void WriteErrors(WireNode node, CopyBuffer row)
    {
        if (node.IsNull(Errors) || node.Raw(Errors).SequenceEqual("[]"u8))
        {
            row.Null();
            return;
        }
        var start = row.BeginJson();
        JsonText.Canonical(node.Raw(Errors), row);
        row.EndField(start);
    }
}
