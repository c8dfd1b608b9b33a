using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CowansDashboard.History;
using CowansDashboard.Shopify;
using CowansDashboard.Shopify.Operations;
using CowansDashboard.Shopify.Wire;

namespace CowansDashboard.Sync.Push;

/// <summary>
/// The calls that bring one product's changes to Shopify, in the order in which they depend on each other: options, the product,
/// its variants, metafields, media, publications, collections, stock. Pure.
/// </summary>
public static class PushOperations
{
    /// <summary>Variant lists are the exception: they take all that a product may have.</summary>
    public const int MostInList = 250;
    public const int MostMetafields = 25;

    public static IReadOnlyList<PushOperation> Of(PushProduct product)
    {
        var entities = product.Entities.ToLookup(entity => (entity.Entity, entity.Kind));
        if (entities[("product", PushKind.Create)].FirstOrDefault() is { } created)
            return [CreateProduct.Of(product, created)];
        if (product.ShopifyId is not { } id)
            return [];
        var gid = ShopifyId.Product(id);
        return
        [
            .. Options(gid, product, entities),
            .. Product(gid, entities[("product", PushKind.Update)].FirstOrDefault()),
            .. Variants(gid, product, entities),
            .. Metafields(entities),
            .. Media(gid, entities),
            .. Publications(gid, entities),
            .. Collections(gid, entities),
            .. Stock(entities),
        ];
    }

