using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using CowansDashboard.Shopify.Throttling;
using CowansDashboard.Shopify.Wire;

namespace CowansDashboard.Shopify.Operations;

/// <summary>Every read this library knows, typed. Pages hold at most 250; a null <c>after</c> is the first page.</summary>
public static class Queries
{
    /// <summary>Name, currency, time zone, plan and limits of the shop, and the scopes of the token.</summary>
    public static Operation<ShopData> Shop() => Read("Shop", ShopifyJson.Default.ShopData, [], 6);

    /// <summary>How many products match; exact, however many (<paramref name="limit"/> null), or counted up to a limit.</summary>
    public static Operation<ProductsCountData> ProductsCount(string? filter = null, int? limit = null) =>
        Read("ProductsCount", ShopifyJson.Default.ProductsCountData, new() { ["query"] = filter, ["limit"] = limit }, 1);

    /// <summary>How many variants match.</summary>
    public static Operation<VariantsCountData> VariantsCount(string? filter = null, int? limit = null) =>
        Read("VariantsCount", ShopifyJson.Default.VariantsCountData, new() { ["query"] = filter, ["limit"] = limit }, 1);

    /// <summary>Ids and updatedAt in order of updatedAt: what an incremental pull lists.</summary>
    public static Operation<ProductsData> ProductsPage(string? filter, string? after, int first = 250) =>
        Read("ProductsPage", ShopifyJson.Default.ProductsData, Paged(first, after, ("query", filter)), 13);

    /// <summary>Whole products, each with the first page of its children. Null where the product is gone.</summary>
    public static Operation<NodesData<ProductNode>> ProductsById(
        IReadOnlyCollection<ShopifyId> ids, int variants = 100, int media = 50, int metafields = 50, int variantMetafields = 10) =>
        Read("ProductsById", ShopifyJson.Default.ProductNodes, new()
        {
            ["ids"] = Ids(ids),
            ["variants"] = variants,
            ["media"] = media,
            ["metafields"] = metafields,
            ["variantMetafields"] = variantMetafields,
        }, 18 + (ConnectionCost.Rows(variants) * (13 + ConnectionCost.Rows(variantMetafields))) + (6 * ConnectionCost.Rows(media)) + ConnectionCost.Rows(metafields))
            with { CostKey = $"ProductsById {ids.Count}/{variants}/{media}/{metafields}/{variantMetafields}" };

    /// <summary>Whole variants by id, with their product's id.</summary>
    public static Operation<NodesData<VariantNode>> VariantsById(IReadOnlyCollection<ShopifyId> ids, int variantMetafields = 10) =>
        Read("VariantsById", ShopifyJson.Default.VariantNodes, new() { ["ids"] = Ids(ids), ["variantMetafields"] = variantMetafields }, 18)
            with { CostKey = $"VariantsById {ids.Count}/{variantMetafields}" };

    /// <summary>Products and variants without what hangs on them, the variants with their product's id: cheap for 250 of each. Null where one is gone.</summary>
    public static Operation<ScalarsData> Scalars(IReadOnlyCollection<ShopifyId> products, IReadOnlyCollection<ShopifyId> variants) =>
        Read("Scalars", ShopifyJson.Default.ScalarsData, new() { ["products"] = Ids(products), ["variants"] = Ids(variants) }, 18)
            with { CostKey = $"Scalars {products.Count}/{variants.Count}" };

    /// <summary>Metafields by their own ids, whatever they belong to. Null where one is gone.</summary>
    public static Operation<NodesData<MetafieldNode>> MetafieldsById(IReadOnlyCollection<ShopifyId> ids) =>
        Read("MetafieldsById", ShopifyJson.Default.MetafieldNodes, new() { ["ids"] = Ids(ids) }, 9)
            with { CostKey = $"MetafieldsById {ids.Count}" };

    /// <summary>The product under an id of the caller's own: a metafield of type id. Null where there is none; Shopify refuses while the metafield has no definition.</summary>
    public static Operation<ProductByIdentifierData> ProductByCustomId(string @namespace, string key, string value) =>
        Read("ProductByIdentifier", ShopifyJson.Default.ProductByIdentifierData, new()
        {
            ["identifier"] = new JsonObject { ["customId"] = new JsonObject { ["namespace"] = @namespace, ["key"] = key, ["value"] = value } },
        }, 1);

    /// <summary>The collection that was made under an id of one's own; only Id is filled.</summary>
    public static Operation<CollectionData> CollectionByCustomId(string @namespace, string key, string value) =>
        Read("CollectionByIdentifier", ShopifyJson.Default.CollectionData, new()
        {
            ["identifier"] = new JsonObject { ["customId"] = new JsonObject { ["namespace"] = @namespace, ["key"] = key, ["value"] = value } },
        }, 1);

    /// <summary>A page of where a collection is published, also from a later day on. Read it raw.</summary>
    public static Operation<CollectionData> ResourcePublicationsOfCollection(ShopifyId collection, string? after, int first = 250) =>
        Read("ResourcePublicationsOfCollection", ShopifyJson.Default.CollectionData, Paged(first, after, ("id", collection.ToString())), 25);

