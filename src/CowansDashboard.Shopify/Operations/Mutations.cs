using System.Text.Json.Nodes;
using CowansDashboard.Shopify.Wire;

namespace CowansDashboard.Shopify.Operations;

/// <summary>
/// Every write this library knows, typed. What Shopify refuses comes in the answer's user errors. None is repeated when its outcome
/// is unknown, except those that carry a key under which Shopify itself does a thing once.
/// </summary>
public static class Mutations
{
    /// <summary>What one mutation costs before its documented extras.</summary>
    public const double FlatCost = 10;

    /// <summary>Changes fields of a product that exists. Omitted fields stay; <c>tags</c> would replace all of them.</summary>
    public static Operation<MutationData> ProductUpdate(JsonObject product) => Write("ProductUpdate", new() { ["product"] = product });

    /// <summary>Adds tags and leaves the others.</summary>
    public static Operation<MutationData> TagsAdd(ShopifyId id, IEnumerable<string> tags) => Write("TagsAdd", Tags(id, tags));

    /// <summary>Takes tags away and leaves the others.</summary>
    public static Operation<MutationData> TagsRemove(ShopifyId id, IEnumerable<string> tags) => Write("TagsRemove", Tags(id, tags));

    /// <summary>Creates a product under <paramref name="identifier"/>, such as a customId of our own. It replaces the lists of one that exists.</summary>
    public static Operation<MutationData> ProductSet(JsonObject? identifier, JsonObject input, double cost = FlatCost) =>
        Write("ProductSet", new() { ["identifier"] = identifier, ["input"] = input, ["synchronous"] = true }, cost);

    /// <summary>Lets products be named by an id of one's own: TAKEN says that it was there already.</summary>
    public static Operation<MutationData> MetafieldDefinitionCreate(JsonObject definition) =>
        Write("MetafieldDefinitionCreate", new() { ["definition"] = definition }) with { RepeatIsSafe = true };

    /// <summary>Creates a collection, published nowhere. Sent twice it makes two: look for the id of one's own first.</summary>
    public static Operation<MutationData> CollectionCreate(JsonObject collection) => Write("CollectionCreate", new() { ["collection"] = collection });

    /// <summary>Changes fields and sources of a collection; a job in the answer lets its members follow.</summary>
    public static Operation<MutationData> CollectionUpdate(JsonObject collection) => Write("CollectionUpdate", new() { ["collection"] = collection });

    /// <summary>Deletes a collection for good.</summary>
    public static Operation<MutationData> CollectionDelete(ShopifyId collection) =>
        Write("CollectionDelete", new() { ["input"] = new JsonObject { ["id"] = collection.ToString() } });

    /// <summary>Moves products within a collection that is sorted by hand, up to 250, one after the other; the answer's job goes on by itself.</summary>
    public static Operation<MutationData> CollectionReorderProducts(ShopifyId collection, JsonArray moves) =>
        Write("CollectionReorderProducts", new() { ["id"] = collection.ToString(), ["moves"] = moves });

    /// <summary>Deletes a product for good.</summary>
    public static Operation<MutationData> ProductDelete(ShopifyId product) =>
        Write("ProductDelete", new() { ["input"] = new JsonObject { ["id"] = product.ToString() } });

    /// <summary>Changes variants of one product, up to 2,048. Those that Shopify refuses do not hold up the others.</summary>
    public static Operation<MutationData> ProductVariantsBulkUpdate(ShopifyId product, JsonArray variants) =>
        Write("ProductVariantsBulkUpdate", Of(product, "variants", variants));

    /// <summary>Adds variants to one product.</summary>
    /// <param name="product">Whose.</param>
    /// <param name="variants">The new ones.</param>
    /// <param name="strategy">What becomes of a product's only, nameless variant: DEFAULT, REMOVE_STANDALONE_VARIANT or PRESERVE_STANDALONE_VARIANT.</param>
    public static Operation<MutationData> ProductVariantsBulkCreate(ShopifyId product, JsonArray variants, string strategy = "DEFAULT") =>
        Write("ProductVariantsBulkCreate", new() { ["productId"] = product.ToString(), ["variants"] = variants, ["strategy"] = strategy });

    /// <summary>Deletes variants of one product.</summary>
    public static Operation<MutationData> ProductVariantsBulkDelete(ShopifyId product, IEnumerable<ShopifyId> variants) =>
        Write("ProductVariantsBulkDelete", Of(product, "variantsIds", Ids(variants)));