    private static IEnumerable<PushOperation> Options(ShopifyId product, PushProduct all, ILookup<(string, PushKind), PushEntity> entities)
    {
        foreach (var option in entities[("option", PushKind.Update)])
            if (option.Has("name") || OptionValueChanges.Of(option) is { AreAny: true })
                yield return One("ProductOptionUpdate", option, ["name", "option_values"], _ =>
                {
                    var changes = OptionValueChanges.Of(option);
                    var input = new JsonObject { ["id"] = ProductWriting.Gid("ProductOption", option.ShopifyId) };
                    if (option.Has("name"))
                        input["name"] = option.Value("name")?.DeepClone();
                    return Mutations.ProductOptionUpdate(product, input, changes.ToAdd, changes.ToUpdate, changes.ToDelete);
                });
        // An option that was removed and added again has the same name: the old one goes before the new one comes.
        var anew = entities[("option", PushKind.Create)].Select(Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var gone = entities[("option", PushKind.Remove)].Where(option => option.ShopifyId is not null).ToLookup(option => anew.Contains(Name(option)));
        if (gone[true].Any())
            yield return Removed(product, [.. gone[true]]);
        PushPart[] created = [.. entities[("option", PushKind.Create)].Select(option => Part(option, null, new JsonObject
        {
            ["name"] = option.Value("name")?.DeepClone(),
            ["position"] = option.Value("position")?.DeepClone(),
            ["values"] = new JsonArray([.. (option.Value("option_values") as JsonArray ?? []).Select(value => new JsonObject { ["name"] = value?["name"]?.DeepClone() })]),
        }))];
        if (created.Length > 0)
            yield return List("ProductOptionsCreate", created, parts => Mutations.ProductOptionsCreate(product, Inputs(parts)));
        if (gone[false].Any())
            yield return Removed(product, [.. gone[false]]);
        PushPart[] moved = [.. entities[("option", PushKind.Update)].Where(option => option.Has("position") || OptionValueChanges.Of(option).IsReordered)
            .Select(option => Part(option, ["position", "option_values"]))];
        if (moved.Length > 0)
            yield return new PushOperation(moved, _ => Mutations.ProductOptionsReorder(product, new JsonArray([.. all.Options.Select(name => Reordered(name, entities))])))
            { Mutation = "ProductOptionsReorder" };
    }

    private static PushOperation Removed(ShopifyId product, PushEntity[] options) =>
        List("ProductOptionsDelete", [.. options.Select(option => Part(option, null))], parts => Mutations.ProductOptionsDelete(product,
            options.Where(option => parts.Any(part => part.ItemId == option.ItemId && part.EntityId == option.EntityId)).Select(option => new ShopifyId("ProductOption", option.ShopifyId!.Value))));

    private static string Name(PushEntity option) => option.Value("name")?.GetValue<string>() ?? "";

    private static JsonObject Reordered(string name, ILookup<(string, PushKind), PushEntity> entities)
    {
        var order = new JsonObject { ["name"] = name };
        if (entities[("option", PushKind.Update)].FirstOrDefault(option => option.Value("name")?.GetValue<string>() == name) is { } option && option.Has("option_values"))
            order["values"] = new JsonArray([.. (option.Value("option_values") as JsonArray ?? []).Select(value => new JsonObject { ["name"] = value?["name"]?.DeepClone() })]);
        return order;
    }

    private static IEnumerable<PushOperation> Product(ShopifyId gid, PushEntity? product)
    {
        if (product is null)
            yield break;
        string[] fields = [.. product.Fields.Select(field => field.Field).Where(field => field != "tags")];
        if (fields.Length > 0)
            yield return One("ProductUpdate", product, fields, _ => Mutations.ProductUpdate(ProductWriting.Product(product)!));
        if (product.Fields.FirstOrDefault(field => field.Field == "tags") is not { } tags)
            yield break;
        var (before, after) = (JsonValues.Elements(tags.Base).ToArray(), JsonValues.Elements(tags.New).ToArray());
        // Only what was added and taken away here, so that tags of others stay; and first away, since a product may have all it can.
        if (before.Except(after).ToArray() is { Length: > 0 } taken)
            yield return One("TagsRemove", product, ["tags"], _ => Mutations.TagsRemove(gid, taken));
        if (after.Except(before).ToArray() is { Length: > 0 } added)
            yield return One("TagsAdd", product, ["tags"], _ => Mutations.TagsAdd(gid, added));
    }

    private static IEnumerable<PushOperation> Variants(ShopifyId gid, PushProduct product, ILookup<(string, PushKind), PushEntity> entities)
    {
        var updated = entities[("variant", PushKind.Update)]
            .Select(variant => Part(variant, [.. variant.Fields.Select(field => field.Field).Where(field => field is not ("position" or "media_ids"))],
                ProductWriting.Variant(variant, product.Options)))
            .Where(part => part.Fields.Count > 0);
        foreach (var parts in updated.Chunk(ShopifyLimits.MostVariants))
            yield return new PushOperation(parts, some => Mutations.ProductVariantsBulkUpdate(gid, Inputs(some))) { Mutation = "ProductVariantsBulkUpdate" };

        // A variant that was removed and added again has the same values: the old one goes before the new one comes.
        var anew = entities[("variant", PushKind.Create)].Select(Values).ToHashSet();
        var removed = entities[("variant", PushKind.Remove)].Where(variant => variant.ShopifyId is not null).ToLookup(variant => anew.Contains(Values(variant)));
        foreach (var operation in Removed(gid, removed[true]))
            yield return operation;

        var created = entities[("variant", PushKind.Create)].Select(variant => Part(variant, null, WithPicture(variant, ProductWriting.Variant(variant, product.Options))));
        foreach (var parts in created.Chunk(ShopifyLimits.MostVariants))
            yield return List("ProductVariantsBulkCreate", parts, some => Mutations.ProductVariantsBulkCreate(gid, Inputs(some)));

        foreach (var operation in Removed(gid, removed[false]))
            yield return operation;

        var moved = entities[("variant", PushKind.Update)].Where(variant => variant.Has("position"))
            .OrderBy(variant => variant.Value("position")!.GetValue<int>())
            .Select(variant => Part(variant, ["position"], new JsonObject
            {
                ["id"] = ProductWriting.Gid("ProductVariant", variant.ShopifyId),
                ["position"] = variant.Value("position")!.DeepClone(),
            }));
        foreach (var parts in moved.Chunk(MostInList))
            yield return List("ProductVariantsBulkReorder", parts, some => Mutations.ProductVariantsBulkReorder(gid, Inputs(some)));
    }

    private static JsonObject WithPicture(PushEntity variant, JsonObject input)
    {
        if (ProductWriting.Number(variant.Row, "picture") is { } picture)
            input["mediaId"] = ProductWriting.Gid("MediaImage", picture);
        return input;
    }

    private static IEnumerable<PushOperation> Removed(ShopifyId product, IEnumerable<PushEntity> variants) =>
        variants.Select(variant => Part(variant, null, ProductWriting.Gid("ProductVariant", variant.ShopifyId))).Chunk(MostInList)
            .Select(parts => List("ProductVariantsBulkDelete", parts,
                some => Mutations.ProductVariantsBulkDelete(product, some.Select(part => ShopifyId.Parse(part.Input!.GetValue<string>())))));

    private static string Values(PushEntity variant) => variant.Value("option_values")?.ToJsonString() ?? "[]";

    private static IEnumerable<PushOperation> Metafields(ILookup<(string, PushKind), PushEntity> entities)
    {
        // Removals first: what was removed and added again has the same name.
        var removed = entities[("metafield", PushKind.Remove)].Where(metafield => metafield.Row["owner"] is not null)
            .Select(metafield => Part(metafield, null, new JsonObject
            {
                ["ownerId"] = Owner(metafield),
                ["namespace"] = metafield.Row["namespace"]?.DeepClone(),
                ["key"] = metafield.Row["key"]?.DeepClone(),
            }));
        foreach (var parts in removed.Chunk(MostInList))
            yield return List("MetafieldsDelete", parts, some => Mutations.MetafieldsDelete(Inputs(some)));
        var set = entities[("metafield", PushKind.Update)].Concat(entities[("metafield", PushKind.Create)])
            .Where(metafield => metafield.Row["owner"] is not null)
            .Select(metafield => Part(metafield, metafield.Kind == PushKind.Create ? null : ["value", "type"], new JsonObject
            {
                ["ownerId"] = Owner(metafield),
                ["namespace"] = metafield.Row["namespace"]?.DeepClone(),
                ["key"] = metafield.Row["key"]?.DeepClone(),
                ["type"] = metafield.Value("type")?.DeepClone(),
                ["value"] = metafield.Value("value")?.DeepClone(),
                // Shopify writes it only if it still is what we read, or, for a new one, if there is none.
                ["compareDigest"] = metafield.Kind == PushKind.Create ? null : metafield.Row["compare_digest"]?.DeepClone(),
            }));
        foreach (var parts in set.Chunk(MostMetafields))
            yield return List("MetafieldsSet", parts, some => Mutations.MetafieldsSet(Inputs(some), Cost(some))) with { Points = Cost(parts) };
    }

    private static IEnumerable<PushOperation> Media(ShopifyId product, ILookup<(string, PushKind), PushEntity> entities)
    {
        var files = entities[("media", PushKind.Update)].Where(media => media.Has("alt")).Select(media => Part(media, ["alt"], new JsonObject
        {
            ["id"] = ProductWriting.MediaGid(media.Row),
            ["alt"] = media.Value("alt")?.DeepClone() ?? "",
        })).Concat(entities[("media", PushKind.Create)].Where(media => media.ShopifyId is not null).Select(media => Part(media, null, Attached(media, product)))).Concat(entities[("media", PushKind.Remove)].Where(media => media.ShopifyId is not null).Select(media => Part(media, null, new JsonObject
        {
            ["id"] = ProductWriting.MediaGid(media.Row),
            ["referencesToRemove"] = new JsonArray(product.ToString()),
        })));
        foreach (var parts in files.Chunk(MostInList))
            yield return List("FileUpdate", parts, some => Mutations.FileUpdate(Inputs(some)));

        // Each move counts from where the ones before have left the others: from the front to the back.
        var moved = entities[("media", PushKind.Update)].Where(media => media.Has("position"))
            .OrderBy(media => media.Value("position")!.GetValue<int>())
            .Select(media => Part(media, ["position"], new JsonObject
            {
                ["id"] = ProductWriting.MediaGid(media.Row),
                ["newPosition"] = $"{media.Value("position")!.GetValue<int>() - 1}",
            }));
        foreach (var parts in moved.Chunk(MostInList))
            yield return List("ProductReorderMedia", parts, some => Mutations.ProductReorderMedia(product, Inputs(some)));

        foreach (var (mutation, change) in new (string, Func<PushEntity, long[]>)[] { ("ProductVariantDetachMedia", Detached), ("ProductVariantAppendMedia", Appended) })
        {
            PushPart[] parts = [.. entities[("variant", PushKind.Update)].Where(variant => variant.Has("media_ids") && change(variant).Length > 0)
                .Select(variant => Part(variant, ["media_ids"], new JsonObject
                {
                    ["variantId"] = ProductWriting.Gid("ProductVariant", variant.ShopifyId),
                    ["mediaIds"] = new JsonArray([.. change(variant).Select(id => (JsonNode)ProductWriting.Gid("MediaImage", id))]),
                }))];
            foreach (var chunk in parts.Chunk(MostInList))
                yield return List(mutation, chunk, some => mutation == "ProductVariantDetachMedia"
                    ? Mutations.ProductVariantDetachMedia(product, Inputs(some))
                    : Mutations.ProductVariantAppendMedia(product, Inputs(some)));
        }
    }

    // A file brings its text along: what somebody typed before it was attached. None at all says nothing about the one it has.
    private static JsonObject Attached(PushEntity media, ShopifyId product)
    {
        var input = new JsonObject { ["id"] = ProductWriting.MediaGid(media.Row), ["referencesToAdd"] = new JsonArray(product.ToString()) };
        if (media.Value("alt") is { } alt)
            input["alt"] = alt.DeepClone();
        return input;
    }

    private static IEnumerable<PushOperation> Publications(ShopifyId product, ILookup<(string, PushKind), PushEntity> entities)
    {
        foreach (var (kind, mutation) in new[] { (PushKind.Create, "PublishablePublish"), (PushKind.Remove, "PublishableUnpublish") })
        {
            var parts = entities[("product publication", kind)].Where(one => one.Row["publication"] is not null)
                .Select(one => Part(one, null, ProductWriting.Gid("Publication", one.Row["publication"]!.GetValue<long>())));
            foreach (var chunk in parts.Chunk(MostInList))
                yield return List(mutation, chunk, some => kind == PushKind.Create
                    ? Mutations.PublishablePublish(product, some.Select(part => ShopifyId.Parse(part.Input!.GetValue<string>())))
                    : Mutations.PublishableUnpublish(product, some.Select(part => ShopifyId.Parse(part.Input!.GetValue<string>()))));
        }
    }

    // One call for each: a collection that takes nobody by hand must not hold up the others.
    private static IEnumerable<PushOperation> Collections(ShopifyId product, ILookup<(string, PushKind), PushEntity> entities)
    {
        foreach (var (kind, list) in new[] { (PushKind.Create, "collectionsToJoin"), (PushKind.Remove, "collectionsToLeave") })
            foreach (var member in entities[("collection member", kind)].Where(member => member.Row["collection"] is not null))
                yield return One("ProductUpdate", member, [], _ => Mutations.ProductUpdate(new JsonObject
                {
                    ["id"] = product.ToString(),
                    [list] = new JsonArray(ProductWriting.Gid("Collection", member.Row["collection"]!.GetValue<long>())),
                }));
    }

    private static IEnumerable<PushOperation> Stock(ILookup<(string, PushKind), PushEntity> entities)
    {
        PushEntity[] levels = [.. entities[("inventory level", PushKind.Update)].Where(level => level.Row["location"] is not null)];
        foreach (var level in levels.Where(level => level.Has("is_active") && level.Value("is_active")!.GetValue<bool>()))
            yield return One("InventoryActivate", level, ["is_active"], _ => Mutations.InventoryActivate(
                ShopifyId.Item(level.Row["inventory_item_id"]!.GetValue<long>()), new ShopifyId("Location", level.Row["location"]!.GetValue<long>()), null, $"{level.Key:N}-activate"));
        foreach (var name in new[] { "available", "on_hand" })
        {
            var parts = levels.Where(level => level.Has(name)).Select(level => Part(level, [name], new JsonObject
            {
                ["inventoryItemId"] = ProductWriting.Gid("InventoryItem", level.Row["inventory_item_id"]!.GetValue<long>()),
                ["locationId"] = ProductWriting.Gid("Location", level.Row["location"]!.GetValue<long>()),
                ["quantity"] = level.Value(name)?.DeepClone() ?? 0,
                // Shopify writes it only if the stock still is what both sides agreed on.
                ["changeFromQuantity"] = level.Fields.First(field => field.Field == name).Base?.DeepClone(),
            }));
            foreach (var chunk in parts.Chunk(MostInList))
                yield return List("InventorySetQuantities", chunk, some => Mutations.InventorySetQuantities(
                    new JsonObject { ["name"] = name, ["reason"] = "correction", ["quantities"] = Inputs(some) }, KeyOf(levels, some)));
        }
    }

    // The same items with the same quantities are the same change, whoever asks again; anything else is another.
    private static string KeyOf(IReadOnlyList<PushEntity> levels, IReadOnlyList<PushPart> parts)
    {
        var keys = string.Join(';', parts.Select(part => $"{levels.First(level => level.ItemId == part.ItemId && level.EntityId == part.EntityId).Key:N}{part.Input!.ToJsonString()}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(keys)))[..32];
    }

    internal static string Owner(PushEntity metafield) =>
        ProductWriting.Gid(metafield.Row["owner_kind"]?.GetValue<string>() == "variant" ? "ProductVariant" : "Product", ProductWriting.Number(metafield.Row, "owner"));

    private static double Cost(IReadOnlyList<PushPart> parts)
    {
        string[] owners = [.. parts.Select(part => part.Input!["ownerId"]!.GetValue<string>()).Distinct()];
        var variants = owners.Count(owner => owner.Contains("/ProductVariant/", StringComparison.Ordinal));
        return MutationCost.MetafieldsSet(owners.Length - variants, variants, 0);
    }

    private static long[] Appended(PushEntity variant) => [.. Ids(variant.Value("media_ids")).Except(Ids(BaseOf(variant, "media_ids")))];

    private static long[] Detached(PushEntity variant) => [.. Ids(BaseOf(variant, "media_ids")).Except(Ids(variant.Value("media_ids")))];

    private static JsonNode? BaseOf(PushEntity entity, string field) => entity.Fields.First(one => one.Field == field).Base;

    private static IEnumerable<long> Ids(JsonNode? array) => array is JsonArray ids ? ids.Select(id => id!.GetValue<long>()) : [];

    private static JsonArray Inputs(IReadOnlyList<PushPart> parts) => new([.. parts.Select(part => part.Input?.DeepClone())]);

    private static PushPart Part(PushEntity entity, IReadOnlyList<string>? only, JsonNode? input = null) => new(entity.ItemId, entity.Entity, entity.EntityId,
        [.. entity.Fields.Select(field => field.Field).Where(field => only is null || only.Contains(field))], input);

    private static PushOperation One(string mutation, PushEntity entity, IReadOnlyList<string> fields, Func<IReadOnlyList<PushPart>, Operation<MutationData>> build) =>
        new([Part(entity, fields)], build) { Mutation = mutation };

    private static PushOperation List(string mutation, IReadOnlyList<PushPart> parts, Func<IReadOnlyList<PushPart>, Operation<MutationData>> build) =>
        new(parts, build) { Mutation = mutation, IsAtomic = true };
}