    /// <summary>A page of one product's variants.</summary>
    public static Operation<ProductData> VariantsOfProduct(ShopifyId product, string? after, int first = 250, int variantMetafields = 10) =>
        Read("VariantsOfProduct", ShopifyJson.Default.ProductData,
            Paged(first, after, ("id", product.ToString()), ("variantMetafields", variantMetafields)), 190);

    /// <summary>A page of one product's media, by position.</summary>
    public static Operation<ProductData> MediaOfProduct(ShopifyId product, string? after, int first = 250) =>
        Read("MediaOfProduct", ShopifyJson.Default.ProductData, Paged(first, after, ("id", product.ToString())), 69);

    /// <summary>A page of one product's metafields.</summary>
    public static Operation<ProductData> MetafieldsOfProduct(ShopifyId product, string? after, int first = 250) =>
        Read("MetafieldsOfProduct", ShopifyJson.Default.ProductData, Paged(first, after, ("id", product.ToString())), 14);

    /// <summary>A page of one variant's metafields.</summary>
    public static Operation<VariantData> MetafieldsOfVariant(ShopifyId variant, string? after, int first = 250) =>
        Read("MetafieldsOfVariant", ShopifyJson.Default.VariantData, Paged(first, after, ("id", variant.ToString())), 14);

    /// <summary>A page of the media ids of one variant.</summary>
    public static Operation<VariantData> MediaOfVariant(ShopifyId variant, string? after, int first = 250) =>
        Read("MediaOfVariant", ShopifyJson.Default.VariantData, Paged(first, after, ("id", variant.ToString())), 14);

    /// <summary>Which of these still exist: null in the answer means gone.</summary>
    public static Operation<NodesData<NodeRef>> NodesExist(IReadOnlyCollection<ShopifyId> ids) =>
        Read("NodesExist", ShopifyJson.Default.NodeRefs, new() { ["ids"] = Ids(ids) }, 1) with { CostKey = $"NodesExist {ids.Count}" };

    /// <summary>How far these media are: uploaded, processing, ready or failed. Null in the answer means gone.</summary>
    public static Operation<NodesData<MediaNode>> MediaStates(IReadOnlyCollection<ShopifyId> media) =>
        Read("MediaStates", ShopifyJson.Default.MediaNodes, new() { ["ids"] = Ids(media) }, 1) with { CostKey = $"MediaStates {media.Count}" };

    /// <summary>Where these products are published; only Id and ResourcePublicationsV2 are filled.</summary>
    public static Operation<NodesData<ProductNode>> ResourcePublications(IReadOnlyCollection<ShopifyId> products, int first = 50) =>
        Read("ResourcePublications", ShopifyJson.Default.ProductNodes, new() { ["ids"] = Ids(products), ["first"] = first }, 3 + (2 * ConnectionCost.Rows(first)))
            with { CostKey = $"ResourcePublications {products.Count}/{first}" };

    /// <summary>A page of where one product is published.</summary>
    public static Operation<ProductData> ResourcePublicationsOfProduct(ShopifyId product, string? after, int first = 250) =>
        Read("ResourcePublicationsOfProduct", ShopifyJson.Default.ProductData, Paged(first, after, ("id", product.ToString())), 25);

    /// <summary>A page of the places to publish to.</summary>
    public static Operation<PublicationsData> PublicationsPage(string? after, int first = 250) =>
        Read("PublicationsPage", ShopifyJson.Default.PublicationsData, Paged(first, after), 24);

    /// <summary>A page of the products one publication includes.</summary>
    public static Operation<PublicationData> PublicationProducts(ShopifyId publication, string? after, int first = 250, string? filter = null) =>
        Read("PublicationProducts", ShopifyJson.Default.PublicationData, Paged(first, after, ("id", publication.ToString()), ("query", filter)), 14);

    /// <summary>A page of the collections that are published on one publication.</summary>
    public static Operation<PublicationData> PublicationCollections(ShopifyId publication, string? after, int first = 250) =>
        Read("PublicationCollections", ShopifyJson.Default.PublicationData, Paged(first, after, ("id", publication.ToString())), 14);

    /// <summary>A page of locations, also inactive ones and those of fulfilment services.</summary>
    public static Operation<LocationsData> LocationsPage(string? after, int first = 250) =>
        Read("LocationsPage", ShopifyJson.Default.LocationsData, Paged(first, after), 24);

    /// <summary>The stock of these items at every location, also inactive levels.</summary>
    public static Operation<NodesData<InventoryItemNode>> InventoryLevelsOfItems(IReadOnlyCollection<ShopifyId> items, int first = 50) =>
        Read("InventoryLevelsOfItems", ShopifyJson.Default.InventoryItemNodes, new() { ["ids"] = Ids(items), ["first"] = first }, 3 + (3 * ConnectionCost.Rows(first)))
            with { CostKey = $"InventoryLevelsOfItems {items.Count}/{first}" };

