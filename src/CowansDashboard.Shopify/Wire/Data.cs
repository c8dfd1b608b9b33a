namespace CowansDashboard.Shopify.Wire;

// The shapes of data, one per document. Fields are named as in the document.

/// <summary>Data of <c>Shop</c>.</summary>
public sealed record ShopData(ShopNode? Shop, AppInstallationNode? CurrentAppInstallation);

/// <summary>Data of <c>ProductsCount</c>.</summary>
public sealed record ProductsCountData(CountNode? ProductsCount);

/// <summary>Data of <c>VariantsCount</c>.</summary>
public sealed record VariantsCountData(CountNode? ProductVariantsCount);

/// <summary>Data of <c>ProductsPage</c>.</summary>
public sealed record ProductsData(Page<ProductNode> Products);

/// <summary>Data of documents that read nodes by id: as many entries as ids were asked for, null where nothing lives under one.</summary>
/// <typeparam name="T">What is read of each.</typeparam>
public sealed record NodesData<T>(IReadOnlyList<T?> Nodes)
    where T : class;

/// <summary>Data of documents that page one product's children; null when the product is gone.</summary>
public sealed record ProductData(ProductNode? Product);

/// <summary>Data of <c>Scalars</c>: as many entries as ids were asked for, null where nothing lives under one.</summary>
public sealed record ScalarsData(IReadOnlyList<ProductNode?> Products, IReadOnlyList<VariantNode?> Variants);

/// <summary>Data of <c>ProductByIdentifier</c>; null when nothing lives under that id. Only Id is filled.</summary>
public sealed record ProductByIdentifierData(ProductNode? ProductByIdentifier);

/// <summary>Data of documents that page one variant's children; null when the variant is gone.</summary>
public sealed record VariantData(VariantNode? ProductVariant);

/// <summary>Data of <c>InventoryLevelsOfItem</c>; null when the item is gone.</summary>
public sealed record InventoryItemData(InventoryItemNode? InventoryItem);

/// <summary>Data of <c>LocationsPage</c>.</summary>
public sealed record LocationsData(Page<LocationNode> Locations);

/// <summary>Data of <c>PublicationsPage</c>.</summary>
public sealed record PublicationsData(Page<PublicationNode> Publications);

/// <summary>Data of <c>PublicationProducts</c> and <c>PublicationCollections</c>; null when the publication is gone.</summary>
public sealed record PublicationData(PublicationMembers? Publication);

/// <summary>Data of <c>CollectionsPage</c> and <c>CollectionsList</c>.</summary>
public sealed record CollectionsData(Page<CollectionNode> Collections);

/// <summary>Data of <c>CollectionMembers</c>; null when the collection is gone.</summary>
public sealed record CollectionData(CollectionNode? Collection);

/// <summary>Data of <c>InclusionSelections</c> and <c>ExclusionSelections</c>; null when the source is gone.</summary>
public sealed record SourceData(SourceNode? Node);

/// <summary>Data of <c>BulkStart</c>.</summary>
public sealed record BulkStartData(BulkPayload? BulkOperationRunQuery);

/// <summary>Data of <c>BulkCancel</c>.</summary>
public sealed record BulkCancelData(BulkPayload? BulkOperationCancel);

/// <summary>An operation or what stood against it.</summary>
public sealed record BulkPayload(BulkOperationNode? BulkOperation, IReadOnlyList<UserError>? UserErrors);

/// <summary>Data of <c>BulkStatus</c>; null when Shopify no longer knows the operation.</summary>
public sealed record BulkStatusData(BulkOperationNode? BulkOperation);

/// <summary>Data of <c>BulkList</c>, newest first.</summary>
public sealed record BulkListData(Page<BulkOperationNode> BulkOperations);
