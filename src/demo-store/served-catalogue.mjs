// What the demo store serves of products, variants, stock, media, metafields and collections; see served-fields.mjs.
import { createHash } from 'node:crypto';
import { eligibleAsSubCollection } from './collection-sources.mjs';
import { reversed, sortedList } from './connections.mjs';
import { gid, readGid } from './ids.mjs';
import { definitionsOf } from './metafields.mjs';
import { hasOnlyDefaultVariant, search, variantList } from './product-lists.mjs';
import { exact, id } from './search-syntax.mjs';
import { categories } from './taxonomy.mjs';
import { seconds } from './times.mjs';
import {
  amount, collectionPublications, conditions, connection, countTo25000, definitionRow, exactly, idOf,
  image, jsonValue, levelsOfItem, media, metafieldFields, modelSource, optionsOf, plain, productPublications,
  categoryCondition, metaobjectRow, ofMetafield, productsInOrder, publishable, refuse, rows, sellable, textCondition, truncated, unknownCondition, valueCondition, variantsOfProduct, videoSource,
} from './served-rows.mjs';

export const servedCatalogue = {
  Product: {
    id: p => p.gid,
    legacyResourceId: p => p.id,
    title: p => p.title,
    handle: p => p.handle,
    description: (p, args) => truncated(plain(p.descriptionHtml), args.truncateAt),
    descriptionHtml: p => p.descriptionHtml,
    vendor: p => p.vendor,
    productType: p => p.productType,
    category: p => p.categoryCode === null ? null : categories.get(p.categoryCode) ?? null,
    tags: p => p.tags,
    status: p => p.status,
    templateSuffix: p => p.templateSuffix,
    createdAt: p => seconds(p.createdAt),
    updatedAt: p => seconds(p.updatedAt),
    publishedAt: p => seconds(p.publishedAt),
    seo: p => ({ title: p.seoTitle, description: p.seoDescription }),
    isGiftCard: p => p.isGiftCard,
    giftCardTemplateSuffix: () => null,
    requiresSellingPlan: p => p.requiresSellingPlan,
    hasOnlyDefaultVariant: p => hasOnlyDefaultVariant(p),
    hasOutOfStockVariants: p => p.variants.some(v => v.tracked && v.inventoryQuantity <= 0),
    hasVariantsThatRequiresComponents: () => false,
    combinedListingRole: () => null,
    tracksInventory: p => p.variants.some(v => v.tracked),
    totalInventory: p => p.totalInventory,
    onlineStoreUrl: (p, _, { shop }) => (p.status === 'ACTIVE' || p.status === 'UNLISTED') && p.publishedAt !== null && p.publications.includes(0) ? `https://${shop.domain}/products/${encodeURIComponent(p.handle)}` : null,
    onlineStorePreviewUrl: (p, _, { shop }) => `https://${shop.domain}/products_preview?preview_key=${p.id}`,
    priceRangeV2: (p, _, context) => ({ minVariantPrice: amount(p.prices[0], context), maxVariantPrice: amount(p.prices[1], context) }),
    compareAtPriceRange: (p, _, context) => {
      const prices = p.variants.map(v => v.compareAtPrice).filter(price => price !== null).map(Number);
      return prices.length ? { minVariantCompareAtPrice: amount(Math.min(...prices), context), maxVariantCompareAtPrice: amount(Math.max(...prices), context) } : null;
    },
    featuredMedia: p => p.media[0] ?? null,
    options: (p, args) => args.first == null ? optionsOf(p) : optionsOf(p).slice(0, args.first),
    variantsCount: p => exactly(p.variantCount),
    mediaCount: p => exactly(p.media.length),
    variants: connection(variantsOfProduct, 2048), // 2,048 below a root product only: query-cost.mjs refuses the rest
    media: connection((p, args, { shop, warnings }) => {
      const { test } = search(shop, args.query, { id: id(m => m.id), media_type: exact(m => media.mediaContentType(m)) }, warnings);
      return rows(p.media.filter(m => !test || test(m)), args);
    }),
    collections: connection((p, args, { shop }) => rows(shop.collections.live.filter(c => shop.collections.contains(c, p.index)), args)),
    inCollection: (p, args, { shop }) => { const c = shop.collections.byId(idOf(args.id, 'Collection')); return c !== null && shop.collections.contains(c, p.index); },
    defaultCursor: p => Buffer.from(JSON.stringify({ k: [0, p.index], p: 0, n: 0 })).toString('base64'),
    ...metafieldFields(),
    ...publishable(productPublications),
  },

  ProductVariant: {
    id: v => v.gid,
    legacyResourceId: v => v.id,
    title: v => v.title,
    displayName: v => hasOnlyDefaultVariant(v.product) ? v.product.title : `${v.product.title} - ${v.title}`,
    sku: v => v.sku,
    barcode: v => v.barcode,
    price: v => v.price,
    compareAtPrice: v => v.compareAtPrice,
    position: v => v.position,
    taxable: v => v.taxable,
    inventoryPolicy: v => v.inventoryPolicy,
    inventoryQuantity: v => v.inventoryQuantity,
    sellableOnlineQuantity: v => sellable(v),
    availableForSale: v => v.product.status === 'ACTIVE' && (!v.tracked || v.inventoryPolicy === 'CONTINUE' || sellable(v) > 0),
    requiresComponents: () => false,
    selectedOptions: v => v.selected.map(s => ({ name: s.option, value: s.value, get optionValue() { return optionsOf(v.product)[s.position].values[s.number]; } })),
    unitPrice: () => null,
    unitPriceMeasurement: () => null,
    showUnitPrice: () => false,
    createdAt: v => seconds(v.createdAt),
    updatedAt: v => seconds(v.updatedAt),
    product: v => v.product,
    inventoryItem: v => v.item,
    media: connection((v, args) => rows(v.product.media.filter(m => m.id === v.mediaId), args)),
    defaultCursor: v => Buffer.from(JSON.stringify({ k: v.gid, p: v.position, n: v.position })).toString('base64'),
    ...metafieldFields(),
    ...publishable((v, args, context) => productPublications(v.product, args, context)),
  },

  InventoryItem: {
    id: i => i.gid,
    legacyResourceId: i => i.variant.itemId,
    sku: i => i.variant.sku,
    tracked: i => i.variant.tracked,
    trackedEditable: () => ({ locked: false, reason: null }),
    requiresShipping: i => i.variant.requiresShipping,
    unitCost: (i, _, context) => amount(i.variant.unitCost, context),
    measurement: i => ({ id: gid('InventoryItemMeasurement', i.variant.itemId), weight: i.variant.weight }),
    harmonizedSystemCode: i => i.variant.harmonizedSystemCode,
    countryCodeOfOrigin: i => i.variant.countryCodeOfOrigin,
    provinceCodeOfOrigin: () => null,
    countryHarmonizedSystemCodes: connection((i, args) => rows([], args)),
    duplicateSkuCount: (i, _, { shop }) => i.variant.sku === null ? 0 : variantList(shop, { query: `sku:"${i.variant.sku.replace(/["\\]/g, '\\$&')}"` }).length - 1,
    locationsCount: (i, _, { shop }) => exactly(i.variant.levels.filter(l => l.isActive && shop.locations[l.location].isActive).length),
    createdAt: i => seconds(i.variant.createdAt),
    updatedAt: i => seconds(i.variant.updatedAt),
    variant: i => i.variant,
    variants: connection((i, args) => rows([i.variant], args)),
    inventoryLevels: connection(levelsOfItem),
    inventoryLevel: (i, args, { shop }) => {
      const wanted = idOf(args.locationId, 'Location');
      return i.variant.levels.find(l => shop.locations[l.location].id === wanted && (args.includeInactive || l.isActive)) ?? null;
    },
  },

  InventoryLevel: {
    id: l => l.gid,
    isActive: l => l.isActive,
    canDeactivate: l => l.quantities.committed === 0,
    deactivationAlert: () => null,
    createdAt: l => seconds(l.createdAt),
    updatedAt: l => seconds(l.updatedAt),
    item: l => l.variant.item,
    location: (l, _, { shop }) => shop.locations[l.location],
    quantities: (l, args) => {
      const known = l.quantities;
      return args.names.map(name => {
        if (!(name in known)) refuse(`The quantity name '${name}' is invalid.`);
        return { id: gid('InventoryQuantity', `${l.id}&name=${name}`), name, quantity: known[name], updatedAt: seconds(l.updatedAt) };
      });
    },
  },

  ProductOption: {
    id: o => o.gid,
    name: o => o.name,
    position: o => o.position + 1,
    values: o => o.values.filter(v => v.hasVariants).map(v => v.name),
    optionValues: o => o.values,
    linkedMetafield: () => null,
  },

  ProductOptionValue: {
    id: v => v.gid,
    name: v => v.name,
    hasVariants: v => v.hasVariants,
    linkedMetafieldValue: () => null,
    swatch: v => v.colour === null || v.colour === undefined ? null : { color: v.colour, image: null },
  },

  MediaImage: {
    ...media,
    image: (m, _, { shop }) => image(m, shop),
    mimeType: m => m.status === 'READY' ? (m.slot % 4 === 3 ? 'image/png' : 'image/svg+xml') : null,
    originalSource: (m, _, { shop }) => m.status === 'READY' ? { url: image(m, shop).address, fileSize: 1500 + m.slot } : null,
  },
  Video: {
    ...media,
    duration: () => 12_000,
    filename: m => `${m.id}.mp4`,
    originalSource: (m, _, { shop }) => videoSource(m, shop),
    sources: (m, _, { shop }) => [videoSource(m, shop)],
  },
  ExternalVideo: {
    ...media,
    host: () => 'YOUTUBE',
    embedUrl: m => `https://www.youtube.com/embed/${m.id.slice(-11)}`,
    originUrl: m => `https://www.youtube.com/watch?v=${m.id.slice(-11)}`,
  },
  Model3d: {
    ...media,
    filename: m => `${m.id}.glb`,
    boundingBox: () => null,
    originalSource: (m, _, { shop }) => modelSource(m, shop),
    sources: (m, _, { shop }) => [modelSource(m, shop)],
  },

  Image: {
    id: i => i.id,
    altText: i => i.altText,
    width: i => i.width,
    height: i => i.height,
    thumbhash: () => null,
    url: (i, { transform }) => {
      if (!transform) return i.address;
      const url = new URL(i.address);
      if (transform.maxWidth) url.searchParams.set('width', transform.maxWidth);
      if (transform.maxHeight) url.searchParams.set('height', transform.maxHeight);
      return url.href;
    },
  },

  Metafield: {
    id: m => m.gid,
    legacyResourceId: m => m.id,
    namespace: m => m.namespace,
    key: m => m.key,
    type: m => m.type,
    value: m => m.value,
    jsonValue: m => jsonValue(m),
    compareDigest: m => createHash('sha256').update(m.value).digest('hex'),
    sizeInBytes: m => Buffer.byteLength(m.value),
    ownerType: m => m.ownerType,
    owner: m => m.owner,
    definition: (m, _, { shop }) => { const number = definitionsOf(shop, m.ownerType).findIndex(d => d.namespace === m.namespace && d.key === m.key); return number < 0 ? null : definitionRow(shop, m.ownerType, number); },
    reference: (m, _, { shop }) => m.type === 'product_reference' ? shop.productById(readGid(m.value).id) ?? null : null,
    references: connection((m, args) => m.type.startsWith('list.') && m.type.endsWith('_reference') ? rows([], args) : null),
    createdAt: m => seconds(m.createdAt),
    updatedAt: m => seconds(m.updatedAt),
  },

  MetafieldDefinition: {
    id: d => d.gid, name: d => d.name, namespace: d => d.namespace, key: d => d.key, description: d => d.description, ownerType: d => d.ownerType, type: d => d.type,
    pinnedPosition: d => d.pinnedPosition, validations: d => d.validations, validationStatus: d => d.validationStatus, useAsCollectionCondition: d => d.useAsCollectionCondition,
  },

  Collection: {
    id: c => c.gid,
    legacyResourceId: c => c.id,
    title: c => c.title,
    handle: c => c.handle,
    description: (c, args) => truncated(plain(c.descriptionHtml), args.truncateAt),
    descriptionHtml: c => c.descriptionHtml,
    sortOrder: c => c.sortOrder,
    templateSuffix: c => c.templateSuffix,
    seo: c => ({ title: c.seoTitle, description: c.seoDescription }),
    updatedAt: c => seconds(c.updatedAt),
    image: (c, _, { shop }) => c.image && { typename: 'Image', id: gid('CollectionImage', c.image.id), altText: c.image.altText, width: 1600, height: 900, address: c.image.address ?? `${shop.baseUrl}/pictures/${c.id}${c.image.copied ? `-${c.image.copied}` : ''}.svg?v=1` },
    sources: c => c.sources,
    products: connection((c, args, { shop }) => {
      const order = { COLLECTION_DEFAULT: c.sortOrder, MANUAL: 'MANUAL', TITLE: 'ALPHA_ASC', PRICE: 'PRICE_ASC', BEST_SELLING: 'BEST_SELLING', CREATED: 'CREATED', ID: 'ID', RELEVANCE: 'ID' }[args.sortKey ?? 'COLLECTION_DEFAULT'];
      return productsInOrder(shop, c, order, args.reverse);
    }),
    productsCount: (c, _, { shop }) => countTo25000(shop.collections.members(c, 'ID').length),
    hasProduct: (c, args, { shop }) => { const at = shop.ids.read('Product', idOf(args.id, 'Product')); return at !== null && shop.collections.contains(c, at.index); },
    activeOperations: () => ({ duplicate: [] }),
    subCollectionEligibility: c => {
      const state = eligibleAsSubCollection(c) ? { eligible: true, ineligibleReason: null } : { eligible: false, ineligibleReason: 'CHAIN_REFERENCE' };
      return { inclusion: state, exclusion: state };
    },
    ...metafieldFields(),
    ...publishable(collectionPublications),
  },

  CollectionConditionsSource: {
    id: s => s.gid, title: s => s.title, description: s => s.description ?? null, app: () => null, shareable: () => false, targetType: s => s.targetType,
    inclusion: s => ({ typename: 'CollectionSourceInclusion', source: s }),
    exclusion: s => s.exclusion || s.excluded.size ? { typename: 'CollectionSourceExclusion', source: s } : null,
    products: connection((s, args, { shop }) => {
      const found = [];
      for (let index = 0; index < shop.total; index++) if (shop.collections.sourceContains(s, index)) found.push(index);
      const list = sortedList(found, () => 0, n => shop.productAt(n));
      return args.reverse ? reversed(list) : list;
    }),
  },
  CollectionSubCollectionsSource: {
    id: s => s.gid, title: s => s.title, description: s => s.description ?? null, app: () => null,
    collections: (s, _, { shop }) => shop.collections.numbered(s.subCollections),
  },
  CollectionSourceInclusion: {
    matchType: i => i.source.inclusion.conditions.length ? i.source.inclusion.matchType : null,
    conditions: (i, _, { shop }) => conditions(i.source, 'Inclusion', shop),
    selections: connection((i, args, { shop }) => rows([...i.source.picked]
      .filter(([index, slots]) => !shop.isDeleted(index) && (slots === null || slots.some(s => shop.productAt(index).variantAt(s))))
      .map(([index, slots]) => { const product = shop.productAt(index); return { product, gid: product.gid, variantIds: slots && slots.map(s => product.variantAt(s)?.gid).filter(Boolean) }; }), args)),
  },
  CollectionSourceExclusion: {
    matchType: e => {
      const conditions = e.source.exclusion?.conditions ?? [], ofCollections = conditions.filter(c => c.kind === 'Collection').length;
      return conditions.length === 0 ? null : ofCollections === 0 ? e.source.exclusion.matchType : ofCollections === conditions.length ? 'ANY' : null;
    },
    conditions: (e, _, { shop }) => e.source.exclusion ? conditions(e.source, 'Exclusion', shop) : [],
    selections: connection((e, args, { shop }) => rows([...e.source.excluded].filter(index => !shop.isDeleted(index)).map(index => { const product = shop.productAt(index); return { product, gid: product.gid }; }), args)),
  },
  CollectionInclusionProductSelection: { product: s => s.product, variantIds: s => s.variantIds },
  CollectionExclusionProductSelection: { product: s => s.product },
  CollectionSourceInclusionConditionProductTag: textCondition,
  CollectionSourceInclusionConditionProductType: textCondition,
  CollectionSourceInclusionConditionProductVendor: textCondition,
  CollectionSourceInclusionConditionProductTitle: textCondition,
  CollectionSourceInclusionConditionProductStatus: textCondition,
  CollectionSourceInclusionConditionProductCategory: categoryCondition,
  CollectionSourceInclusionConditionVariantTitle: textCondition,
  CollectionSourceInclusionConditionVariantPrice: { ...valueCondition, value: (c, _, context) => amount(c.condition.value, context) },
  CollectionSourceInclusionConditionVariantCompareAtPrice: { ...valueCondition, value: (c, _, context) => amount(c.condition.value, context) },
  CollectionSourceInclusionConditionVariantInventory: valueCondition,
  CollectionSourceInclusionConditionVariantWeight: valueCondition,
  CollectionSourceInclusionConditionMetafieldBoolean: ofMetafield(valueCondition),
  CollectionSourceInclusionConditionMetafieldInteger: ofMetafield(valueCondition),
  CollectionSourceInclusionConditionMetafieldDecimal: ofMetafield(valueCondition),
  CollectionSourceInclusionConditionMetafieldString: ofMetafield(textCondition),
  CollectionSourceInclusionConditionMetafieldStringList: ofMetafield(textCondition),
  CollectionSourceInclusionConditionMetafieldMetaobject: ofMetafield({ ...valueCondition, value: c => metaobjectRow(c.condition.value) }),
  CollectionSourceInclusionConditionMetafieldMetaobjectList: ofMetafield({ ...textCondition, values: c => c.condition.values.map(metaobjectRow) }),
  CollectionSourceExclusionConditionProductTag: textCondition,
  CollectionSourceExclusionConditionProductType: textCondition,
  CollectionSourceExclusionConditionProductVendor: textCondition,
  CollectionSourceExclusionConditionProductCategory: categoryCondition,
  CollectionSourceExclusionConditionCollection: { id: c => c.gid, matchType: () => 'ANY', values: (c, _, { shop }) => shop.collections.numbered(c.condition.values) },
  CollectionSourceInclusionConditionUnknown: unknownCondition,
  CollectionSourceExclusionConditionUnknown: unknownCondition,
  Metaobject: { id: m => m.gid },
};