    /// <summary>A page of one item's stock.</summary>
    public static Operation<InventoryItemData> InventoryLevelsOfItem(ShopifyId item, string? after, int first = 250) =>
        Read("InventoryLevelsOfItem", ShopifyJson.Default.InventoryItemData, Paged(first, after, ("id", item.ToString())), 36);

    /// <summary>A page of collections with their sources, by id.</summary>
    public static Operation<CollectionsData> CollectionsPage(string? after, int first = 100, string? filter = null, int selections = 50) =>
        Read("CollectionsPage", ShopifyJson.Default.CollectionsData, Paged(first, after, ("query", filter), ("selections", selections)), 410)
            with { CostKey = $"CollectionsPage {first}/{selections}" };

    /// <summary>Collections by id, with their sources. Null where the collection is gone.</summary>
    public static Operation<NodesData<CollectionNode>> CollectionsById(IReadOnlyCollection<ShopifyId> ids, int selections = 50) =>
        Read("CollectionsById", ShopifyJson.Default.CollectionNodes, new() { ["ids"] = Ids(ids), ["selections"] = selections }, 53)
            with { CostKey = $"CollectionsById {ids.Count}/{selections}" };

    /// <summary>Ids and updatedAt of collections in order of updatedAt.</summary>
    public static Operation<CollectionsData> CollectionsList(string? filter, string? after, int first = 250) =>
        Read("CollectionsList", ShopifyJson.Default.CollectionsData, Paged(first, after, ("query", filter)), 13);

    /// <summary>Which collections hold these products, with their order; only Id and Collections are filled. A cursor is for one product alone.</summary>
    public static Operation<NodesData<ProductNode>> CollectionsOfProducts(IReadOnlyCollection<ShopifyId> products, string? after = null, int first = 250) =>
        Read("CollectionsOfProducts", ShopifyJson.Default.ProductNodes, Paged(first, after, ("ids", Ids(products))), 14)
            with { CostKey = $"CollectionsOfProducts {products.Count}/{first}" };

    /// <summary>A page of one collection's metafields. Read it raw.</summary>
    public static Operation<CollectionData> MetafieldsOfCollection(ShopifyId collection, string? after, int first = 250) =>
        Read("MetafieldsOfCollection", ShopifyJson.Default.CollectionData, Paged(first, after, ("id", collection.ToString())), 14);

    /// <summary>A page of one collection's members, in its own order.</summary>
    public static Operation<CollectionData> CollectionMembers(ShopifyId collection, string? after, int first = 250) =>
        Read("CollectionMembers", ShopifyJson.Default.CollectionData, Paged(first, after, ("id", collection.ToString())), 14);

    /// <summary>A page of the products a source takes in by hand.</summary>
    public static Operation<SourceData> InclusionSelections(ShopifyId source, string? after, int first = 250) =>
        Read("InclusionSelections", ShopifyJson.Default.SourceData, Paged(first, after, ("id", source.ToString())), 26);

    /// <summary>A page of the products a source keeps out by hand.</summary>
    public static Operation<SourceData> ExclusionSelections(ShopifyId source, string? after, int first = 250) =>
        Read("ExclusionSelections", ShopifyJson.Default.SourceData, Paged(first, after, ("id", source.ToString())), 26);

    /// <summary>Taxonomy categories by their text ids. Null where a category left the taxonomy.</summary>
    public static Operation<NodesData<TaxonomyCategoryNode>> TaxonomyCategories(IReadOnlyCollection<string> ids) =>
        Read("TaxonomyCategories", ShopifyJson.Default.TaxonomyCategoryNodes,
            new() { ["ids"] = new JsonArray([.. ids.Select(id => (JsonNode)id)]) }, 1) with { CostKey = $"TaxonomyCategories {ids.Count}" };

    /// <summary>A page of the app's webhook subscriptions.</summary>
    public static Operation<WebhookSubscriptionsData> WebhookSubscriptionsPage(string? after, int first = 100) =>
        Read("WebhookSubscriptionsPage", ShopifyJson.Default.WebhookSubscriptionsData, Paged(first, after), 10);

    /// <summary>What was done in the shop, the newest first; who did it, where Shopify knows.</summary>
    public static Operation<EventsData> EventsPage(string query, string? after, int first = 250) =>
        Read("EventsPage", ShopifyJson.Default.EventsData, Paged(first, after, ("query", query)), 20);

    internal static Operation<T> Read<T>(string name, JsonTypeInfo<T> reading, JsonObject variables, double cost) => new()
    {
        Name = name,
        Document = Documents.Text(name),
        Variables = variables,
        Reading = reading,
        EstimatedCost = cost,
    };

    internal static JsonObject Paged(int first, string? after, params ReadOnlySpan<(string Name, JsonNode? Value)> more)
    {
        var variables = new JsonObject { ["first"] = first, ["after"] = after };
        foreach (var (name, value) in more)
        {
            variables[name] = value;
        }

        return variables;
    }

    // Shopify takes at most 250 entries in a list.
    private static JsonArray Ids(IReadOnlyCollection<ShopifyId> ids)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ids.Count, 250, nameof(ids));
        return new JsonArray([.. ids.Select(id => (JsonNode)id.ToString())]);
    }
}