    /// <summary>Puts variants in other places; positions count from 1.</summary>
    public static Operation<MutationData> ProductVariantsBulkReorder(ShopifyId product, JsonArray positions) =>
        Write("ProductVariantsBulkReorder", Of(product, "positions", positions));

    /// <summary>Hangs media of the product on its variants.</summary>
    public static Operation<MutationData> ProductVariantAppendMedia(ShopifyId product, JsonArray variantMedia) =>
        Write("ProductVariantAppendMedia", Of(product, "variantMedia", variantMedia));

    /// <summary>Takes media from variants; the product keeps them.</summary>
    public static Operation<MutationData> ProductVariantDetachMedia(ShopifyId product, JsonArray variantMedia) =>
        Write("ProductVariantDetachMedia", Of(product, "variantMedia", variantMedia));

    /// <summary>Writes up to 25 metafields, all or none.</summary>
    /// <param name="metafields">Each with ownerId, namespace, key, type, value and, for compare-and-set, compareDigest.</param>
    /// <param name="cost">By the kinds of owners, see <see cref="MutationCost"/>.</param>
    public static Operation<MutationData> MetafieldsSet(JsonArray metafields, double cost) =>
        Write("MetafieldsSet", new() { ["metafields"] = metafields }, cost);

    /// <summary>Deletes metafields by owner, namespace and key.</summary>
    public static Operation<MutationData> MetafieldsDelete(JsonArray metafields) => Write("MetafieldsDelete", new() { ["metafields"] = metafields });

    /// <summary>Adds options. With LEAVE_AS_IS existing variants take the first value; CREATE also makes the new combinations.</summary>
    public static Operation<MutationData> ProductOptionsCreate(ShopifyId product, JsonArray options, string variantStrategy = "LEAVE_AS_IS") =>
        Write("ProductOptionsCreate", new() { ["productId"] = product.ToString(), ["options"] = options, ["variantStrategy"] = variantStrategy });

    /// <summary>Renames an option, and adds, renames and deletes its values.</summary>
    public static Operation<MutationData> ProductOptionUpdate(
        ShopifyId product, JsonObject option, JsonArray? toAdd = null, JsonArray? toUpdate = null, JsonArray? toDelete = null, string variantStrategy = "LEAVE_AS_IS") =>
        Write("ProductOptionUpdate", new()
        {
            ["productId"] = product.ToString(),
            ["option"] = option,
            ["toAdd"] = toAdd,
            ["toUpdate"] = toUpdate,
            ["toDelete"] = toDelete,
            ["variantStrategy"] = variantStrategy,
        });

    /// <summary>Deletes options. NON_DESTRUCTIVE refuses where variants would have to go.</summary>
    public static Operation<MutationData> ProductOptionsDelete(ShopifyId product, IEnumerable<ShopifyId> options, string strategy = "NON_DESTRUCTIVE") =>
        Write("ProductOptionsDelete", new() { ["productId"] = product.ToString(), ["options"] = Ids(options), ["strategy"] = strategy });

    /// <summary>Orders options and their values as listed.</summary>
    public static Operation<MutationData> ProductOptionsReorder(ShopifyId product, JsonArray options) =>
        Write("ProductOptionsReorder", Of(product, "options", options));

    /// <summary>Publishes a product or collection.</summary>
    public static Operation<MutationData> PublishablePublish(ShopifyId publishable, IEnumerable<ShopifyId> publications) =>
        Write("PublishablePublish", Published(publishable, publications));

    /// <summary>Takes a product or collection back.</summary>
    public static Operation<MutationData> PublishableUnpublish(ShopifyId publishable, IEnumerable<ShopifyId> publications) =>
        Write("PublishableUnpublish", Published(publishable, publications));

    /// <summary>Sets quantities, each only if it still is <c>changeFromQuantity</c>. Shopify does it once per key.</summary>
    /// <param name="input">name, reason and quantities, each with an explicit changeFromQuantity.</param>
    /// <param name="key">Kept with the intent; the same for a repetition.</param>
    public static Operation<MutationData> InventorySetQuantities(JsonObject input, string key) => Keyed("InventorySetQuantities", new() { ["input"] = input }, key);

    /// <summary>Adds to quantities. Shopify does it once per key.</summary>
    public static Operation<MutationData> InventoryAdjustQuantities(JsonObject input, string key) => Keyed("InventoryAdjustQuantities", new() { ["input"] = input }, key);

