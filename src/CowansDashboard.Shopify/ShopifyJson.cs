using System.Text.Json.Serialization;
using CowansDashboard.Shopify.Errors;
using CowansDashboard.Shopify.Throttling;
using CowansDashboard.Shopify.Wire;

namespace CowansDashboard.Shopify;

/// <summary>How everything Shopify sends is read: generated at build, money and 64-bit numbers exact although they come as strings.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ShopData))]
[JsonSerializable(typeof(ProductsCountData))]
[JsonSerializable(typeof(VariantsCountData))]
[JsonSerializable(typeof(ProductsData))]
[JsonSerializable(typeof(NodesData<ProductNode>), TypeInfoPropertyName = "ProductNodes")]
[JsonSerializable(typeof(NodesData<VariantNode>), TypeInfoPropertyName = "VariantNodes")]
[JsonSerializable(typeof(NodesData<MetafieldNode>), TypeInfoPropertyName = "MetafieldNodes")]
[JsonSerializable(typeof(NodesData<InventoryItemNode>), TypeInfoPropertyName = "InventoryItemNodes")]
[JsonSerializable(typeof(NodesData<CollectionNode>), TypeInfoPropertyName = "CollectionNodes")]
[JsonSerializable(typeof(NodesData<TaxonomyCategoryNode>), TypeInfoPropertyName = "TaxonomyCategoryNodes")]
[JsonSerializable(typeof(NodesData<NodeRef>), TypeInfoPropertyName = "NodeRefs")]
[JsonSerializable(typeof(NodesData<MediaNode>), TypeInfoPropertyName = "MediaNodes")]
[JsonSerializable(typeof(ProductData))]
[JsonSerializable(typeof(ProductByIdentifierData))]
[JsonSerializable(typeof(ScalarsData))]
[JsonSerializable(typeof(VariantData))]
[JsonSerializable(typeof(InventoryItemData))]
[JsonSerializable(typeof(LocationsData))]
[JsonSerializable(typeof(PublicationsData))]
[JsonSerializable(typeof(PublicationData))]
[JsonSerializable(typeof(CollectionsData))]
[JsonSerializable(typeof(CollectionData))]
[JsonSerializable(typeof(SourceData))]
[JsonSerializable(typeof(BulkStartData))]
[JsonSerializable(typeof(BulkCancelData))]
[JsonSerializable(typeof(BulkStatusData))]
[JsonSerializable(typeof(BulkListData))]
[JsonSerializable(typeof(MutationData))]
[JsonSerializable(typeof(JobData))]
[JsonSerializable(typeof(WebhookSubscriptionsData))]
[JsonSerializable(typeof(EventsData))]
[JsonSerializable(typeof(MediaNode))]
[JsonSerializable(typeof(MetafieldNode))]
[JsonSerializable(typeof(InventoryLevelNode))]
[JsonSerializable(typeof(QueryCost))]
[JsonSerializable(typeof(GraphQLError[]))]
[JsonSerializable(typeof(System.Text.Json.Nodes.JsonObject))]
public sealed partial class ShopifyJson : JsonSerializerContext;
