namespace CowansDashboard.Sync.Pull;

/// <summary>Products, and their options, which stand inside the product's own node.</summary>
public sealed class ProductReading(long storeId, ReservedIds ids) : RowReading(CatalogueTable.Products, Shape)
{
    private static readonly WireShape Shape = WireShape.Of("""
        __typename id title handle descriptionHtml vendor productType tags status templateSuffix createdAt updatedAt publishedAt
        onlineStoreUrl hasOnlyDefaultVariant isGiftCard requiresSellingPlan seo{title description} category{id} featuredMedia{id}
        options variantsCount{count} mediaCount{count}
        """.ReplaceLineEndings(" "));

    private static readonly int Id = Shape.Slot("id"), Title = Shape.Slot("title"), Handle = Shape.Slot("handle"),
        Description = Shape.Slot("descriptionHtml"), Vendor = Shape.Slot("vendor"), Type = Shape.Slot("productType"),
        Tags = Shape.Slot("tags"), Status = Shape.Slot("status"), Template = Shape.Slot("templateSuffix"),
        CreatedAt = Shape.Slot("createdAt"), UpdatedAt = Shape.Slot("updatedAt"), PublishedAt = Shape.Slot("publishedAt"),
        Url = Shape.Slot("onlineStoreUrl"), OnlyDefault = Shape.Slot("hasOnlyDefaultVariant"), GiftCard = Shape.Slot("isGiftCard"),
        SellingPlan = Shape.Slot("requiresSellingPlan"), SeoTitle = Shape.Slot("seo.title"), SeoDescription = Shape.Slot("seo.description"),
        Category = Shape.Slot("category.id"), Featured = Shape.Slot("featuredMedia.id"), Options = Shape.Slot("options"),
        VariantsCount = Shape.Slot("variantsCount.count"), MediaCount = Shape.Slot("mediaCount.count");

    public ReservedIds Ids => ids;

    private readonly OptionReading _options = new(storeId);
    private readonly SortedTexts _tags = new();

    public override bool Wants(ReadOnlySpan<byte> typeName) => typeName.SequenceEqual("Product"u8);

    public override void Read(ReadOnlySpan<byte> line, StagedRows into, long parent = 0)
    {
        var node = Node(line);
        var id = Required(node.Id(Id), "product id");

        var row = into.Begin();
        row.Bigint(storeId);
        into.BeginHashed();
        row.Bigint(id);
        node.TextOrEmpty(Title, row);
        node.TextOrEmpty(Handle, row);
        node.TextOrEmpty(Description, row);
        node.TextOrEmpty(Vendor, row);
        node.TextOrEmpty(Type, row);
        _tags.Write(node.IsNull(Tags) ? default : node.Raw(Tags), row);
        node.TextOrEmpty(Status, row);
        node.Text(Template, row);
        node.Text(SeoTitle, row);
        node.Text(SeoDescription, row);
        WriteCategory(node, row);
        row.Bool(node.True(GiftCard));
        row.Bool(node.True(SellingPlan));
        row.Bool(node.True(OnlyDefault));
        node.Text(Url, row);
        node.Timestamp(PublishedAt, row);
        node.IdOrNull(Featured, row);
        row.Number(node.IsNull(VariantsCount) ? 0 : node.Number(VariantsCount));
        row.Number(node.IsNull(MediaCount) ? 0 : node.Number(MediaCount));
        node.Timestamp(CreatedAt, row);
        // Options count as the product's own content: a product that differs brings all of them along.
        var optionNodes = node.IsNull(Options) ? default : node.Raw(Options);
        if (!into.Differs(id, out var place, optionNodes))
            return;
        node.Timestamp(UpdatedAt, row);

        var localId = place.Exists ? place.Id : ids.Next();
        into.End(place, localId, localId);
        _options.Read(optionNodes, into.Children!, localId, place.Exists);
    }

    // gid://shopify/TaxonomyCategory/aa-1-13-8 is aa-1-13-8 in searches and in the taxonomy's own files.
    private static void WriteCategory(WireNode node, CopyBuffer row)
    {
        if (node.IsNull(Category))
        {
            row.Null();
            return;
        }
        var gid = node.Raw(Category);
        row.Bytes(gid[(gid.LastIndexOf((byte)'/') + 1)..]);
    }
}