    /// <summary>Stocks an item at a location. Shopify does it once per key.</summary>
    public static Operation<MutationData> InventoryActivate(ShopifyId item, ShopifyId location, long? available, string key) =>
        Keyed("InventoryActivate", new() { ["inventoryItemId"] = item.ToString(), ["locationId"] = location.ToString(), ["available"] = available }, key);

    /// <summary>Changes alt texts and which products files hang on. Files must be READY.</summary>
    public static Operation<MutationData> FileUpdate(JsonArray files) => Write("FileUpdate", new() { ["files"] = files });

    /// <summary>Puts a product's media in other places; the answer's job goes on by itself.</summary>
    public static Operation<MutationData> ProductReorderMedia(ShopifyId product, JsonArray moves) =>
        Write("ProductReorderMedia", new() { ["id"] = product.ToString(), ["moves"] = moves });

    /// <summary>Asks for a place to upload a file to. A second place harms nobody.</summary>
    public static Operation<MutationData> StagedUploadsCreate(JsonArray input) =>
        Write("StagedUploadsCreate", new() { ["input"] = input }, 11) with { RepeatIsSafe = true };

    /// <summary>Starts a bulk mutation over an uploaded file. Whether a lost start started is seen in <see cref="BulkOperations.List"/>.</summary>
    public static Operation<MutationData> BulkOperationRunMutation(string mutation, string stagedUploadPath) =>
        Write("BulkOperationRunMutation", new() { ["mutation"] = mutation, ["stagedUploadPath"] = stagedUploadPath });

    /// <summary>Has the events of a topic posted to an address, whole and as JSON. A second one for the same address is refused.</summary>
    /// <param name="topic">As in WebhookSubscriptionTopic.</param>
    /// <param name="subscription">uri and name.</param>
    public static Operation<MutationData> WebhookSubscriptionCreate(string topic, JsonObject subscription) =>
        Write("WebhookSubscriptionCreate", new() { ["topic"] = topic, ["webhookSubscription"] = subscription });

    /// <summary>Changes where events are posted. Writing the same twice does no harm.</summary>
    public static Operation<MutationData> WebhookSubscriptionUpdate(ShopifyId id, JsonObject subscription) =>
        Write("WebhookSubscriptionUpdate", new() { ["id"] = id.ToString(), ["webhookSubscription"] = subscription }) with { RepeatIsSafe = true };

    /// <summary>Ends a subscription.</summary>
    public static Operation<MutationData> WebhookSubscriptionDelete(ShopifyId id) => Write("WebhookSubscriptionDelete", new() { ["id"] = id.ToString() });

    /// <summary>Whether a job is over.</summary>
    public static Operation<JobData> Job(string id) => Queries.Read("Job", ShopifyJson.Default.JobData, new() { ["id"] = id }, 1);

    private static Operation<MutationData> Keyed(string name, JsonObject variables, string key)
    {
        variables["idempotencyKey"] = key;
        return Write(name, variables) with { RepeatIsSafe = true };
    }

    private static Operation<MutationData> Write(string name, JsonObject variables, double cost = FlatCost) => new()
    {
        Name = name,
        Document = Documents.Text(name),
        Variables = variables,
        Reading = ShopifyJson.Default.MutationData,
        EstimatedCost = cost,
        CostKey = cost > FlatCost ? $"{name} {cost:0.#}" : name,
        UserErrors = data => data.Payload.Refusals,
        RepeatIsSafe = false,
    };

    private static JsonObject Of(ShopifyId product, string name, JsonArray list) => new() { ["productId"] = product.ToString(), [name] = list };

    private static JsonObject Tags(ShopifyId id, IEnumerable<string> tags) =>
        new() { ["id"] = id.ToString(), ["tags"] = new JsonArray([.. tags.Select(tag => (JsonNode)tag)]) };

    private static JsonObject Published(ShopifyId publishable, IEnumerable<ShopifyId> publications) => new()
    {
        ["id"] = publishable.ToString(),
        ["input"] = new JsonArray([.. publications.Select(publication => new JsonObject { ["publicationId"] = publication.ToString() })]),
    };

    private static JsonArray Ids(IEnumerable<ShopifyId> ids) => new([.. ids.Select(id => (JsonNode)id.ToString())]);
}
