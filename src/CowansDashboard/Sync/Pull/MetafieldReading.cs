namespace CowansDashboard.Sync.Pull;

/// <summary>Metafields of one kind of owner: products, variants or collections.</summary>
public sealed class MetafieldReading(long storeId, MetafieldOwners owners) : RowReading(CatalogueTable.Metafields, Shape)
{
    private static readonly WireShape Shape = WireShape.Of("__typename id namespace key type value compareDigest updatedAt __parentId");

    private static readonly int Id = Shape.Slot("id"), Namespace = Shape.Slot("namespace"), Key = Shape.Slot("key"), Type = Shape.Slot("type"),
        Value = Shape.Slot("value"), Digest = Shape.Slot("compareDigest"), UpdatedAt = Shape.Slot("updatedAt"), ParentId = Shape.Slot("__parentId");

    private readonly byte[] _kind = System.Text.Encoding.UTF8.GetBytes(owners.Kind);

    public override bool Wants(ReadOnlySpan<byte> typeName) => typeName.SequenceEqual("Metafield"u8);

    public override void Read(ReadOnlySpan<byte> line, StagedRows into, long parent = 0)
    {
        var node = Node(line);
        var id = Required(node.Id(Id), "metafield id");
        var owner = node.Id(ParentId) is var above && above != 0 ? above : parent;
        if (!owners.TryGet(owner, out var ownerId, out var productId))
        {
            into.Orphan(owners.ProductOf(owner));
            return;
        }

        var row = into.Begin();
        row.Bigint(storeId);
        row.Bytes(_kind);
        row.Bigint(ownerId);
        into.BeginHashed();
        row.Bigint(id);
        node.TextOrEmpty(Namespace, row);
        node.TextOrEmpty(Key, row);
        node.TextOrEmpty(Type, row);
        node.TextOrEmpty(Value, row);
        if (!into.Differs(id, out var place))
            return;
        node.Text(Digest, row);
        node.Timestamp(UpdatedAt, row);
        into.End(place, productId);
    }
}

/// <summary>Who owns metafields: products, variants with the product of each, or collections, which belong to no product.</summary>
public sealed class MetafieldOwners
{
    private readonly IdMap _owners;
    private readonly IdMap? _productOfVariant;

    private MetafieldOwners(string kind, IdMap owners, IdMap? productOfVariant)
    {
        Kind = kind;
        _owners = owners;
        _productOfVariant = productOfVariant;
    }

    public string Kind { get; }

    public static MetafieldOwners Products(IdMap products) => new("product", products, null);

    /// <summary>Variants by Shopify's id, and the product of each by our own variant id.</summary>
    public static MetafieldOwners Variants(IdMap variants, IdMap productOfVariant) => new("variant", variants, productOfVariant);

    public static MetafieldOwners Collections(IdMap collections) => new("collection", collections, null);

    /// <param name="owner">Shopify's id.</param>
    /// <param name="ownerId">Ours.</param>
    /// <param name="productId">Our id of the product that the owner is or belongs to; 0 for a collection.</param>
    public bool TryGet(long owner, out long ownerId, out long productId)
    {
        productId = 0;
        if (!_owners.TryGet(owner, out ownerId))
            return false;
        if (Kind == "product")
            productId = ownerId;
        return _productOfVariant is null || _productOfVariant.TryGet(ownerId, out productId);
    }

    /// <summary>Shopify's product id of an unknown owner, where the owner is the product itself.</summary>
    public long ProductOf(long owner) => Kind == "product" ? owner : 0;
}
